import type { BenchMarket } from './bench-market';
import { HandMadeCycles } from './hand-made-cycles';
import { type FlowSettings, flow, flowHalf, flowName } from './flow';
import type { Lane, Scenario } from './work';

/** Operations of one round. */
export interface RoundSizes {
  readonly noop: number;
  readonly evaluate: number;
  /** Submissions of each size. */
  readonly submissions: number;
  /** Cycles of each size. */
  readonly cycles: number;
  readonly flow: FlowSettings;
  /** Trades of an exchange's day. */
  readonly day: number;
}

/** Some seconds of each on a machine with two cores. */
export const fullRound: RoundSizes = {
  ...{ noop: 320, evaluate: 960, submissions: 64, cycles: 4, day: 100_000 },
  flow: { seconds: 30, inFlight: 1_000 },
};
const lanesOfEach = 16;

export const noop = 'no-op';
const submissionSizes = [1, 10, 100, 1_000] as const;
/** One trade in a cycle: what a cycle costs by itself, and what of it each member adds. */
const cycleSizes = [1, 100, 1_000, 4_000] as const;

export const scenarioNames = [
  noop,
  'evaluate',
  ...submissionSizes.map((size) => `instruct-${size.toString()}`),
  ...cycleSizes.map((size) => `cycle-${size.toString()}`),
  ...[flowName, flowHalf, 'flow-hot', 'day'],
];

/** What is asked for, with the no-op and with what it needs; all where nothing is named. */
export function chosen(scenarios: readonly Scenario[], names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const wanted = new Set([noop, ...names]);
  // Half of a speed is known when that speed has been reached.
  if (wanted.has(flowHalf)) wanted.add(flowName);
  return scenarios.filter(({ name }) => wanted.has(name));
}

/** All that can be measured, the no-op first: what others cost is told as a ratio to it. */
export function scenariosOf(market: BenchMarket, sizes: RoundSizes): readonly Scenario[] {
  const known = market.traders[0];
  return [
    {
      ...{ name: noop, unit: 'transactions', unitsEach: 1 },
      summary:
        'a transaction that two operators endorse and that the ledger answers with "exists": ordered and validated like any other; writes nothing',
      prepare: async () => spread(sizes.noop, () => async () => market.noop()),
    },
    {
      ...{ name: 'evaluate', unit: 'calls', unitsEach: 1 },
      summary: 'what one account holds, read from the private collection of its institution',
      prepare: async () =>
        spread(sizes.evaluate, () => async () => known?.market.registry.holdings({ account: known.accounts[0] ?? '' })),
    },
    ...submissionSizes.map((size) => sealing(market, size, sizes.submissions)),
    ...cycleSizes.map((size) => settling(market, size, sizes.cycles)),
    ...flow(market, sizes.flow),
    day(market, sizes.day),
  ];
}

/** Payments sealed by one member's own peer; cycles execute them afterwards. */
function sealing(market: BenchMarket, size: number, submissions: number): Scenario {
  const [trader] = market.traders;
  const [from = '', to = ''] = trader?.accounts ?? [];
  const unit = `JPY@${market.bankMspId}`;
  return {
    ...{ name: `instruct-${size.toString()}`, unit: 'instructions', unitsEach: size },
    summary: `${size.toString()} payments sealed in one submission; what cycles make of them is not timed`,
    prepare: async () =>
      spread(size >= 1_000 ? Math.ceil(submissions / 4) : submissions, () => {
        const instructions = Array.from({ length: size }, () => ({
          method: 'MoneyTokens:Transfer',
          request: {
            ...{ id: `pay-${market.next()}`, unit, from, amount: '1' },
            to: { institution: trader?.market.mspId ?? '', account: to },
          },
        }));
        return async () => trader?.market.instruct(instructions, { until: 'sealed' });
      }),
    // Cycles execute what was sealed.
    finish: async () => market.whileOperated(async () => Promise.resolve()),
  };
}

/** Cycles of settlement go one after another: each needs what the one before has written. */
function settling(market: BenchMarket, trades: number, cycles: number): Scenario {
  return {
    ...{ name: `cycle-${trades.toString()}`, unit: 'trades', unitsEach: trades },
    summary: `${trades.toString()} captured ${trades === 1 ? 'trade' : 'trades'} settled, delivery versus payment, in one cycle`,
    prepare: async () => {
      const pages = await market.captured(Array.from({ length: cycles }, () => trades));
      const sealed = [];
      for (const page of pages) {
        const settle = { method: 'Settlement:Settle', request: { id: `settle-${market.next()}`, pages: [page] } };
        const [one] = await market.exchange.instruct([settle], { until: 'sealed' });
        if (one) sealed.push(one);
      }
      const handMade = new HandMadeCycles(market.exchange, market.chaincode);
      const submissions = await handMade.find(sealed);
      return [submissions.map((one) => async () => handMade.make([one]))];
    },
  };
}

/** An exchange's day: all trades of an outside engine, captured and settled as they come. */
function day(market: BenchMarket, trades: number): Scenario {
  const part = 4_000;
  return {
    ...{ name: 'day', unit: 'trades', unitsEach: trades },
    summary: `${trades.toString()} trades of an outside engine, captured and settled in the cycles that capture them`,
    prepare: async () => {
      await market.setPolicy({ matching: 'by-operator', settlement: 'continuous' });
      const parts = Array.from({ length: Math.ceil(trades / part) }, (_, n) =>
        market.capture(Math.min(part, trades - n * part)),
      );
      return [
        [
          async () => {
            await Promise.all(parts.map(async (one) => market.do(market.exchange, [one])));
          },
        ],
      ];
    },
    during: async (work) => market.whileOperated(work),
    finish: async () => market.setPolicy({ matching: 'by-operator', settlement: 'by-operator' }),
  };
}

/** So many operations that do not touch each other, on all lanes. */
function spread(count: number, operation: (n: number) => Lane[number]): readonly Lane[] {
  return Array.from({ length: lanesOfEach }, (_, lane) =>
    Array.from({ length: Math.ceil((count - lane) / lanesOfEach) }, (_, n) => operation(n * lanesOfEach + lane)),
  );
}
