import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { describeOnEngines, networkOf } from '../support/engines';
import { kessaiAs } from '../support/kessai-command';
import { type Members, balanceOf, expectConserved, membersOf, pageOf, rejectionOf } from '../support/market-day';
import { approved, foundMarket, fund, shinEtsu, yen } from '../support/market-network';

/** Trades that come from outside, value that comes to nobody's account, and a market that goes by itself. */
describeOnEngines('straight-through processing', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
      { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 10_000_000n },
    ]);
  });
  let market: Members;

  beforeAll(async () => {
    market = await membersOf(network.current);
  });

  describe('trades of an outside matching engine', () => {
    const trade = {
      ...{ tradeId: 'E-1', time: '2023-03-30T00:00:01.000Z', isin: shinEtsu, quantity: 10n, price: 4_250n },
      seller: { institution: 'AlphaMSP', account: 'AOKI' },
      buyer: { institution: 'BetaMSP', account: 'BABA' },
    };

    test('bind both parties when an operator captures them, all or none, and settle on a sign-off', async () => {
      const { exchange, csd, alpha, beta, gamma } = market;
      const trades = [trade, { ...trade, tradeId: 'E-2' }];
      const wrong = [...trades, { ...trade, tradeId: 'E-3', buyer: { ...trade.buyer, account: 'NOBODY' } }];
      expect(await rejectionOf(exchange.orders.captureTrades({ id: 'C-0', trades: wrong }))).toMatchObject({
        code: 'AccountUnknown',
        field: 'trades[2].buyer.account',
      });
      expect(await exchange.orders.captureTrades({ id: 'C-1', trades })).toMatchObject({ outcome: 'created' });
      expect(await exchange.orders.captureTrades({ id: 'C-1', trades })).toMatchObject({ outcome: 'exists' });
      for (const [member, side] of [
        [alpha, 'sell'],
        [beta, 'buy'],
      ] as const) {
        expect((await member.orders.trades()).trades).toMatchObject(
          trades.map(({ tradeId }) => ({
            ...{ tradeId, side, origin: 'captured', status: 'matched' },
            amount: 42_500n,
          })),
        );
      }
      expect((await gamma.orders.trades()).trades).toEqual([]);
      await csd.settlement.settle({ id: 'S-1', pages: [await pageOf(exchange, 'E-1')] });
      expect(await balanceOf(beta, 'BABA', shinEtsu)).toEqual({ available: 20n, locked: 0n });
      expect(await balanceOf(alpha, 'AOKI', yen)).toEqual({ available: 85_000n, locked: 0n });
    });

    test('are captured by nobody but operators', async () => {
      const captured = market.alpha.orders.captureTrades({ id: 'C-2', trades: [trade] });
      expect(await rejectionOf(captured)).toMatchObject({ code: 'RoleNotAllowed', role: 'institution' });
    });

    test('kessai trades capture takes a file, leaves out what is wrong in it and says so, and may be repeated', async () => {
      const rows = Array.from({ length: 5 }, (_, n) =>
        [`F-${n}`, trade.time, shinEtsu, '1', '4250', 'AlphaMSP', n === 2 ? 'NOBODY' : 'AOKI', 'BetaMSP', 'BABA'].join(
          ',',
        ),
      );
      const header = 'tradeId,time,isin,quantity,price,seller,sellerAccount,buyer,buyerAccount';
      const file = join(network.current.directory, 'trades.csv');
      await writeFile(file, [header, ...rows].join('\n'));
      const capture = async (): Promise<JsonObject> => {
        const { exitCode, out } = await kessaiAs(network.current, 'ExchangeMSP', 'trades', 'capture', file, '--json');
        return { exitCode, ...(JSON.parse(out) as JsonObject) };
      };
      const refused = [{ line: 4, error: expect.objectContaining({ code: 'AccountUnknown', account: 'NOBODY' }) }];
      expect(await capture()).toEqual({ exitCode: 1, trades: 5, captured: 4, exists: 0, refused });
      expect(await capture()).toEqual({ exitCode: 1, trades: 5, captured: 0, exists: 4, refused });
      const { trades } = await market.beta.orders.trades({ status: 'matched' });
      expect(trades.map(({ tradeId }) => tradeId)).toEqual(['F-0', 'F-1', 'F-3', 'F-4']);

      await writeFile(file, [header, 'F-9,yesterday,JP3371200001,1,4250,AlphaMSP,AOKI,BetaMSP,BABA'].join('\n'));
      expect(await capture()).toMatchObject({ exitCode: 1, error: { code: 'InputInvalid' } });
    });
  });

  describe('the suspense account', () => {
    test('receives what is paid to an account that there is not, and who pays learns nothing of it', async () => {
      const { bank, alpha, beta } = market;
      const payment = { currency: 'JPY', amount: 700n, depositReference: 'N-1' };
      const to = (account: string) => ({ institution: 'BetaMSP', account });
      const { outcome } = await bank.moneyTokens.mint({ ...payment, id: 'N-1', to: to('NOBODY') });
      expect(outcome).toBe('created');
      const paid = { unit: yen, from: 'AOKI', amount: 300n };
      expect(await alpha.moneyTokens.transfer({ ...paid, id: 'N-2', to: to('NOBODY') })).toMatchObject({ outcome });
      expect(
        await alpha.market.check({
          method: 'MoneyTokens:Transfer',
          request: { ...paid, amount: '300', id: 'N-3', to: to('NOBODY') },
        }),
      ).toEqual({ verdict: 'inconclusive' });
      expect(
        await alpha.market.check({
          method: 'MoneyTokens:Transfer',
          request: { ...paid, amount: '300', id: 'N-3', to: to('BABA') },
        }),
      ).toEqual({ verdict: 'inconclusive' });
      expect(await balanceOf(beta, 'SUSPENSE', yen)).toEqual({ available: 1_000n, locked: 0n });
    });

    test('is there at every member without having been opened, and its member passes on what it holds', async () => {
      const { beta, issuer } = market;
      const before = await balanceOf(beta, 'BABA', yen);
      const to = { institution: 'BetaMSP', account: 'BABA' };
      await beta.moneyTokens.transfer({ id: 'N-4', unit: yen, from: 'SUSPENSE', to, amount: 1_000n });
      expect(await balanceOf(beta, 'BABA', yen)).toEqual({ ...before, available: before.available + 1_000n });
      for (const member of [beta, issuer]) {
        const opened = member.registry.openAccount({ account: 'SUSPENSE', name: 'Mine', kind: 'client' });
        expect(await rejectionOf(opened)).toMatchObject({ code: 'FieldMalformed', field: 'account' });
      }
    });

    test('receives an allotment likewise; from an own account that there is not nothing can be taken', async () => {
      const { beta, alpha } = market;
      const to = { institution: 'BetaMSP', account: 'NOBODY' };
      const issue = { id: 'N-5', isin: shinEtsu, account: 'TREASURY', quantity: 50n };
      const allot = { id: 'N-6', isin: shinEtsu, from: 'TREASURY', to, quantity: 50n };
      const as = (mspId: string) => network.current.as(mspId);
      await approved(as, async ({ securities }) => securities.issue(issue), ['ShinEtsuMSP']);
      await approved(as, async ({ securities }) => securities.allot(allot), ['ShinEtsuMSP']);
      expect(await balanceOf(beta, 'SUSPENSE', shinEtsu)).toEqual({ available: 50n, locked: 0n });
      await beta.securities.transfer({ id: 'N-7', isin: shinEtsu, from: 'SUSPENSE', to: 'BABA', quantity: 50n });
      const nobody = alpha.securities.transfer({ id: 'N-8', isin: shinEtsu, from: 'AOKI', to: 'NOBODY', quantity: 1n });
      expect(await rejectionOf(nobody)).toMatchObject({ code: 'AccountUnknown', field: 'to' });
      await expectConserved(market.auditor);
    });
  });

  describe('a market that goes by itself', () => {
    beforeAll(async () => {
      const { exchange } = market;
      // What was captured and not settled yet would be in the way of the sums.
      await exchange.settlement.settle({ id: 'S-2', pages: [await pageOf(exchange, 'F-0')] });
      const policy = { matching: 'continuous', settlement: 'continuous' } as const;
      await approved(
        (mspId) => network.current.as(mspId),
        async ({ registry }) => registry.setPolicy({ id: 'P', policy }),
      );
      await network.current.caughtUp();
    });

    const terms = { isin: shinEtsu, timeInForce: 'day' } as const;

    test('an order trades when a cycle executes it, and the trade settles with it', async () => {
      const { alpha, beta, exchange } = market;
      const held = await balanceOf(beta, 'BABA', shinEtsu);
      const money = await balanceOf(alpha, 'AOKI', yen);
      const sell = { ...terms, orderId: 's1', side: 'sell', account: 'AOKI', quantity: 30n, price: 4_200n } as const;
      const buy = { ...terms, orderId: 'b1', side: 'buy', account: 'BABA', quantity: 20n, price: 4_300n } as const;
      await alpha.orders.place(sell);
      expect((await beta.orders.board({ isin: shinEtsu })).asks).toEqual([{ price: 4_200n, quantity: 30n, orders: 1 }]);
      await beta.orders.place(buy);
      expect(await balanceOf(beta, 'BABA', shinEtsu)).toEqual({ ...held, available: held.available + 20n });
      expect(await balanceOf(alpha, 'AOKI', yen)).toEqual({ ...money, available: money.available + 84_000n });
      expect((await beta.orders.orders()).orders).toMatchObject([{ orderId: 'b1', status: 'filled' }]);
      expect((await alpha.orders.board({ isin: shinEtsu })).asks).toEqual([
        { price: 4_200n, quantity: 10n, orders: 1 },
      ]);
      expect((await exchange.orders.pending({ isin: shinEtsu })).orders).toEqual([]);
      expect((await exchange.settlement.instructions({ status: 'matched' })).instructions).toEqual([]);
    });

    test('of what is sealed first the first trades, whoever sends more', async () => {
      const { alpha, beta } = market;
      await network.current.rest();
      const buy = { ...terms, side: 'buy', account: 'BABA', quantity: 10n, price: 4_200n } as const;
      const early = await beta.orders.place({ ...buy, orderId: 'b2' }, { until: 'sealed' });
      const late = await beta.orders.place({ ...buy, orderId: 'b3' }, { until: 'sealed' });
      expect([early.index, late.index]).toEqual([0, 0]);
      await network.current.operate();
      await alpha.orders.place({ ...terms, orderId: 's2', side: 'sell', account: 'AOKI', quantity: 4n, price: 4_200n });
      const { orders } = await beta.orders.orders();
      const standing = Object.fromEntries(
        orders.map(({ orderId, status, remaining }) => [orderId, [status, remaining]]),
      );
      // s1 had 10 left, which b2 took; then s2 met b3.
      expect(standing).toMatchObject({ b2: ['filled', 0n], b3: ['standing', 6n] });
      await expectConserved(market.auditor);
    });

    test('captured trades settle as they come, and those that lack something wait for their sign-off', async () => {
      const { exchange, beta } = market;
      const trade = {
        ...{ time: '2023-03-30T01:00:00.000Z', isin: shinEtsu, price: 4_250n },
        seller: { institution: 'AlphaMSP', account: 'AOKI' },
        buyer: { institution: 'BetaMSP', account: 'BABA' },
      };
      await exchange.orders.captureTrades({
        id: 'C-9',
        trades: [
          { ...trade, tradeId: 'G-1', quantity: 1n },
          { ...trade, tradeId: 'G-2', quantity: 1_000n },
        ],
      });
      const { trades } = await beta.orders.trades();
      const told = trades.filter(({ tradeId }) => (tradeId ?? '').startsWith('G-'));
      expect(told.map(({ tradeId, status, reason }) => [tradeId, status, reason])).toEqual([
        ['G-1', 'settled', undefined],
        ['G-2', 'pending', 'LACK'],
      ]);
      await expectConserved(market.auditor);
    });
  });
});
