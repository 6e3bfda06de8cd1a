import { loadavg } from 'node:os';
import type { TraceFact } from '@kessai/gateway-client';
import {
  type Engine,
  type OnProgress,
  type Topology,
  collectionsOf,
  deployMarket,
  listProcesses,
  status,
  up,
  useWithDescendants,
} from '@kessai/network';
import { withTemporaryNetwork } from '../temporary-network';
import { CommandError } from '../terminal/command-error';
import { BenchMarket } from './bench-market';
import { type Result, resultsOf } from './bench-result';
import { topologyWith } from './bench-topology';
import { type RoundSizes, chosen, scenariosOf } from './scenarios';
import { type CpuSeconds, type Sample, measure, processGroups } from './work';

export interface BenchRequest {
  readonly engine: Engine;
  /** Names of scenarios; the no-op is measured beside them in any case. */
  readonly scenarios: readonly string[];
  readonly rounds: number;
  /** Organisations in the market: those beyond the ones that ship are hosted by operators. Undefined: those that ship. */
  readonly members?: number;
  readonly sizes: RoundSizes;
  /** Ends the measuring. */
  readonly signal: AbortSignal;
  readonly onStage: (name: string) => void;
  readonly onProgress: OnProgress;
}

/** What it took to make the market, in seconds. */
export interface Setup {
  readonly members: number;
  /** Private data collections in the chaincode's definition. */
  readonly collections: number;
  readonly upSeconds: number;
  readonly deploySeconds: number;
  /** Founded, its members admitted, its accounts opened and funded. */
  readonly foundSeconds: number;
}

export interface BenchReport {
  readonly setup: Setup;
  readonly results: readonly Result[];
  readonly rounds: number;
  /** Runnable processes on the machine, averaged over a minute, before the first and after the last round. */
  readonly load: { readonly before: number; readonly after: number };
}

/** Accounts of each institution. */
const accounts = 24;
const lanesAtOnce = 16;

/**
 * Measures on a network of its own, which is removed afterwards. In each round every scenario runs once, another one first each time,
 * so that whatever else the machine does meets all of them alike.
 *
 * @throws NetworkError, MarketError; CommandError where there are fewer members than ship, or where CPU time cannot be told.
 */
export async function runBench(request: BenchRequest): Promise<BenchReport> {
  const topology = topologyWith(request.members);
  const { engine, onProgress, signal } = request;
  return withTemporaryNetwork('kessai-bench-', async (directory) => {
    const upSeconds = await secondsOf(async () => up({ engine, directory, topology, onProgress }));
    const deploySeconds = await secondsOf(async () => deployMarket({ directory, onProgress }));
    signal.throwIfAborted();
    return unlessEnded(signal, runOn(directory, topology, { upSeconds, deploySeconds }, request));
  });
}

/** What is under way on a network that is removed need not end by itself. @throws the reason of the signal. */
async function unlessEnded<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', end, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

async function runOn(
  directory: string,
  topology: Topology,
  taken: Pick<Setup, 'upSeconds' | 'deploySeconds'>,
  request: BenchRequest,
): Promise<BenchReport> {
  const { rounds, onStage } = request;
  const conflicts = new ConflictCount();
  const { organisations, nodes, pid } = await status({ directory });
  const groups = groupsOf(topology, nodes ?? {}, pid);
  onStage('Founding a market');
  const began = performance.now();
  await using market = await BenchMarket.found(directory, organisations, { accounts, trace: conflicts.trace });
  const setup = {
    ...taken,
    members: topology.organisations.length,
    collections: collectionsOf(topology).length,
    foundSeconds: (performance.now() - began) / 1_000,
  };
  const scenarios = chosen(scenariosOf(market, request.sizes), request.scenarios);
  const samples: Sample[] = [];
  const [before = 0] = loadavg();
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < scenarios.length; n += 1) {
      const scenario = scenarios[(n + round) % scenarios.length];
      if (scenario === undefined) continue;
      onStage(`Round ${(round + 1).toString()} of ${rounds.toString()}: preparing ${scenario.name}`);
      const lanes = await scenario.prepare(round);
      onStage(`Round ${(round + 1).toString()} of ${rounds.toString()}: measuring ${scenario.name}`);
      conflicts.of(scenario.name);
      const named = { scenario: scenario.name, round, lanesAtOnce };
      const measured = async () => measure(named, scenario.run ?? lanes, () => cpuSeconds(groups));
      const sample = await (scenario.during ? scenario.during(measured) : measured());
      conflicts.of(undefined);
      const tradesSettled = await scenario.settled?.();
      samples.push({ ...sample, ...(tradesSettled === undefined ? {} : { tradesSettled }) });
      await scenario.finish?.();
    }
  }
  const [after = 0] = loadavg();
  return { setup, results: resultsOf(scenarios, samples, conflicts.counts), rounds, load: { before, after } };
}

/** Processes by what they are for. Of the embedded engine, which is one, all is the operators'. */
function groupsOf(
  topology: Topology,
  nodes: Readonly<Record<string, number | null>>,
  engine: number | undefined,
): ReadonlyMap<number, keyof CpuSeconds> {
  const groups = new Map<number, keyof CpuSeconds>();
  if (engine !== undefined) groups.set(engine, 'operatorPeers');
  const operators = topology.organisations.filter(({ role }) => role === 'operator');
  for (const [name, pid] of Object.entries(nodes)) {
    if (pid === null) continue;
    const isOperators = operators.some(({ domain }) => name.endsWith(domain));
    if (name.startsWith('chaincode')) groups.set(pid, isOperators ? 'operatorChaincode' : 'memberChaincode');
    else if (name.startsWith('orderer')) groups.set(pid, 'orderers');
    else groups.set(pid, isOperators ? 'operatorPeers' : 'memberPeers');
  }
  return groups;
}

/** CPU time of the network's processes with all that they started, and of this one as the client. */
async function cpuSeconds(groups: ReadonlyMap<number, keyof CpuSeconds>): Promise<CpuSeconds> {
  const processes = await listProcesses();
  if (processes.length === 0) {
    throw new CommandError(
      'PlatformUnsupported',
      'The CPU time of processes cannot be read: this system has neither /proc nor ps.',
      'Measure on Linux or macOS.',
    );
  }
  const { user, system } = process.cpuUsage();
  const seconds = Object.fromEntries(processGroups.map((group) => [group, 0])) as Record<keyof CpuSeconds, number>;
  seconds.client = (user + system) / 1_000_000;
  for (const [pid, group] of groups) seconds[group] += useWithDescendants(processes, pid).cpuSeconds ?? 0;
  return seconds;
}

/** Counts transactions that were recorded as conflicting, by the scenario in which it happened. */
class ConflictCount {
  readonly counts = new Map<string, number>();
  #current: string | undefined;

  of(scenario: string | undefined): void {
    this.#current = scenario;
  }

  readonly trace = (fact: TraceFact): void => {
    if (this.#current === undefined || fact.kind !== 'committed' || fact.validationCode === 'VALID') return;
    this.counts.set(this.#current, (this.counts.get(this.#current) ?? 0) + 1);
  };
}
