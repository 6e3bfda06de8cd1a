import { beforeAll, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import { type Members, balanceOf, expectConserved, membersOf, pageOf, rejectionOf } from '../support/market-day';
import { foundMarket, fund, shinEtsu, yen } from '../support/market-network';

/** Securities against money, trade by trade: both legs at once, or neither and the reason why. */
describeOnEngines(
  'delivery versus payment',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n },
        { institution: 'AlphaMSP', account: 'ABE', name: 'Abe', securities: 40n },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', money: 500_000n },
        { institution: 'BetaMSP', account: 'BANNO', name: 'Banno', money: 1_000n },
      ]);
    });
    let market: Members;

    beforeAll(async () => {
      market = await membersOf(network.current);
    });

    /** A bilateral trade that both have agreed; its page. */
    async function agree(tradeId: string, terms: { quantity: bigint; amount: bigint; from?: string; to?: string }) {
      const { from = 'AOKI', to = 'BABA', ...rest } = terms;
      const trade = { tradeId, isin: shinEtsu, ...rest };
      const { alpha, beta } = market;
      await alpha.orders.recordTrade({ ...trade, counterparty: 'BetaMSP', side: 'sell', account: from });
      await beta.orders.affirmTrade({ ...trade, recordedBy: 'AlphaMSP', side: 'buy', account: to });
      return pageOf(market.exchange, tradeId, 'AlphaMSP');
    }

    async function statusOf(page: string): Promise<unknown> {
      const { instructions } = await market.exchange.settlement.instructions({ page });
      return instructions.map(({ status, reason }) => (reason === undefined ? status : `${status} ${reason}`));
    }

    async function held(member: Market, account: string): Promise<readonly bigint[]> {
      const [securities, money] = await Promise.all([shinEtsu, yen].map((unit) => balanceOf(member, account, unit)));
      return [securities?.available ?? 0n, money?.available ?? 0n];
    }

    test('on the sign-off of an operator both legs of a trade move at once', async () => {
      const page = await agree('T-1', { quantity: 100n, amount: 400_000n });
      const { exchange, alpha, beta } = market;
      await exchange.settlement.settle({ id: 'S-1', trades: [{ page, number: 0 }] });
      expect(await statusOf(page)).toEqual(['settled']);
      expect(await held(alpha, 'AOKI')).toEqual([900n, 400_000n]);
      expect(await held(beta, 'BABA')).toEqual([100n, 100_000n]);
    });

    test('both legs are in one instruction: the two journals tell one time and one reference', async () => {
      const settled = async (member: Market, account: string) => {
        const { entries } = await member.registry.statement({ account });
        const legs = entries.filter(({ reference }) => reference === 'Settlement:Settle S-1');
        return {
          times: [...new Set(legs.map(({ time }) => time))],
          changes: legs.map(({ unit, change }) => [unit, change]),
        };
      };
      const seller = await settled(market.alpha, 'AOKI');
      const buyer = await settled(market.beta, 'BABA');
      expect(seller.changes.sort()).toEqual([
        [shinEtsu, -100n],
        [yen, 400_000n],
      ]);
      expect(buyer.changes.sort()).toEqual([
        [shinEtsu, 100n],
        [yen, -400_000n],
      ]);
      expect(seller.times).toHaveLength(1);
      expect(buyer.times).toEqual(seller.times);
    });

    test('what is settled stays settled: signing it off again moves nothing', async () => {
      const { exchange, csd, alpha } = market;
      const page = await pageOf(exchange, 'T-1');
      const again = await exchange.settlement.settle({ id: 'S-1', trades: [{ page, number: 0 }] });
      expect(again.outcome).toBe('exists');
      await csd.settlement.settle({ id: 'S-1-again', pages: [page] });
      expect(await held(alpha, 'AOKI')).toEqual([900n, 400_000n]);
    });

    test('without enough securities the trade waits for LACK and the buyer keeps the money; cured, it settles', async () => {
      const page = await agree('T-2', { quantity: 50n, amount: 10_000n, from: 'ABE' });
      const { exchange, alpha, beta } = market;
      const moneyBefore = await held(beta, 'BABA');
      await exchange.settlement.settle({ id: 'S-2', pages: [page] });
      expect(await statusOf(page)).toEqual(['pending LACK']);
      expect(await held(alpha, 'ABE')).toEqual([40n, 0n]);
      expect(await held(beta, 'BABA')).toEqual(moneyBefore);

      await alpha.securities.transfer({ id: 'CURE-1', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 10n });
      await exchange.settlement.settle({ id: 'S-3', pages: [page] });
      expect(await statusOf(page)).toEqual(['settled']);
      expect(await held(alpha, 'ABE')).toEqual([0n, 10_000n]);
    });

    test('without enough money it waits for MONY and the seller keeps the securities; cured, it settles', async () => {
      const page = await agree('T-3', { quantity: 20n, amount: 80_000n, to: 'BANNO' });
      const { exchange, alpha, beta, bank } = market;
      const securitiesBefore = await held(alpha, 'AOKI');
      await exchange.settlement.settle({ id: 'S-4', pages: [page] });
      expect(await statusOf(page)).toEqual(['pending MONY']);
      expect(await held(alpha, 'AOKI')).toEqual(securitiesBefore);
      expect(await held(beta, 'BANNO')).toEqual([0n, 1_000n]);
      const { trades } = await beta.orders.trades({ status: 'pending' });
      expect(trades.map(({ tradeId, reason }) => [tradeId, reason])).toEqual([['T-3', 'MONY']]);

      const to = { institution: 'BetaMSP', account: 'BANNO' };
      await bank.moneyTokens.mint({ id: 'CURE-2', currency: 'JPY', to, amount: 79_000n, depositReference: 'D-2' });
      await exchange.settlement.settle({ id: 'S-5', pages: [page] });
      expect(await statusOf(page)).toEqual(['settled']);
      expect(await held(beta, 'BANNO')).toEqual([20n, 0n]);
    });

    test('of several trades in one sign-off each that can settle does, in the order named', async () => {
      const pages = [
        await agree('T-4', { quantity: 800n, amount: 50_000n }),
        await agree('T-5', { quantity: 800n, amount: 1n }),
        await agree('T-6', { quantity: 1n, amount: 1n }),
      ];
      await market.ccp.settlement.settle({ id: 'S-6', pages });
      expect(await Promise.all(pages.map(statusOf))).toEqual([['settled'], ['pending LACK'], ['settled']]);
      await expectConserved(market.auditor);
    });

    test('nobody but an operator signs off, and only what there is', async () => {
      const { alpha, exchange } = market;
      const page = await pageOf(exchange, 'T-5');
      expect(await rejectionOf(alpha.settlement.settle({ id: 'S-7', pages: [page] }))).toMatchObject({
        code: 'RoleNotAllowed',
      });
      expect(await rejectionOf(exchange.settlement.settle({ id: 'S-7', pages: ['999999'] }))).toEqual({
        code: 'PageUnknown',
        field: 'pages[0]',
        page: '999999',
      });
      const second = { page, number: 1 };
      expect(await rejectionOf(exchange.settlement.settle({ id: 'S-7', trades: [second] }))).toEqual({
        code: 'TradeNumberUnknown',
        field: 'trades[0]',
        number: 1,
      });
      expect(await rejectionOf(exchange.settlement.settle({ id: 'S-7' }))).toMatchObject({ code: 'NothingToSettle' });
    });
  },
  embeddedByDay,
);
