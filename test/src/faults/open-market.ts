import type { Organisation } from '@kessai/network';
import { type As, approved, foundMarketAs, shinEtsu } from '../support/market-network';
import { startOfEach } from './books';
import { type Parties, accountsOf, alphaToBeta, lanes } from './trading';

/**
 * Founds a market in which orders trade as they come, and opens it for trading between these members.
 * @param as with calls that return when every peer has their block, since one member's call is about what another one has just done.
 */
export async function openMarket(
  as: As,
  organisations: readonly Organisation[],
  parties: readonly Parties[] = [alphaToBeta],
): Promise<void> {
  await foundMarketAs(as, organisations);
  const policy = { matching: 'continuous', settlement: 'by-operator' } as const;
  await approved(as, async ({ registry }) => registry.setPolicy({ id: 'continuous', policy }));
  const [issuer, bank] = await Promise.all([as('ShinEtsuMSP'), as('TrustBankMSP')]);
  await issuer.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' });
  for (const { seller, buyer } of parties) {
    const accounts = Array.from({ length: lanes }, (_, lane) => accountsOf(lane));
    // What is called at once is sealed together, and executed in this order.
    await Promise.all([
      ...accounts.map(async (of) => openAccount(as, seller, of.seller)),
      ...accounts.map(async (of) => openAccount(as, buyer, of.buyer)),
    ]);
    const ids = accounts.map((of) => ({ id: `${seller}-${buyer}-${of.seller}`, ...of }));
    const quantity = startOfEach * BigInt(ids.length);
    const issue = { id: `${seller}-${buyer}`, isin: shinEtsu, account: 'TREASURY', quantity };
    await approved(as, async ({ securities }) => securities.issue(issue), ['ShinEtsuMSP']);
    const allotments = ids.map(({ id, seller: account }) => {
      return { id, isin: shinEtsu, from: 'TREASURY', to: { institution: seller, account }, quantity: startOfEach };
    });
    await approved(as, async ({ securities }) => Promise.all(allotments.map(async (one) => securities.allot(one))), [
      'ShinEtsuMSP',
    ]);
    await Promise.all(
      ids.map(async ({ id, buyer: account }) => {
        const to = { institution: buyer, account };
        await bank.moneyTokens.mint({ id, currency: 'JPY', to, amount: startOfEach, depositReference: id });
      }),
    );
  }
}

async function openAccount(as: As, institution: string, account: string): Promise<void> {
  await (await as(institution)).registry.openAccount({ account, name: account, kind: 'client' });
}
