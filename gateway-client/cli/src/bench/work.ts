/** What is timed: one call of the client, from its start to the answer that it is final. */
export type Operation = () => Promise<unknown>;

/** Operations that need each other, so they go one after another; lanes go side by side. */
export type Lane = readonly Operation[];

/** A kind of load. */
export interface Scenario {
  readonly name: string;
  /** What one operation does. */
  readonly summary: string;
  /** What is counted per second: `calls`, `transactions`, or the instructions or trades within them. */
  readonly unit: 'calls' | 'transactions' | 'instructions' | 'trades';
  /** Units in one operation. */
  readonly unitsEach: number;
  /** Makes the operations of a round, and on the ledger whatever they need. Not timed. */
  readonly prepare: (round: number) => Promise<readonly Lane[]>;
  /** Instead of lanes: work that begins its operations by itself. */
  readonly run?: (timed: (operation: Operation) => Promise<boolean>) => Promise<void>;
  /** What has to go on while it is measured; what that takes before and afterwards is not timed. */
  readonly during?: <T>(work: () => Promise<T>) => Promise<T>;
  /** After each round: trades that were settled in it. Not timed. */
  readonly settled?: () => Promise<number>;
  /** Brings the market back to where others can be measured. Not timed. */
  readonly finish?: () => Promise<void>;
}

export const processGroups = [
  'orderers',
  'operatorPeers',
  'memberPeers',
  'operatorChaincode',
  'memberChaincode',
  'client',
] as const;
/** CPU seconds by what the processes are for. The client is this process, with the scheduler in it. */
export type CpuSeconds = Readonly<Record<(typeof processGroups)[number], number>>;

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
  readonly cpuSeconds: CpuSeconds;
  /** Where the scenario counts them beside its units. */
  readonly tradesSettled?: number;
}

/** Runs one round, so many lanes at once. */
export async function measure(
  { scenario, round, lanesAtOnce }: { readonly scenario: string; readonly round: number; readonly lanesAtOnce: number },
  work: readonly Lane[] | NonNullable<Scenario['run']>,
  cpuSeconds: () => Promise<CpuSeconds>,
): Promise<Sample> {
  const failures = new Map<string, number>();
  const latenciesMs: number[] = [];
  const timed = async (operation: Operation): Promise<boolean> => {
    const began = performance.now();
    try {
      await operation();
      latenciesMs.push(performance.now() - began);
      return true;
    } catch (error) {
      const code = codeOf(error);
      failures.set(code, (failures.get(code) ?? 0) + 1);
      return false;
    }
  };
  const cpuBefore = await cpuSeconds();
  const began = performance.now();
  if (typeof work === 'function') await work(timed);
  else await inLanes(work, lanesAtOnce, timed);
  const elapsedMs = performance.now() - began;
  const cpuAfter = await cpuSeconds();
  const used = processGroups.map((group) => [group, cpuAfter[group] - cpuBefore[group]] as const);
  return {
    ...{ scenario, round, failures, latenciesMs, done: latenciesMs.length, elapsedMs },
    cpuSeconds: Object.fromEntries(used) as unknown as CpuSeconds,
  };
}

async function inLanes(
  lanes: readonly Lane[],
  lanesAtOnce: number,
  timed: (operation: Operation) => Promise<boolean>,
): Promise<void> {
  const waiting = [...lanes];
  const runner = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane !== undefined; lane = waiting.shift()) {
      for (const operation of lane) await timed(operation);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanesAtOnce, lanes.length) }, runner));
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
