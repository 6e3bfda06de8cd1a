import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@kessai/gateway-client';
import {
  DEFAULT_DIRECTORY,
  type Engine,
  type OnProgress,
  deployMarket,
  down,
  exportProfile,
  openNetwork,
  purge,
  readTopology,
  requireAllHere,
  status,
  up,
} from '@kessai/network';
import { type DayRecord, runMarketDay } from '../day';
import { type MarketDay, type NetworkOrganisation, readMarketDay } from '../input';
import { schedulers } from '../schedulers';
import { CommandError } from '../terminal/command-error';
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
 * started.
 * @throws InputError before anything is started; CommandError NetworkInUse; NetworkError; MarketError
 */
export async function runDemo(asked: DemoRequest): Promise<DemoResult> {
  const request = { ...asked, directory: asked.directory ?? (await freshNetworkHere(asked.engine)) };
  const found = request.directory === undefined ? undefined : await status({ directory: request.directory });
  if (found !== undefined && found.state !== 'absent') {
    requireAllHere(openNetwork(found.directory).record, 'and a day needs all of them');
  }
  const day = readMarketDay(request.input, organisationsOf(found?.organisations ?? []));
  const place = await placeOf(request);
  const wasRunning = found?.state === 'running' || found?.state === 'degraded';
  const stop = async (): Promise<void> => {
    if (!wasRunning) await down({ directory: place.directory });
    if (place.temporary !== undefined) {
      await purge({ directory: place.directory });
      await rm(place.temporary, { recursive: true, force: true });
    }
  };
  const interruption = new Interruption();
  try {
    const record = await runOn(place.directory, day, request, interruption.signal);
    if (!request.keep) await stop();
    return { record, directory: place.directory, running: request.keep || wasRunning };
  } catch (error) {
    await stop();
    throw interruption.signal.aborted
      ? new CommandError('Interrupted', 'The day was interrupted.', 'Run it again: it starts anew.')
      : error;
  } finally {
    interruption.ignore();
  }
}

async function runOn(
  directory: string,
  day: MarketDay,
  { engine, onStage, onProgress }: DemoRequest,
  signal: AbortSignal,
): Promise<DayRecord> {
  await up({ engine, directory, schedulers, onProgress });
  signal.throwIfAborted();
  await deployMarket({ directory, onProgress });
  await using port = new NetworkPort(directory, signal);
  await requireUnfounded(port, day, directory);
  // Awaited here: the connections are closed when this function ends.
  return await runMarketDay(day, port, { onStage, newSecret: () => randomBytes(32).toString('hex') });
}

async function placeOf({ directory }: DemoRequest): Promise<{ directory: string; temporary: string | undefined }> {
  if (directory !== undefined) return { directory, temporary: undefined };
  const temporary = await mkdtemp(join(tmpdir(), 'kessai-demo-'));
  return { directory: join(temporary, 'network'), temporary };
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

/** Ends the day when the program is told to end, so that the network is stopped and nothing is left running. */
class Interruption {
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort();

  constructor() {
    // Every call that runs listens to it, and many run at once.
    setMaxListeners(0, this.#controller.signal);
    for (const name of endings) process.once(name, this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  ignore(): void {
    for (const name of endings) process.off(name, this.#abort);
  }
}

const endings = ['SIGINT', 'SIGTERM'] as const;
