import { randomBytes } from 'node:crypto';
import { connect } from '@kessai/gateway-client';
import {
  DEFAULT_DIRECTORY,
  type Engine,
  type OnProgress,
  deployMarket,
  down,
  exportProfile,
  openNetwork,
  readTopology,
  requireAllHere,
  status,
  uninterrupted,
  up,
} from '@kessai/network';
import { type DayRecord, runMarketDay } from '../day';
import { type MarketDay, type NetworkOrganisation, readMarketDay } from '../input';
import { schedulers } from '../schedulers';
import { withTemporaryNetwork } from '../temporary-network';
import { isFounded, requireUnfounded } from './founded';
import { NetworkPort } from './network-port';

export interface DemoRequest {
  /** What runs the network. */
  readonly engine: Engine;
  /** The directory of the day's input files. */
  readonly input: string;
  /**
   * Where the network's files are; undefined takes the network that runs in the usual directory, where it is the engine's and no market
   * was founded on it yet, and else a temporary directory, which is removed afterwards unless it is kept.
   */
  readonly directory: string | undefined;
  /** Leaves the network running. */
  readonly keep: boolean;
  /** Ends the day. */
  readonly signal: AbortSignal;
  readonly onStage: (name: string) => void;
  readonly onProgress: OnProgress;
}

export interface DemoResult {
  readonly record: DayRecord;
  readonly directory: string;
  /** Whether the network runs on. */
  readonly running: boolean;
}

/**
 * Runs a market's day on a network: checks the input, starts the network, deploys, runs the day, and stops the network that it
 * started, also where the day fails or is interrupted.
 * @throws InputError before anything is started; CommandError NetworkInUse; NetworkError; MarketError
 */
export async function runDemo(request: DemoRequest): Promise<DemoResult> {
  const directory = request.directory ?? (await freshNetworkHere(request.engine));
  if (directory !== undefined) return runAt(directory, request);
  return withTemporaryNetwork(
    'kessai-demo-',
    async (temporary) => runAt(temporary, request),
    ({ running }) => running,
  );
}

async function runAt(directory: string, request: DemoRequest): Promise<DemoResult> {
  const found = await status({ directory });
  if (found.state !== 'absent') requireAllHere(openNetwork(found.directory).record, 'and a day needs all of them');
  const day = readMarketDay(request.input, organisationsOf(found.organisations));
  const wasRunning = found.state === 'running' || found.state === 'degraded';
  const stop = async (): Promise<void> => {
    if (!wasRunning) await uninterrupted(async () => down({ directory }));
  };
  try {
    const record = await runOn(directory, day, request);
    if (!request.keep) await stop();
    return { record, directory, running: request.keep || wasRunning };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function runOn(
  directory: string,
  day: MarketDay,
  { engine, signal, onStage, onProgress }: DemoRequest,
): Promise<DayRecord> {
  await up({ engine, directory, schedulers, onProgress });
  signal.throwIfAborted();
  await deployMarket({ directory, onProgress });
  await using port = new NetworkPort(directory, signal);
  await requireUnfounded(port, day, directory);
  // Awaited here: the connections are closed when this function ends.
  return await runMarketDay(day, port, { onStage, newSecret: () => randomBytes(32).toString('hex') });
}

/** The network that was brought up a moment ago, where it is ready for a day. */
async function freshNetworkHere(engine: Engine): Promise<string | undefined> {
  const { directory, state, engine: its, chaincode, organisations } = await status({ directory: DEFAULT_DIRECTORY });
  const isReady = state === 'running' && its === engine && chaincode?.committed !== undefined;
  if (!isReady || organisations.some(({ here }) => here === false)) return undefined;
  const operator = organisations.find(({ role }) => role === 'operator')?.mspId ?? '';
  await using market = await connect(exportProfile({ directory, mspId: operator }));
  return (await isFounded(async () => market.registry.members({}))) ? undefined : directory;
}

function organisationsOf(known: readonly NetworkOrganisation[]): readonly NetworkOrganisation[] {
  return known.length > 0 ? known : readTopology().organisations;
}
