import type { InstructionRequest, Market } from '@kessai/gateway-client';
import { type BenchMarket, type Trader, isin, price } from './bench-market';
import type { Scenario } from './work';

export interface FlowSettings {
  readonly seconds: number;
  /** Orders of each member under way at once. */
  readonly inFlight: number;
}

export const flowName = 'flow';
export const flowHalf = 'flow-half';

/** Cycles whose advices are read in one answer. */
const cyclesAtOnce = 20;

/** Every order meets the one before it, so that half of them trade when they come. */
function orderOf(market: BenchMarket, { accounts }: Trader, n: number): InstructionRequest {
  const id = market.next();
  return {
    method: 'Orders:Place',
    request: {
      ...{ orderId: `flow-${id}`, isin, side: n % 2 === 0 ? 'sell' : 'buy', quantity: '1', price: price.toString() },
      ...{ account: accounts[n % accounts.length] ?? '', timeInForce: 'day' },
    },
  };
}

/** Members that place and take orders, each as fast as it can, at half that speed, and all from one account each. */
export function flow(market: BenchMarket, { seconds, inFlight }: FlowSettings): readonly Scenario[] {
  /** Orders a second and member at full speed, for what is measured at half of it. */
  let fullSpeed: number | undefined;
  /** The last cycle before the round. */
  let cycleBefore = 0;
  const scenario = (
    name: string,
    summary: string,
    traders: readonly Trader[],
    pace: () => number | undefined,
    measured: (perSecond: number) => void = () => undefined,
  ): Scenario => ({
    ...{ name, summary, unit: 'instructions', unitsEach: 1 },
    prepare: async () => {
      await market.setPolicy({ matching: 'continuous', settlement: 'continuous' });
      ({ number: cycleBefore } = await market.exchange.market.progress());
      return [];
    },
    during: async (work) => market.whileOperated(work),
    run: async (timed) => {
      const end = performance.now() + seconds * 1_000;
      const perSecond = pace();
      let done = 0;
      await Promise.all(
        traders.map(async (trader) => {
          let placed = 0;
          const began = performance.now();
          await Promise.all(
            Array.from({ length: inFlight }, async () => {
              while (performance.now() < end) {
                const n = placed;
                placed += 1;
                if (perSecond !== undefined) await until(began + (n * 1_000) / perSecond);
                if (performance.now() >= end) return;
                const { method, request } = orderOf(market, trader, n);
                if (await timed(async () => trader.market.call(method, request))) done += 1;
              }
            }),
          );
        }),
      );
      measured(done / seconds / traders.length);
    },
    settled: async () =>
      settledSince(
        market.traders.map(({ market: member }) => member),
        cycleBefore + 1,
      ),
    finish: async () => market.setPolicy({ matching: 'by-operator', settlement: 'by-operator' }),
  });
  const hot = market.traders.map(({ market: member, accounts }) => ({
    market: member,
    accounts: accounts.slice(0, 1),
  }));
  const members = market.traders.length.toString();
  return [
    scenario(
      flowName,
      `${members} members place and take orders at full speed for ${seconds.toString()} s; from the call to the advice`,
      market.traders,
      () => undefined,
      (perSecond) => (fullSpeed = perSecond),
    ),
    scenario(flowHalf, 'the same at half of the speed that was reached', market.traders, () => {
      if (fullSpeed === undefined || fullSpeed === 0) throw new Error('No speed was reached of which to take half');
      return fullSpeed / 2;
    }),
    scenario('flow-hot', 'the same at full speed, each member from one account', hot, () => undefined),
  ];
}

/** Trades that were settled from a cycle on, by the advices of the members that trade. */
async function settledSince(members: readonly Market[], first: number): Promise<number> {
  // Both parties are told of a trade.
  const settled = new Set<string>();
  for (const member of members) {
    for (let from = first, last = first; from <= last;) {
      const read = await member.market.advices({ from, limit: cyclesAtOnce });
      for (const { advices } of read.pages) {
        for (const told of advices) {
          if (told.kind !== 'settlement' || told.status !== 'settled') continue;
          for (const { from: line, to } of told.lines) {
            for (let n = line; n <= to; n += 1) settled.add(`${told.page} ${n.toString()}`);
          }
        }
      }
      ({ next: from, last } = read);
    }
  }
  return settled.size;
}

async function until(moment: number): Promise<void> {
  const ms = moment - performance.now();
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
