import type { JsonObject } from '@kessai/interface';
import { type TableColumn, textTable } from '../terminal/text-table';
import { noop } from './scenarios';
import type { Sample, Scenario } from './work';

/** What the rounds of a scenario say together. */
export interface Result {
  readonly name: string;
  readonly summary: string;
  readonly unit: Scenario['unit'];
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
      ...{ name, summary, unit },
      operations: latencies.length,
      perSecond: median(rounds.map(perSecond)),
      ratio:
        ratios.length === 0
          ? undefined
          : { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      cpuMsEach: median(rounds.map((sample) => (sample.cpuSeconds * 1_000) / Math.max(1, sample.done * unitsEach))),
      failures: sumOf(rounds.map(({ failures }) => failures)),
      conflicts: conflicts.get(name) ?? 0,
    };
  });
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

const columns: readonly TableColumn[] = [
  { title: 'scenario' },
  { title: 'unit' },
  ...[
    'per second',
    'x no-op',
    'least',
    'most',
    'p50 ms',
    'p99 ms',
    'CPU ms each',
    'operations',
    'conflicts',
    'failed',
  ].map((title) => ({ title, numeric: true }) as const),
];

export function resultsText(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.name,
    result.unit,
    result.perSecond.toFixed(1),
    ...(result.ratio === undefined
      ? ['', '', '']
      : [result.ratio.median, result.ratio.least, result.ratio.most].map((ratio) => ratio.toFixed(2))),
    result.p50Ms.toFixed(1),
    result.p99Ms.toFixed(1),
    result.cpuMsEach.toFixed(2),
    result.operations.toString(),
    result.conflicts.toString(),
    Object.values(result.failures)
      .reduce((sum, count) => sum + count, 0)
      .toString(),
  ]);
  const failures = results.flatMap(({ name, failures }) =>
    Object.entries(failures).map(([code, count]) => `  ${name}: ${count.toString()} failed with ${code}`),
  );
  const meanings = results.map(({ name, summary }) => `  ${name}: ${summary}`);
  return [textTable(columns, rows), '', ...meanings, ...failures].join('\n');
}

export function resultsDocument(results: readonly Result[]): JsonObject[] {
  return results.map(({ ratio, ...rest }) => ({ ...rest, failures: { ...rest.failures }, ...(ratio && { ratio }) }));
}
