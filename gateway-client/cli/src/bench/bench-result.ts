import type { JsonObject } from '@kessai/interface';
import { type TableColumn, textTable } from '../terminal/text-table';
import { noop } from './scenarios';
import { type CpuSeconds, type Sample, type Scenario, processGroups } from './work';

/** What the rounds of a scenario say together. */
export interface Result {
  readonly scenario: string;
  readonly summary: string;
  readonly unit: Scenario['unit'];
  /** Units in one operation. */
  readonly unitsEach: number;
  readonly operations: number;
  /** Units per second: the median of the rounds. */
  readonly perSecond: number;
  /** To the no-op of the same round: the median of the rounds, with the least and the most. Undefined without a no-op. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number } | undefined;
  /** Latency of an operation over all rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of all processes for one unit, the client's included: the median of the rounds. */
  readonly cpuMsEach: number;
  /** The same by what the processes are for. */
  readonly cpuMsByGroup: CpuSeconds;
  /** Where the scenario counts them beside its units: the median of the rounds. */
  readonly tradesSettledPerSecond: number | undefined;
  readonly failures: Readonly<Record<string, number>>;
  /** Transactions that were made anew because another one had changed the same state. */
  readonly conflicts: number;
}

/** @param conflicts by scenario. */
export function resultsOf(
  scenarios: readonly Scenario[],
  samples: readonly Sample[],
  conflicts: ReadonlyMap<string, number>,
): readonly Result[] {
  const noops = new Map(samples.filter(({ scenario }) => scenario === noop).map((one) => [one.round, one]));
  return scenarios.map(({ name, summary, unit, unitsEach }) => {
    const rounds = samples.filter(({ scenario }) => scenario === name);
    const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
    const perSecond = (sample: Sample): number => (sample.done * unitsEach * 1_000) / sample.elapsedMs;
    const ratios = rounds.flatMap((sample) => {
      const base = noops.get(sample.round);
      return base === undefined || base.done === 0 ? [] : [perSecond(sample) / ((base.done * 1_000) / base.elapsedMs)];
    });
    return {
      ...{ scenario: name, summary, unit, unitsEach },
      operations: latencies.length,
      perSecond: median(rounds.map(perSecond)),
      ratio:
        ratios.length === 0
          ? undefined
          : { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      cpuMsEach: median(rounds.map((sample) => msEach(sample, totalOf(sample.cpuSeconds), unitsEach))),
      cpuMsByGroup: Object.fromEntries(
        processGroups.map((group) => [
          group,
          median(rounds.map((sample) => msEach(sample, sample.cpuSeconds[group], unitsEach))),
        ]),
      ) as unknown as CpuSeconds,
      tradesSettledPerSecond: settledPerSecond(rounds),
      failures: sumOf(rounds.map(({ failures }) => failures)),
      conflicts: conflicts.get(name) ?? 0,
    };
  });
}

function settledPerSecond(rounds: readonly Sample[]): number | undefined {
  const counted = rounds.flatMap(({ tradesSettled, elapsedMs }) =>
    tradesSettled === undefined ? [] : [(tradesSettled * 1_000) / elapsedMs],
  );
  return counted.length === 0 ? undefined : median(counted);
}

function msEach({ done }: Sample, seconds: number, unitsEach: number): number {
  return (seconds * 1_000) / Math.max(1, done * unitsEach);
}

function totalOf(seconds: CpuSeconds): number {
  return processGroups.reduce((sum, group) => sum + seconds[group], 0);
}

function sumOf(counts: readonly ReadonlyMap<string, number>[]): Readonly<Record<string, number>> {
  const sum = new Map<string, number>();
  for (const one of counts) for (const [code, count] of one) sum.set(code, (sum.get(code) ?? 0) + count);
  return Object.fromEntries(sum);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** The smallest value that so large a part of the values does not exceed; 0 where there are none. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

const numeric = (title: string): TableColumn => ({ title, numeric: true });
const speedColumns: readonly TableColumn[] = [
  { title: 'scenario' },
  { title: 'unit' },
  ...['per second', 'x no-op', 'least', 'most', 'p50 ms', 'p99 ms', 'operations', 'conflicts', 'failed'].map(numeric),
];

/** The titles of the columns of CPU time, by process group. */
const groupTitles: Readonly<Record<keyof CpuSeconds, string>> = {
  orderers: 'orderers',
  operatorPeers: 'operators’ peers',
  memberPeers: 'members’ peers',
  operatorChaincode: 'operators’ chaincode',
  memberChaincode: 'members’ chaincode',
  client: 'client',
};
const cpuColumns: readonly TableColumn[] = [
  { title: 'scenario' },
  ...['CPU ms per unit', 'CPU ms per operation', ...processGroups.map((group) => groupTitles[group])].map(numeric),
];

/** Speed of each scenario, then its CPU time by what the processes are for, then what each does and what failed. */
export function resultsText(results: readonly Result[]): string {
  const settled = results.flatMap(({ scenario, tradesSettledPerSecond }) =>
    tradesSettledPerSecond === undefined
      ? []
      : [`  ${scenario}: ${tradesSettledPerSecond.toFixed(1)} trades settled a second`],
  );
  const failures = results.flatMap(({ scenario, failures }) =>
    Object.entries(failures).map(([code, count]) => `  ${scenario}: ${count.toString()} failed with ${code}`),
  );
  const meanings = results.map(({ scenario, summary }) => `  ${scenario}: ${summary}`);
  return [
    textTable(speedColumns, results.map(speedRow)),
    '',
    'CPU ms, all processes; by what they are for, for each operation:',
    textTable(cpuColumns, results.map(cpuRow)),
    '',
    ...meanings,
    ...settled,
    ...failures,
  ].join('\n');
}

function speedRow({ scenario, unit, perSecond, ratio, p50Ms, p99Ms, ...counted }: Result): readonly string[] {
  const failed = Object.values(counted.failures).reduce((sum, count) => sum + count, 0);
  return [
    scenario,
    unit,
    perSecond.toFixed(1),
    ...(ratio === undefined ? ['', '', ''] : [ratio.median, ratio.least, ratio.most].map((one) => one.toFixed(2))),
    ...[p50Ms, p99Ms].map((ms) => ms.toFixed(1)),
    ...[counted.operations, counted.conflicts, failed].map((count) => count.toString()),
  ];
}

function cpuRow({ scenario, unitsEach, cpuMsEach, cpuMsByGroup }: Result): readonly string[] {
  const perOperation = (ms: number): string => (ms * unitsEach).toFixed(1);
  return [
    scenario,
    // A trade in a batch of thousands costs hundredths of a millisecond.
    cpuMsEach.toPrecision(3),
    perOperation(cpuMsEach),
    ...processGroups.map((group) => perOperation(cpuMsByGroup[group])),
  ];
}

/** The names of the document are fixed: other programs read it. */
export function resultsDocument(results: readonly Result[]): JsonObject[] {
  return results.map((result) => {
    const { scenario, summary, unit, unitsEach, operations, perSecond, ratio, p50Ms, p99Ms } = result;
    const { cpuMsEach, cpuMsByGroup, tradesSettledPerSecond } = result;
    return {
      ...{ scenario, summary, unit, unitsEach, operations, perSecond },
      ...(ratio === undefined
        ? {}
        : { timesNoop: ratio.median, leastTimesNoop: ratio.least, mostTimesNoop: ratio.most }),
      ...{ p50ms: p50Ms, p99ms: p99Ms, cpuMsEach, cpuMsByGroup: { ...cpuMsByGroup } },
      ...(tradesSettledPerSecond === undefined ? {} : { tradesSettledPerSecond }),
      failures: { ...result.failures },
      conflicts: result.conflicts,
    };
  });
}
