import { type Profile, cyclesOf, publicBlocks } from '@kessai/gateway-client';
import { until } from '../support/until';

/** Returns when a cycle has taken the submission. Blocks are read without the help of chaincode, which may stand still. */
export async function untilTaken(
  profile: Profile,
  transactionId: string,
  { startBlock, limitMs }: { readonly startBlock: bigint; readonly limitMs: number },
): Promise<void> {
  await until(limitMs, `transaction ${transactionId} to be taken`, async () => {
    for await (const block of publicBlocks(profile, { startBlock })) {
      const taken = cyclesOf(block, profile.chaincode).flatMap(({ progress }) => progress.taken);
      if (taken.some((one) => one.transactionId === transactionId)) return true;
    }
    return false;
  });
}
