import { type Profile, connect } from '@kessai/gateway-client';
import { yen } from '../support/market-network';

/** What a flood is told, and the payments it is made of: each of 1 yen from one account to another of the same member. */
export interface Flood {
  readonly profile: Profile;
  /** Makes the payments' ids its own. */
  readonly name: string;
  readonly size: number;
  readonly from: string;
  readonly to: string;
}

/** Seals all payments in one call. */
async function flood({ profile, name, size, from, to }: Flood): Promise<number> {
  await using member = await connect(profile);
  const payments = Array.from({ length: size }, (_, index) => ({
    method: 'MoneyTokens:Transfer',
    request: {
      ...{ id: `${name}-${index.toString()}`, unit: yen, from, amount: '1' },
      to: { institution: profile.mspId, account: to },
    },
  }));
  return (await member.instruct(payments, { until: 'sealed' })).length;
}

// A member has a process of its own, so that its work does not slow the clients of the others down.
process.once('message', (told: Flood) => {
  void flood(told).then(
    (sealed) => process.send?.(sealed, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
