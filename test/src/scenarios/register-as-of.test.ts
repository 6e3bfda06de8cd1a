import { beforeAll, expect, test } from '@jest/globals';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import {
  type Members,
  advance,
  closeDay,
  expectConserved,
  match,
  membersOf,
  now,
  pageOf,
  rejectionOf,
} from '../support/market-day';
import { approved, foundMarket, fund, shinEtsu } from '../support/market-network';

/** The register as of a past instant, by the real times of a running network: once final it never changes again. */
describeOnEngines(
  'the register as of the past',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
        { institution: 'AlphaMSP', account: 'ABE', name: 'Abe', securities: 200n },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 10_000_000n },
      ]);
    });
    let market: Members;
    /** Instants between cycles, with the whole register as it was told at the first opportunity. */
    const told: { readonly asOf: string; readonly register: unknown }[] = [];

    beforeAll(async () => {
      market = await membersOf(network.current);
    });

    async function registerAt(asOf: string) {
      return market.issuer.registry.register({ isin: shinEtsu, asOf });
    }

    /** Puts an instant between what was posted and what comes. */
    async function remember(): Promise<void> {
      const asOf = now();
      told.push({ asOf, register: { ...(await registerAt(asOf)), final: true } });
      // The next cycle is dated later by a millisecond at least.
      while (now() === asOf) await Promise.resolve();
    }

    async function trade(id: string, quantity: bigint): Promise<void> {
      const { alpha, beta, exchange } = market;
      const terms = { isin: shinEtsu, quantity, price: 4_250n, timeInForce: 'day' } as const;
      await alpha.orders.place({ ...terms, orderId: `s-${id}`, side: 'sell', account: 'AOKI' });
      await beta.orders.place({ ...terms, orderId: `b-${id}`, side: 'buy', account: 'BABA' });
      await match(exchange, id, [
        { institution: 'AlphaMSP', orderId: `s-${id}` },
        { institution: 'BetaMSP', orderId: `b-${id}` },
      ]);
      await exchange.settlement.settle({ id, pages: [await pageOf(exchange, id)] });
    }

    test('as of now it is the live register, and not yet final', async () => {
      const asOf = now();
      const [past, live] = [await registerAt(asOf), await market.issuer.registry.register({ isin: shinEtsu })];
      expect(past.rows).toEqual(live.rows);
      expect([past.final, live.final]).toEqual([false, false]);
      expect(past.total).toBe(past.issued);
    });

    test('an instant is final when the clock has passed it', async () => {
      const asOf = now();
      expect((await registerAt(asOf)).final).toBe(false);
      await advance(market.exchange, 'open');
      expect((await registerAt(asOf)).final).toBe(true);
    });

    test('trades, ends of days and an issue change what comes after, and nothing before', async () => {
      const { exchange, alpha } = market;
      await remember();
      await trade('d1', 100n);
      await remember();
      await alpha.securities.transfer({ id: 'T-1', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 50n });
      await remember();
      await closeDay(exchange, '2023-03-31');
      await remember();
      const more = { id: 'more', isin: shinEtsu, account: 'TREASURY', quantity: 500n };
      await approved(
        (mspId) => network.current.as(mspId),
        async ({ securities }) => securities.issue(more),
        ['ShinEtsuMSP'],
      );
      await trade('d2', 300n);
      await remember();
      await closeDay(exchange, '2023-04-03');
      await trade('d3', 1n);
      await advance(exchange, 'open');

      for (const { asOf, register } of told) expect(await registerAt(asOf)).toEqual(register);
    });

    test('each of those instants shows what had happened by then', async () => {
      const holdings = await Promise.all(
        told.map(async ({ asOf }) => {
          const { rows, total, issued } = await registerAt(asOf);
          expect(total).toBe(issued);
          return rows.map(({ account, quantity }) => `${account} ${quantity.toString()}`);
        }),
      );
      expect(holdings).toEqual([
        ['ABE 200', 'AOKI 1000'],
        ['ABE 200', 'AOKI 900', 'BABA 100'],
        ['ABE 250', 'AOKI 850', 'BABA 100'],
        ['ABE 250', 'AOKI 850', 'BABA 100'],
        ['ABE 250', 'AOKI 550', 'BABA 400', 'TREASURY 500'],
      ]);
      await expectConserved(market.auditor);
    });

    test('an institution sees its own clients in the past as in the present, and so does the auditor all', async () => {
      const [first, second] = told;
      const asOf = second?.asOf ?? '';
      const { rows, issued } = await market.beta.registry.register({ isin: shinEtsu, asOf });
      expect(rows.map(({ account, quantity }) => [account, quantity])).toEqual([['BABA', 100n]]);
      expect(issued).toBeUndefined();
      expect((await market.beta.registry.register({ isin: shinEtsu, asOf: first?.asOf ?? '' })).rows).toEqual([]);
      expect(await market.auditor.registry.register({ isin: shinEtsu, asOf })).toEqual(second?.register);
    });

    test('there is no register before the market nor of what lies ahead', async () => {
      expect(await rejectionOf(registerAt('2000-01-01T00:00:00.000Z'))).toMatchObject({
        code: 'AsOfTooEarly',
        field: 'asOf',
      });
      const ahead = new Date(Date.now() + 3_600_000).toISOString();
      expect(await rejectionOf(registerAt(ahead))).toMatchObject({ code: 'AsOfInFuture', field: 'asOf' });
    });
  },
  embeddedByDay,
);
