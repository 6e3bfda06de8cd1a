import { expect } from '@jest/globals';
import { type Market, type Profile, checkOrder, publicBlocks } from '@kessai/gateway-client';
import type { Advice } from '@kessai/interface';
import { expectConserved } from '../support/market-day';
import { type As, shinEtsu, yen } from '../support/market-network';
import { until } from '../support/until';
import { type Acknowledged, type Order, type Parties, type Trade, type Traded, alphaToBeta } from './trading';
import { whole } from './whole';

/** What each seller had of the instrument, and each buyer of money, before the first trade. */
export const startOfEach = 2_000_000n;

const privateDataMs = 90_000;
const steps: readonly Acknowledged[] = ['nothing', 'recorded', 'affirmed', 'settled'];

type Instruction = Awaited<ReturnType<Market['settlement']['instructions']>>['instructions'][number];
type PartyTrade = Awaited<ReturnType<Market['orders']['trades']>>['trades'][number];
type AdvicePage = Awaited<ReturnType<Market['market']['advices']>>['pages'][number];

async function instructionsOf({ settlement }: Market): Promise<readonly Instruction[]> {
  return whole(async (from) => {
    const { instructions: rows, next } = await settlement.instructions({ from });
    return { rows, next };
  });
}

async function tradesOf({ orders }: Market): Promise<readonly PartyTrade[]> {
  return whole(async (from) => {
    const { trades: rows, next } = await orders.trades({ from });
    return { rows, next };
  });
}

/** All that happened to a member, cycle by cycle. @param keeper the member itself, or an operator or auditor. */
export async function advicesOf({ market }: Market, member: string): Promise<readonly AdvicePage[]> {
  return whole(async (from) => {
    const { pages: rows, next, last } = await market.advices({ member, from, limit: 200 });
    return { rows, next: next > last ? undefined : next };
  });
}

/**
 * Whoever keeps whole trades has the same of them, private data included. A peer that was away has them from the others a while
 * later.
 */
export async function untilTold(as: As, keepers: readonly string[]): Promise<void> {
  await until(privateDataMs, `${keepers.join(', ')} to tell the same of every trade`, async () => {
    const told = await Promise.all(
      keepers.map(async (mspId) => instructionsOf(await as(mspId)).catch(() => undefined)),
    );
    const [first, ...others] = told.map((rows) => rows && textOf(rows));
    return first !== undefined && others.every((other) => other === first);
  });
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}

/**
 * Every trade stands in the seller's, the buyer's and the operators' books alike, at least as far as its submitters were told, and once;
 * what is left of each order is what did not trade; each account holds what its settled trades leave; of every unit what was issued is
 * held; and each member was advised of all that was acknowledged to it, once.
 */
export async function expectBooks(as: As, traded: Traded, parties: readonly Parties[] = [alphaToBeta]): Promise<void> {
  const exchange = await as('ExchangeMSP');
  const told = await instructionsOf(exchange);
  expectAcknowledged(traded.trades, told);
  const members = [...new Set(parties.flatMap(({ seller, buyer }) => [seller, buyer]))];
  for (const mspId of members) {
    const member = await as(mspId);
    const trades = await tradesOf(member);
    expectSame(trades, told, mspId);
    await expectOrders(member, traded.orders, trades);
    await expectHeld(member, trades);
  }
  await expectConserved(await as('AuditorMSP'));
  for (const mspId of [...members, 'ExchangeMSP']) await expectAdvised(await as(mspId), traded);
}

/** A member has the trades of which the operators have it as the seller or the buyer. */
function expectSame(trades: readonly PartyTrade[], told: readonly Instruction[], mspId: string): void {
  const linesOf = (side: PartyTrade['side']) =>
    trades
      .filter((one) => one.side === side)
      .map(lineOf)
      .sort();
  const sales = told.filter(({ seller }) => seller === mspId);
  const purchases = told.filter(({ buyer }) => buyer === mspId);
  expect(linesOf('sell')).toEqual(sales.map((one) => lineOf({ ...one, number: one.sellerNumber })).sort());
  expect(linesOf('buy')).toEqual(purchases.map((one) => lineOf({ ...one, number: one.buyerNumber })).sort());
}

interface Line {
  readonly page?: string;
  readonly number?: number | undefined;
  readonly tradeId?: string;
  readonly origin: string;
  readonly quantity: bigint;
  readonly amount: bigint;
  readonly status: string;
}

/** A trade as it has to be in everybody's books. What the matching of an order is called is told to operators only. */
function lineOf({ page = '', number, tradeId = '', origin, quantity, amount, status }: Line): string {
  return [page, number, origin === 'otc' ? tradeId : '', origin, quantity, amount, status].join(' ');
}

function expectAcknowledged(trades: readonly Trade[], told: readonly Instruction[]): void {
  const reached = new Map<string, Acknowledged>();
  for (const { tradeId, status } of told.filter(({ origin }) => origin === 'otc')) {
    expect(reached.has(tradeId ?? '')).toBe(false);
    reached.set(tradeId ?? '', status === 'recorded' || status === 'settled' ? status : 'affirmed');
  }
  const known = new Set(trades.map(({ tradeId }) => tradeId));
  expect([...reached.keys()].filter((tradeId) => !known.has(tradeId))).toEqual([]);
  const less = trades.flatMap(({ tradeId, acknowledged }) => {
    const is = reached.get(tradeId) ?? 'nothing';
    return steps.indexOf(is) < steps.indexOf(acknowledged)
      ? [`${tradeId} was acknowledged as ${acknowledged} and is ${is}`]
      : [];
  });
  expect(less).toEqual([]);
}

