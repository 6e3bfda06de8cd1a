import { expect, test } from '@jest/globals';
import { describeOnEngines, networkOf } from '../support/engines';
import { balanceOf, membersOf } from '../support/market-day';
import { type Funding, foundMarket, fund, shinEtsu, yen } from '../support/market-network';

const settlements = 20;
const sealedTogether = 100;
const money = 100_000_000n;
const clients: readonly Funding[] = [
  { institution: 'AlphaMSP', account: 'A-1', name: 'Seller', securities: 1_000n },
  { institution: 'BetaMSP', account: 'B-1', name: 'Buyer', money },
  { institution: 'GammaMSP', account: 'G-1', name: 'Who pays dust', money: 10_000n },
];

/** Somebody pays one yen again and again to accounts that trade: it wrote the pages that settlement reads, and so it kept it from happening. */
describeOnEngines('dust', (engine) => {
  const payments = engine.name === 'embedded' && process.env['KESSAI_NIGHTLY'] !== '1' ? 200 : 1_000;
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'dust', clients);
  });

  test(
    `of ${payments.toString()} payments lets ${settlements.toString()} of ${settlements.toString()} settlements happen at the first time of asking`,
    async () => {
      const { alpha, beta, gamma, exchange } = await membersOf(network.current);
      const numbers = Array.from({ length: settlements }, (_, n) => n);
      const terms = { isin: shinEtsu, quantity: 10n, amount: 42_500n };
      await Promise.all(
        numbers.map(async (n) => {
          const trade = { ...terms, tradeId: `trade-${n.toString()}` };
          await alpha.orders.recordTrade({ ...trade, counterparty: 'BetaMSP', side: 'sell', account: 'A-1' });
          await beta.orders.affirmTrade({ ...trade, recordedBy: 'AlphaMSP', side: 'buy', account: 'B-1' });
        }),
      );
      const { instructions } = await exchange.settlement.instructions({ status: 'matched' });
      const trades = instructions.flatMap(({ page, number }) =>
        page === undefined || number === undefined ? [] : [{ page, number }],
      );
      expect(trades).toHaveLength(settlements);

      const dust = async (): Promise<number> => {
        let executed = 0;
        for (let first = 0; first < payments; first += sealedTogether) {
          const part = Array.from({ length: sealedTogether }, (_, n) => ({
            method: 'MoneyTokens:Transfer',
            request: {
              ...{ id: `dust-${(first + n).toString()}`, unit: yen, from: 'G-1', amount: '1' },
              to:
                n % 2 === 0 ? { institution: 'AlphaMSP', account: 'A-1' } : { institution: 'BetaMSP', account: 'B-1' },
            },
          }));
          const answers = await gamma.instruct(part);
          executed += answers.filter(({ outcome }) => outcome === 'created').length;
        }
        return executed;
      };
      const settle = async (): Promise<readonly string[]> => {
        const outcomes: string[] = [];
        for (const [n, trade] of trades.entries()) {
          const { outcome } = await exchange.settlement.settle({ id: `settle-${n.toString()}`, trades: [trade] });
          outcomes.push(outcome);
        }
        return outcomes;
      };
      const [paid, outcomes] = await Promise.all([dust(), settle()]);

      expect(paid).toBe(payments);
      expect(outcomes).toEqual(numbers.map(() => 'created'));
      const { instructions: after } = await exchange.settlement.instructions({ status: 'settled' });
      expect(after).toHaveLength(settlements);
      const half = BigInt(payments) / 2n;
      const amount = terms.amount * BigInt(settlements);
      expect(await balanceOf(alpha, 'A-1', yen)).toEqual({ available: amount + half, locked: 0n });
      expect(await balanceOf(beta, 'B-1', yen)).toEqual({ available: money - amount + half, locked: 0n });
    },
    180_000 * engine.patience,
  );
});
