import { beforeAll, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import {
  type Members,
  advance,
  balanceOf,
  expectConserved,
  match,
  membersOf,
  pageOf,
  rejectionOf,
} from '../support/market-day';
import { foundMarket, fund, shinEtsu, yen } from '../support/market-network';

/** A day of the anonymous board: price, then time; what is not filled stands, is cancelled, or ends with the day. */
describeOnEngines(
  'board trading',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 10_000n },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', securities: 10_000n, money: 10_000_000n },
        { institution: 'GammaMSP', account: 'GOTO', name: 'Goto', money: 10_000_000n },
      ]);
    });
    let market: Members;

    beforeAll(async () => {
      market = await membersOf(network.current);
    });

    const accounts: Readonly<Record<string, string>> = { AlphaMSP: 'AOKI', BetaMSP: 'BABA', GammaMSP: 'GOTO' };

    interface Terms {
      readonly quantity: bigint;
      readonly price: bigint;
      readonly timeInForce?: 'day' | 'immediate-or-cancel';
    }

    async function place(member: Market, side: 'buy' | 'sell', orderId: string, terms: Terms): Promise<void> {
      const account = accounts[member.mspId] ?? '';
      await member.orders.place({ orderId, isin: shinEtsu, side, account, timeInForce: 'day', ...terms });
    }

    async function statusOf(member: Market, wanted: string): Promise<unknown> {
      const { orders } = await member.orders.orders();
      const order = orders.find(({ orderId }) => (orderId as string) === wanted);
      return order && [order.status, order.remaining];
    }

    const alphas = (orderId: string) => ({ institution: 'AlphaMSP', orderId });
    const betas = (orderId: string) => ({ institution: 'BetaMSP', orderId });
    const gammas = (orderId: string) => ({ institution: 'GammaMSP', orderId });

    test('an order waits with its securities or money locked until an operator takes it onto the board', async () => {
      const { alpha, beta, exchange } = market;
      await place(alpha, 'sell', 's1', { quantity: 300n, price: 4_250n });
      await place(beta, 'sell', 's2', { quantity: 200n, price: 4_240n });
      await place(alpha, 'sell', 's3', { quantity: 100n, price: 4_240n });
      expect(await balanceOf(alpha, 'AOKI', shinEtsu)).toEqual({ available: 9_600n, locked: 400n });
      // An operator sees them in the order in which the ledger has them.
      const { orders } = await exchange.orders.pending({ isin: shinEtsu });
      expect(orders.map(({ institution, orderId }) => ({ institution, orderId }))).toEqual([
        alphas('s1'),
        betas('s2'),
        alphas('s3'),
      ]);
      const { asks } = await market.gamma.orders.board({ isin: shinEtsu });
      expect(asks).toEqual([]);
    });

    test('the best price trades first, at one price the earlier order; the last is filled in part', async () => {
      const { gamma, beta, alpha, exchange } = market;
      await match(exchange, 'm1', [alphas('s1'), betas('s2'), alphas('s3')]);
      await place(gamma, 'buy', 'b1', { quantity: 250n, price: 4_250n });
      await match(exchange, 'm2', [gammas('b1')]);

      const { instructions } = await exchange.settlement.instructions({});
      expect(instructions.map(({ seller, buyer, quantity, amount }) => [seller, buyer, quantity, amount])).toEqual([
        ['BetaMSP', 'GammaMSP', 200n, 848_000n],
        ['AlphaMSP', 'GammaMSP', 50n, 212_000n],
      ]);
      expect(await statusOf(beta, 's2')).toEqual(['filled', 0n]);
      expect(await statusOf(alpha, 's3')).toEqual(['standing', 50n]);
      expect(await statusOf(gamma, 'b1')).toEqual(['filled', 0n]);
    });

    test('a member sees price levels without owners, and its own orders and trades without the counterparty', async () => {
      const { gamma } = market;
      expect(await gamma.orders.board({ isin: shinEtsu })).toEqual({
        isin: shinEtsu,
        bids: [],
        asks: [
          { price: 4_240n, quantity: 50n, orders: 1 },
          { price: 4_250n, quantity: 300n, orders: 1 },
        ],
      });
      const { orders } = await gamma.orders.orders();
      expect(orders.map(({ orderId }) => orderId)).toEqual(['b1']);
      const { trades } = await gamma.orders.trades();
      expect(trades.map(({ quantity, price }) => [quantity, price])).toEqual([
        [200n, 4_240n],
        [50n, 4_240n],
      ]);
      for (const trade of trades) expect(trade).not.toHaveProperty('counterparty');
      expect(JSON.stringify(trades, (_, value: unknown) => String(value))).not.toMatch(/Alpha|Beta|s2|s3/);
    });

    test("others' orders and the waiting list are not told to an institution", async () => {
      const { gamma } = market;
      expect(await rejectionOf(gamma.orders.orders({ institution: 'AlphaMSP' }))).toMatchObject({
        code: 'NotYours',
        field: 'institution',
      });
      expect(await rejectionOf(gamma.orders.trades({ institution: 'AlphaMSP' }))).toMatchObject({ code: 'NotYours' });
      expect(await rejectionOf(gamma.orders.pending({ isin: shinEtsu }))).toMatchObject({ code: 'RoleNotAllowed' });
    });

    test('a buyer whose limit was higher than the price gets the difference back at settlement', async () => {
      const { gamma, exchange } = market;
      expect(await balanceOf(gamma, 'GOTO', yen)).toEqual({ available: 8_937_500n, locked: 1_062_500n });
      await exchange.settlement.settle({ id: 'sign-off', pages: [await pageOf(exchange, 'm2')] });
      expect(await balanceOf(gamma, 'GOTO', yen)).toEqual({ available: 8_940_000n, locked: 0n });
      expect(await balanceOf(gamma, 'GOTO', shinEtsu)).toEqual({ available: 250n, locked: 0n });
    });

    test('an order that still waits is cancelled at once', async () => {
      const { alpha, exchange } = market;
      await place(alpha, 'sell', 's4', { quantity: 1_000n, price: 4_300n });
      const before = await balanceOf(alpha, 'AOKI', shinEtsu);
      await alpha.orders.cancel({ orderId: 's4' });
      expect(await statusOf(alpha, 's4')).toEqual(['cancelled', 1_000n]);
      expect(await balanceOf(alpha, 'AOKI', shinEtsu)).toEqual({
        available: before.available + 1_000n,
        locked: before.locked - 1_000n,
      });
      expect((await alpha.orders.cancel({ orderId: 's4' })).outcome).toBe('exists');
      expect(await rejectionOf(match(exchange, 'm3', [alphas('s4')]))).toMatchObject({
        code: 'OrderNotPending',
        field: 'orders[0]',
        status: 'cancelled',
      });
    });

    test('an order that stands leaves the board at once, and does not trade any more', async () => {
      const { alpha, gamma, exchange } = market;
      await alpha.orders.cancel({ orderId: 's1' });
      expect(await statusOf(alpha, 's1')).toEqual(['cancelled', 300n]);
      expect((await alpha.orders.board({ isin: shinEtsu })).asks).toEqual([
        { price: 4_240n, quantity: 50n, orders: 1 },
      ]);
      await place(gamma, 'buy', 'b2', { quantity: 10n, price: 4_250n });
      await match(exchange, 'm5', [gammas('b2')]);
      const { asks } = await alpha.orders.board({ isin: shinEtsu });
      expect(asks).toEqual([{ price: 4_240n, quantity: 40n, orders: 1 }]);
      // 40 stand on the board, 10 are sold and not settled.
      expect(await balanceOf(alpha, 'AOKI', shinEtsu)).toEqual({ available: 9_900n, locked: 50n });
    });

    test('an immediate-or-cancel order takes what stands, and the rest is dropped', async () => {
      const { beta, exchange } = market;
      await place(beta, 'buy', 'b3', { quantity: 100n, price: 4_240n, timeInForce: 'immediate-or-cancel' });
      expect((await balanceOf(beta, 'BABA', yen)).locked).toBe(424_000n);
      await match(exchange, 'm6', [betas('b3')]);
      expect(await statusOf(beta, 'b3')).toEqual(['cancelled', 60n]);
      expect((await balanceOf(beta, 'BABA', yen)).locked).toBe(40n * 4_240n);
      expect(await beta.orders.board({ isin: shinEtsu })).toMatchObject({ bids: [], asks: [] });
    });

    test('what stands or waits at the end of the day expires, and only trades stay locked', async () => {
      const { alpha, gamma, exchange } = market;
      await place(alpha, 'sell', 's5', { quantity: 70n, price: 4_400n });
      await match(exchange, 'm7', [alphas('s5')]);
      await place(gamma, 'buy', 'b4', { quantity: 5n, price: 4_000n });
      await advance(exchange, 'settlement');
      expect(await rejectionOf(place(gamma, 'buy', 'b5', { quantity: 5n, price: 4_000n }))).toEqual({
        code: 'PhaseClosed',
        phase: 'settlement',
        allowed: ['open'],
      });
      await exchange.orders.expire({ id: 'end-of-day', isin: shinEtsu });

      expect(await statusOf(alpha, 's5')).toEqual(['expired', 70n]);
      expect(await statusOf(gamma, 'b4')).toEqual(['expired', 5n]);
      expect(await exchange.orders.board({ isin: shinEtsu })).toMatchObject({ bids: [], asks: [] });
      expect((await balanceOf(alpha, 'AOKI', shinEtsu)).locked).toBe(50n);
      await exchange.settlement.settle({
        id: 'rest',
        pages: [await pageOf(exchange, 'm5'), await pageOf(exchange, 'm6')],
      });
      for (const [member, account] of [
        [alpha, 'AOKI'],
        [market.beta, 'BABA'],
        [gamma, 'GOTO'],
      ] as const) {
        for (const unit of [shinEtsu, yen]) expect((await balanceOf(member, account, unit)).locked).toBe(0n);
      }
      await expectConserved(market.auditor);
    });

    test('what was left standing over night does not trade: the board goes on when it has expired', async () => {
      const { alpha, gamma, exchange } = market;
      await advance(exchange, 'closed');
      await advance(exchange, 'open', '2023-03-31');
      await place(alpha, 'sell', 's6', { quantity: 10n, price: 4_250n });
      await match(exchange, 'm8', [alphas('s6')]);
      await advance(exchange, 'closed');
      await advance(exchange, 'open', '2023-04-03');
      await place(gamma, 'buy', 'b6', { quantity: 10n, price: 4_250n });
      expect(await rejectionOf(match(exchange, 'm9', [gammas('b6')]))).toMatchObject({
        code: 'OrdersNotExpired',
        businessDate: '2023-03-31',
      });
      expect(await statusOf(alpha, 's6')).toEqual(['standing', 10n]);
      expect((await exchange.settlement.instructions({ status: 'matched' })).instructions).toEqual([]);
      await exchange.orders.expire({ id: 'overdue', isin: shinEtsu });
      expect(await statusOf(alpha, 's6')).toEqual(['expired', 10n]);
      await match(exchange, 'm9', [gammas('b6')]);
      expect(await exchange.orders.board({ isin: shinEtsu })).toMatchObject({
        bids: [{ price: 4_250n, quantity: 10n, orders: 1 }],
        asks: [],
      });
    });
  },
  embeddedByDay,
);