/** Each order is there once, if it was acknowledged, and has traded what it does not have left. */
async function expectOrders(owner: Market, all: readonly Order[], trades: readonly PartyTrade[]): Promise<void> {
  const placed = new Map(
    all.filter(({ institution }) => institution === owner.mspId).map((order) => [order.orderId, order]),
  );
  const found = await whole(async (from) => {
    const { orders: rows, next } = await owner.orders.orders({ from });
    return { rows, next };
  });
  const ids = found.map(({ orderId }) => orderId as string);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((orderId) => !placed.has(orderId))).toEqual([]);
  expect([...placed.values()].filter(({ orderId, acknowledged }) => acknowledged && !ids.includes(orderId))).toEqual(
    [],
  );
  const filled = new Map<string, bigint>();
  for (const { orderId, quantity } of trades) {
    if (orderId !== undefined) filled.set(orderId, (filled.get(orderId) ?? 0n) + quantity);
  }
  for (const { orderId, quantity, remaining } of found) {
    expect({ orderId, quantity }).toEqual({ orderId, quantity: placed.get(orderId)?.quantity });
    expect({ orderId, filled: filled.get(orderId) ?? 0n }).toEqual({ orderId, filled: quantity - remaining });
  }
}

/** Each account that traded holds what it began with and its settled trades. */
async function expectHeld(owner: Market, trades: readonly PartyTrade[]): Promise<void> {
  const { holdings } = await owner.registry.holdings();
  // What a member has only been told that it bought is on no account yet.
  const accounts = new Map(
    trades.flatMap(({ account, side }) => (account === undefined ? [] : [[account, side] as const])),
  );
  for (const [account, side] of accounts) {
    const settled = trades.filter((one) => one.account === account && one.status === 'settled');
    const quantity = settled.reduce((sum, one) => sum + one.quantity, 0n);
    const amount = settled.reduce((sum, one) => sum + one.amount, 0n);
    const expected =
      side === 'sell'
        ? { [shinEtsu]: startOfEach - quantity, [yen]: amount }
        : { [shinEtsu]: quantity, [yen]: startOfEach - amount };
    const held = Object.keys(expected).map((unit) => {
      const row = holdings.find((one) => one.account === account && (one.unit as string) === unit);
      return [unit, (row?.available ?? 0n) + (row?.locks.reduce((sum, lock) => sum + lock.quantity, 0n) ?? 0n)];
    });
    expect({ account, ...Object.fromEntries(held) }).toEqual({ account, ...expected });
  }
}

/** A member's advices tell each acknowledged instruction, once, as it was answered; and no id was accepted twice. */
async function expectAdvised(member: Market, { told }: Traded): Promise<void> {
  const pages = await advicesOf(member, member.mspId);
  expectGapless(pages);
  const outcomes = new Map<string, { readonly cycle: number; readonly outcome: string }>();
  for (const { cycle, advices } of pages) {
    for (const { transactionId, index, outcome, method } of advices.filter(isOutcome)) {
      const name = `${transactionId} ${index.toString()}`;
      expect(outcomes.has(name)).toBe(false);
      outcomes.set(name, { cycle, outcome });
      outcomes.set(`${transactionId} ${method} ${cycle.toString()} ${outcome}`, { cycle, outcome });
    }
  }
  const missing = told
    .filter((one) => one.member === member.mspId)
    .filter((one) => !outcomes.has(`${one.transactionId} ${one.method} ${one.cycle.toString()} ${one.outcome}`));
  expect(missing).toEqual([]);
}

function isOutcome(advice: Advice): advice is Extract<Advice, { readonly kind: 'outcome' }> {
  return advice.kind === 'outcome';
}

/** A page for each cycle since the member was admitted: the first ones may lack. */
export function expectGapless(pages: readonly { readonly cycle: number }[]): void {
  const first = pages[0]?.cycle ?? 0;
  expect(pages.map(({ cycle }) => cycle)).toEqual(pages.map((_, index) => first + index));
}

/** Whoever may read blocks finds that everything was executed once and in the ledger's order, and that nobody was passed over. */
export async function expectOrder(profile: Profile): Promise<void> {
  const { faults } = await checkOrder(publicBlocks(profile), { chaincode: profile.chaincode });
  expect(faults).toEqual([]);
}

/** The journals tell each settlement once for each leg, and nothing of a trade that did not settle. */
export async function expectJournals(as: As, members: readonly string[]): Promise<void> {
  for (const mspId of members) {
    const owner = await as(mspId);
    const settled = (await tradesOf(owner)).filter(({ status }) => status === 'settled');
    const entries = await whole(async (fromCycle) => {
      const { entries: rows, next } = await owner.registry.statement({ fromCycle });
      return { rows, next };
    });
    for (const unit of [shinEtsu, yen]) {
      const own = entries.filter(
        (one) => (one.unit as string) === unit && one.reference.startsWith('Settlement:Settle'),
      );
      const isSecurities = unit === shinEtsu;
      const change = settled.reduce((sum, { side, quantity, amount }) => {
        const value = isSecurities ? quantity : amount;
        return (side === 'buy') === isSecurities ? sum + value : sum - value;
      }, 0n);
      expect(own.reduce((sum, entry) => sum + entry.change, 0n)).toBe(change);
      const bilateral = settled.flatMap(({ tradeId }) => (tradeId === undefined ? [] : [tradeId as string]));
      const named = own.map(({ reference }) => reference.replace('Settlement:Settle ', ''));
      expect(named.filter((id) => bilateral.includes(id)).sort()).toEqual(bilateral.sort());
    }
  }
}
