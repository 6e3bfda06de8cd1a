import { expect } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { balanceOf, expectConserved } from '../support/market-day';
import { type As, shinEtsu, yen } from '../support/market-network';
import { type Acknowledged, type Trade, accountsOf, lanes } from './trading';
import { until } from '../support/until';

/** What each seller had of the instrument, and each buyer of money, before the first trade. */
export const startOfEach = 10_000_000n;

const privateDataMs = 90_000;
const order: readonly Acknowledged[] = ['nothing', 'recorded', 'affirmed', 'settled'];

/** Status of each trade by its page. */
type Statuses = ReadonlyMap<string, string>;

/**
 * Whoever keeps whole trades has the same of them, private data included. A peer that was away has them from the others a while
 * later.
 */
export async function untilTold(as: As, keepers: readonly string[]): Promise<void> {
  await until(privateDataMs, `${keepers.join(', ')} to tell the same of every trade`, async () => {
    const told = await Promise.all(
      keepers.map(async (mspId) => instructionsOf(await as(mspId)).catch(() => undefined)),
    );
    const [first, ...others] = told.map((statuses) => statuses && JSON.stringify([...statuses].sort()));
    return first !== undefined && others.every((other) => other === first);
  });
}

async function instructionsOf(keeper: Market): Promise<Statuses> {
  const { instructions } = await keeper.settlement.instructions();
  return byPage(instructions);
}

/** @throws where a page is named twice. */
function byPage(rows: readonly { readonly page: string; readonly status: string }[]): Statuses {
  const statuses = new Map(rows.map(({ page, status }) => [page, status]));
  expect(statuses.size).toBe(rows.length);
  return statuses;
}

/**
 * Every trade stands in the seller's, the buyer's and the operators' books alike, at least as far as its submitters were told; each
 * account holds what its settled trades leave; and of every unit what was issued is held.
 */
export async function expectBooks(as: As, trades: readonly Trade[]): Promise<void> {
  const [alpha, beta, exchange] = await Promise.all(['AlphaMSP', 'BetaMSP', 'ExchangeMSP'].map(as));
  if (!alpha || !beta || !exchange) throw new Error('No connection');
  const [sold, bought, whole] = await Promise.all([
    alpha.orders.trades().then((answer) => byPage(answer.trades)),
    beta.orders.trades().then((answer) => byPage(answer.trades)),
    instructionsOf(exchange),
  ]);
  expect(lessThanAcknowledged(trades, whole)).toEqual([]);
  expect([...bought].sort()).toEqual([...sold].sort());
  expect([...whole].sort()).toEqual([...sold].sort());
  const known = new Set(trades.map(({ page }) => page));
  expect([...sold.keys()].filter((page) => !known.has(page))).toEqual([]);
  await expectHoldings(
    alpha,
    beta,
    trades.filter(({ page }) => whole.get(page) === 'settled'),
  );
  await expectConserved(await as('AuditorMSP'));
}

/** Trades that have not come as far as their submitters were told. */
function lessThanAcknowledged(trades: readonly Trade[], whole: Statuses): readonly string[] {
  const reached = ({ page }: Trade): Acknowledged => {
    const status = whole.get(page) ?? 'nothing';
    if (status === 'matched') return 'affirmed';
    return status === 'recorded' || status === 'settled' ? status : 'nothing';
  };
  return trades
    .filter((trade) => order.indexOf(reached(trade)) < order.indexOf(trade.acknowledged))
    .map((trade) => `${trade.tradeId} was acknowledged as ${trade.acknowledged} and is ${reached(trade)}`);
}

async function expectHoldings(alpha: Market, beta: Market, settled: readonly Trade[]): Promise<void> {
  for (let lane = 0; lane < lanes; lane += 1) {
    const { seller, buyer } = accountsOf(lane);
    const own = settled.filter((trade) => trade.seller === seller);
    const securities = own.reduce((sum, { quantity }) => sum + quantity, 0n);
    const money = own.reduce((sum, { amount }) => sum + amount, 0n);
    const held = async (keeper: Market, account: string, unit: string): Promise<bigint> => {
      const { available, locked } = await balanceOf(keeper, account, unit);
      return available + locked;
    };
    expect(await held(alpha, seller, shinEtsu)).toBe(startOfEach - securities);
    expect(await held(alpha, seller, yen)).toBe(money);
    expect(await held(beta, buyer, shinEtsu)).toBe(securities);
    expect(await held(beta, buyer, yen)).toBe(startOfEach - money);
  }
}

/** The journals tell each settlement once for each leg, and nothing of a trade that did not settle. */
export async function expectJournals(as: As, trades: readonly Trade[]): Promise<void> {
  const settled = await instructionsOf(await as('ExchangeMSP'));
  const expected = trades.filter(({ page }) => settled.get(page) === 'settled');
  for (const mspId of ['AlphaMSP', 'BetaMSP']) {
    const { entries } = await (await as(mspId)).registry.statement();
    for (const unit of [shinEtsu, yen]) {
      const references = entries
        .filter((entry) => (entry.unit as string) === unit && entry.reference.startsWith('Settlement:Settle'))
        .map(({ reference }) => reference);
      expect(references.sort()).toEqual(expected.map(({ tradeId }) => `Settlement:Settle ${tradeId}`).sort());
    }
  }
}
