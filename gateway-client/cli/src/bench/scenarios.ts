import type { BenchMarket } from './bench-market';
import { clientAccount } from './bench-market';
import type { Lane, Scenario } from './work';

/** Operations of one round. */
export interface RoundSizes {
  readonly noop: number;
  readonly write: number;
  readonly evaluate: number;
  readonly trades: number;
  readonly hundreds: number;
  readonly thousands: number;
}

/** Some seconds of each on a machine with two cores. */
export const fullRound: RoundSizes = { noop: 320, write: 320, evaluate: 960, trades: 192, hundreds: 3, thousands: 1 };
const lanesOfEach = 16;

/** All that can be measured, the no-op first: what others cost is told as a ratio to it. */
export function scenariosOf(market: BenchMarket, sizes: RoundSizes): readonly Scenario[] {
  const [first] = market.pairs;
  const known = first?.seller ?? '';
  return [
    {
      ...{ name: noop, unit: 'transactions', unitsEach: 1 },
      summary:
        'a submit that the ledger answers with "exists": endorsed, ordered and validated like any other; writes nothing',
      prepare: async () =>
        spread(sizes.noop, () => async () => market.seller.registry.openAccount(clientAccount(known))),
    },
    {
      ...{ name: 'private-write', unit: 'transactions', unitsEach: 1 },
      summary: 'opens an account: one key of one private collection',
      prepare: async (round) =>
        spread(sizes.write, (n) => {
          const account = clientAccount(`NEW-${round.toString()}-${n.toString()}`);
          return async () => market.seller.registry.openAccount(account);
        }),
    },
    {
      ...{ name: 'evaluate', unit: 'calls', unitsEach: 1 },
      summary: 'what one account holds, read from the private collection of its institution',
      prepare: async () =>
        spread(sizes.evaluate, () => async () => market.seller.registry.holdings({ account: known })),
    },
    {
      ...{ name: 'dvp', unit: 'trades', unitsEach: 1 },
      summary: 'one trade settled, both legs at once',
      prepare: async (round) => {
        const pages = await market.agreeTrades(sizes.trades);
        return pages.map((lane, pair) =>
          lane.map((page, n) => {
            const id = `S-${round.toString()}-${pair.toString()}-${n.toString()}`;
            return async () => market.exchange.settlement.settle({ id, trades: [{ page, number: 0 }] }, market.after);
          }),
        );
      },
    },
    batch(market, 100, sizes.hundreds),
    batch(market, 1_000, sizes.thousands),
  ];
}

export const noop = 'no-op';

export const scenarioNames = [noop, 'private-write', 'evaluate', 'dvp', 'dvp-100', 'dvp-1000'] as const;

/** Cycles of settlement go one after another: an operator's work is one lane. */
function batch(market: BenchMarket, trades: number, cycles: number): Scenario {
  return {
    ...{ name: `dvp-${trades.toString()}`, unit: 'trades', unitsEach: trades },
    summary: `${trades.toString()} trades of the board settled in one transaction`,
    prepare: async (round) => {
      const cyclePages: (readonly string[])[] = [];
      for (let cycle = 0; cycle < cycles; cycle += 1) cyclePages.push(await market.matchTrades(trades));
      return [
        cyclePages.map((pages, n) => {
          const id = `C-${trades.toString()}-${round.toString()}-${n.toString()}`;
          return async () => market.exchange.settlement.settle({ id, pages: [...pages] }, market.after);
        }),
      ];
    },
  };
}

/** So many operations that do not touch each other, on all lanes. */
function spread(count: number, operation: (n: number) => Lane[number]): readonly Lane[] {
  return Array.from({ length: lanesOfEach }, (_, lane) =>
    Array.from({ length: Math.ceil((count - lane) / lanesOfEach) }, (_, n) => operation(n * lanesOfEach + lane)),
  );
}
