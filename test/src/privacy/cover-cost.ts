import { listProcesses, useWithDescendants } from '@kessai/network';
import type { MarketNetwork } from '../support/market-network';
import type { SeenTransaction } from './seen';

const groups = ['peers', 'orderers', 'chaincode', 'clients and schedulers'] as const;
/** Seconds of processor time by what the processes are for. Clients and schedulers are this process. */
export type CpuSeconds = Readonly<Record<(typeof groups)[number], number>>;

/** What trading took, from the first call to the last answer. */
export interface CoverCost {
  readonly elapsedMs: number;
  readonly cpuSeconds: CpuSeconds;
  /** Of each call, from the call to the advice of what it came to. */
  readonly latenciesMs: readonly number[];
  /** What the ledger grew by meanwhile. */
  readonly seen: readonly SeenTransaction[];
}

export async function cpuSecondsOf(network: MarketNetwork): Promise<CpuSeconds> {
  const processes = await listProcesses();
  const use = { peers: 0, orderers: 0, chaincode: 0, 'clients and schedulers': 0 };
  for (const [name, pid] of Object.entries(network.nodes())) {
    const { cpuSeconds = 0 } = pid === null ? {} : useWithDescendants(processes, pid);
    use[name.startsWith('chaincode.') ? 'chaincode' : name.startsWith('orderer') ? 'orderers' : 'peers'] += cpuSeconds;
  }
  const { user, system } = process.cpuUsage();
  use['clients and schedulers'] = (user + system) / 1e6;
  return use;
}

/** Runs something and says what it took. */
export async function costOf(
  network: MarketNetwork,
  blocks: () => Promise<readonly SeenTransaction[]>,
  run: (timed: <T>(call: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<CoverCost> {
  const latenciesMs: number[] = [];
  const timed = async <T>(call: () => Promise<T>): Promise<T> => {
    const calledAt = performance.now();
    const answer = await call();
    latenciesMs.push(performance.now() - calledAt);
    return answer;
  };
  const [already, cpuBefore] = [await blocks(), await cpuSecondsOf(network)];
  const began = performance.now();
  await run(timed);
  const elapsedMs = performance.now() - began;
  const cpuAfter = await cpuSecondsOf(network);
  const used = groups.map((group) => [group, cpuAfter[group] - cpuBefore[group]] as const);
  return {
    ...{ elapsedMs, latenciesMs, seen: (await blocks()).slice(already.length) },
    cpuSeconds: Object.fromEntries(used) as unknown as CpuSeconds,
  };
}

/** A line for each figure: its name, and its value as text. */
export function figuresOf({
  elapsedMs,
  cpuSeconds,
  latenciesMs,
  seen,
}: CoverCost): readonly (readonly [string, string])[] {
  const cycles = seen.filter(({ valid, functionName }) => valid && functionName === 'Market:Cycle');
  const submissions = seen.filter(({ valid, functionName }) => valid && functionName === 'Market:Instruct');
  const perMinute = (count: number): string => ((60_000 * count) / elapsedMs).toFixed(0);
  const keys = cycles.map(({ states }) =>
    states.reduce((sum, { writes, collections }) => sum + writes.length + privateKeys(collections), 0),
  );
  const cpu = groups.reduce((sum, group) => sum + cpuSeconds[group], 0);
  return [
    ['seconds', (elapsedMs / 1_000).toFixed(0)],
    ['transactions a minute', perMinute(seen.length)],
    ['submissions a minute', perMinute(submissions.length)],
    ['cycles a minute', perMinute(cycles.length)],
    ['invalid transactions', seen.filter(({ valid }) => !valid).length.toString()],
    ['keys written by a cycle', mean(keys).toFixed(0)],
    ['KB endorsed of a cycle', (mean(cycles.map(({ bytes }) => bytes)) / 1_000).toFixed(1)],
    ['KB endorsed a minute', perMinute(seen.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000)],
    ['p50 of a call, ms', (sorted(latenciesMs)[latenciesMs.length >> 1] ?? 0).toFixed(0)],
    ['p99 of a call, ms', (sorted(latenciesMs)[Math.floor(latenciesMs.length * 0.99)] ?? 0).toFixed(0)],
    ['CPU seconds', cpu.toFixed(0)],
    ...groups.map((group) => [`CPU seconds of ${group}`, cpuSeconds[group].toFixed(0)] as const),
    ['CPU seconds a minute', ((60_000 * cpu) / elapsedMs).toFixed(0)],
  ];
}

function privateKeys(collections: SeenTransaction['states'][number]['collections']): number {
  return collections.reduce((sum, { writes }) => sum + writes.length, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
