/** What is timed: one call of the client, from its start to the answer that it is final. */
export type Operation = () => Promise<unknown>;

/** Operations that touch the same balances, so they go one after another; lanes go side by side. */
export type Lane = readonly Operation[];

/** A kind of load. */
export interface Scenario {
  readonly name: string;
  /** What one operation does. */
  readonly summary: string;
  /** What is counted per second: `calls`, `transactions`, or the trades within them. */
  readonly unit: 'calls' | 'transactions' | 'trades';
  /** Units in one operation. */
  readonly unitsEach: number;
  /** Makes the operations of a round, and on the ledger whatever they need. Not timed. */
  readonly prepare: (round: number) => Promise<readonly Lane[]>;
}

/** What a round of a scenario took. */
export interface Sample {
  readonly scenario: string;
  readonly round: number;
  /** Operations that succeeded. */
  readonly done: number;
  /** Operations that failed, by the code of their error. */
  readonly failures: ReadonlyMap<string, number>;
  /** Of each operation that succeeded. */
  readonly latenciesMs: readonly number[];
  readonly elapsedMs: number;
  /** Of all processes of the network and of this one, in this time. */
  readonly cpuSeconds: number;
}

/** Runs one round, so many lanes at once. */
export async function measure(
  { scenario, round, lanesAtOnce }: { readonly scenario: string; readonly round: number; readonly lanesAtOnce: number },
  lanes: readonly Lane[],
  cpuSeconds: () => Promise<number>,
): Promise<Sample> {
  const failures = new Map<string, number>();
  const latenciesMs: number[] = [];
  const waiting = [...lanes];
  const runner = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const operation of lane) {
        const began = performance.now();
        try {
          await operation();
          latenciesMs.push(performance.now() - began);
        } catch (error) {
          const code = codeOf(error);
          failures.set(code, (failures.get(code) ?? 0) + 1);
        }
      }
    }
  };
  const cpuBefore = await cpuSeconds();
  const began = performance.now();
  await Promise.all(Array.from({ length: Math.min(lanesAtOnce, lanes.length) }, runner));
  const elapsedMs = performance.now() - began;
  return {
    ...{ scenario, round, failures, latenciesMs, done: latenciesMs.length },
    elapsedMs,
    cpuSeconds: (await cpuSeconds()) - cpuBefore,
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
