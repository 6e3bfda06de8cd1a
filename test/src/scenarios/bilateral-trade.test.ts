import { beforeAll, expect, test } from '@jest/globals';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import { type Members, membersOf, rejectionOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu } from '../support/market-network';

/** Two institutions agree elsewhere; one records, the other affirms or rejects, and nobody else knows. */
describeOnEngines(
  'bilateral trade',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 10_000_000n },
        { institution: 'GammaMSP', account: 'GOTO', name: 'Goto', money: 10_000_000n },
      ]);
    });
    let market: Members;

    beforeAll(async () => {
      market = await membersOf(network.current);
    });

    const agreed = { tradeId: 'T-1', isin: shinEtsu, quantity: 100n, amount: 425_000n };
    const recorded = { ...agreed, counterparty: 'BetaMSP', side: 'sell', account: 'AOKI' } as const;
    const affirmed = { ...agreed, recordedBy: 'AlphaMSP', side: 'buy', account: 'BABA' } as const;

    test('what one party records the other sees from its own side, and it binds nobody yet', async () => {
      const { alpha, beta, exchange } = market;
      await alpha.orders.recordTrade(recorded);
      const ours = { origin: 'otc', status: 'recorded', quantity: 100n, amount: 425_000n, tradeId: 'T-1' };
      const sellers = await alpha.orders.trades();
      expect(sellers.trades).toEqual([
        expect.objectContaining({
          ...ours,
          side: 'sell',
          counterparty: 'BetaMSP',
          account: 'AOKI',
          recordedByUs: true,
        }),
      ]);
      const buyers = await beta.orders.trades();
      expect(buyers.trades).toEqual([
        expect.objectContaining({ ...ours, side: 'buy', counterparty: 'AlphaMSP', recordedByUs: false }),
      ]);
      // Which account the seller delivers from is the seller's own.
      expect(buyers.trades[0]).not.toHaveProperty('account');
      // Operators see it coming; it stands on no page yet, so there is nothing that could be signed off.
      const { instructions } = await exchange.settlement.instructions();
      expect(instructions).toEqual([expect.objectContaining({ tradeId: 'T-1', status: 'recorded' })]);
      expect(instructions[0]).not.toHaveProperty('page');
    });

    test('a third institution sees nothing of it, and to it the trade does not exist', async () => {
      const { gamma } = market;
      expect((await gamma.orders.trades()).trades).toEqual([]);
      const unknown = { code: 'TradeUnknown', field: 'tradeId', tradeId: 'T-1' };
      expect(await rejectionOf(gamma.orders.affirmTrade({ ...affirmed, account: 'GOTO' }))).toEqual(unknown);
      const rejection = { recordedBy: 'AlphaMSP', tradeId: 'T-1', reason: 'not ours' };
      expect(await rejectionOf(gamma.orders.rejectTrade(rejection))).toEqual(unknown);
    });

    test.each([
      { differs: { isin: 'JP3236200006' }, recorded: shinEtsu, affirmed: 'JP3236200006' },
      { differs: { side: 'sell' }, recorded: 'buy', affirmed: 'sell' },
      { differs: { quantity: 101n }, recorded: '100', affirmed: '101' },
      { differs: { amount: 425_001n }, recorded: '425000', affirmed: '425001' },
    ] as const)('a term that differs is named with both words: $differs', async ({ differs, ...words }) => {
      const [field] = Object.keys(differs);
      expect(await rejectionOf(market.beta.orders.affirmTrade({ ...affirmed, ...differs }))).toEqual({
        code: 'TradeMismatch',
        field,
        ...words,
      });
    });

    test('the recording party cannot affirm its own word', async () => {
      const own = { ...affirmed, side: 'sell', account: 'AOKI' } as const;
      expect(await rejectionOf(market.alpha.orders.affirmTrade(own))).toMatchObject({ code: 'TradeUnknown' });
    });

    test('affirmed, it binds both, once', async () => {
      const { alpha, beta } = market;
      expect((await beta.orders.affirmTrade(affirmed)).outcome).toBe('created');
      expect((await beta.orders.affirmTrade(affirmed)).outcome).toBe('exists');
      for (const party of [alpha, beta]) {
        const { trades } = await party.orders.trades({ status: 'matched' });
        expect(trades.map(({ tradeId }) => tradeId)).toEqual(['T-1']);
      }
      const late = { recordedBy: 'AlphaMSP', tradeId: 'T-1', reason: 'changed our mind' };
      expect(await rejectionOf(beta.orders.rejectTrade(late))).toMatchObject({
        code: 'TradeNotOpen',
        status: 'matched',
      });
    });

    test('rejected, it tells the reason to the one who recorded it and cannot be affirmed any more', async () => {
      const { alpha, beta } = market;
      await alpha.orders.recordTrade({ ...recorded, tradeId: 'T-2' });
      await beta.orders.rejectTrade({ recordedBy: 'AlphaMSP', tradeId: 'T-2', reason: 'we know nothing of it' });
      const { trades } = await alpha.orders.trades({ status: 'rejected' });
      expect(trades).toEqual([expect.objectContaining({ tradeId: 'T-2', rejectionReason: 'we know nothing of it' })]);
      expect(await rejectionOf(beta.orders.affirmTrade({ ...affirmed, tradeId: 'T-2' }))).toMatchObject({
        code: 'TradeNotOpen',
        status: 'rejected',
      });
    });

    test('what was recorded by mistake is taken back, and a trade that binds is cancelled by both', async () => {
      const { alpha, beta } = market;
      await alpha.orders.recordTrade({ ...recorded, tradeId: 'T-4' });
      await alpha.orders.withdrawTrade({ tradeId: 'T-4' });
      expect(await rejectionOf(beta.orders.affirmTrade({ ...affirmed, tradeId: 'T-4' }))).toMatchObject({
        code: 'TradeNotOpen',
        status: 'cancelled',
      });
      await alpha.orders.recordTrade({ ...recorded, tradeId: 'T-5' });
      await beta.orders.affirmTrade({ ...affirmed, tradeId: 'T-5' });
      for (const party of [alpha, beta]) {
        const { trades } = await party.orders.trades();
        const { page = '', number = 0 } = trades.find(({ tradeId }) => tradeId === 'T-5') ?? {};
        expect((await party.orders.cancelTrade({ page, number })).outcome).toBe('created');
      }
      for (const party of [alpha, beta]) {
        const { trades } = await party.orders.trades({ status: 'cancelled' });
        expect(trades.map(({ tradeId }) => tradeId).sort()).toEqual(['T-4', 'T-5']);
      }
    });

    test('both parties may use the same id, each for a trade of its own, and not for the same one', async () => {
      const { alpha, beta } = market;
      const mirrored = { ...agreed, counterparty: 'AlphaMSP', side: 'buy', account: 'BABA' } as const;
      expect(await rejectionOf(beta.orders.recordTrade(mirrored))).toEqual({
        ...{ code: 'TradeRecorded', field: 'tradeId', tradeId: 'T-1', recordedBy: 'AlphaMSP' },
      });
      const own = { ...agreed, amount: 426_000n };
      await beta.orders.recordTrade({ ...mirrored, ...own });
      await alpha.orders.affirmTrade({ ...own, recordedBy: 'BetaMSP', side: 'sell', account: 'AOKI' });
      const { trades } = await alpha.orders.trades({ status: 'matched' });
      expect(trades.map(({ tradeId, recordedByUs }) => [tradeId, recordedByUs])).toEqual([
        ['T-1', true],
        ['T-1', false],
      ]);
      expect(new Set(trades.map(({ page, number }) => [page, number].join('/'))).size).toBe(2);
    });

    test('a trade with oneself, or with a member that does not trade, is refused', async () => {
      const { alpha } = market;
      const withSelf = { ...recorded, tradeId: 'T-3', counterparty: 'AlphaMSP' };
      expect(await rejectionOf(alpha.orders.recordTrade(withSelf))).toEqual({
        code: 'SelfTrade',
        field: 'counterparty',
      });
      const withBank = { ...recorded, tradeId: 'T-3', counterparty: 'TrustBankMSP' };
      expect(await rejectionOf(alpha.orders.recordTrade(withBank))).toMatchObject({
        code: 'MemberRole',
        field: 'counterparty',
        role: 'settlement-bank',
      });
    });
  },
  embeddedByDay,
);
