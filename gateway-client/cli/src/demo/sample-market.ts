import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MarketPolicy } from '@kessai/interface';
import { deployMarket, openNetwork, type OnProgress } from '@kessai/network';
import { type DayRecord, openMarket, runMarketDay } from '../day';
import { readMarketDay } from '../input';
import { requireUnfounded } from './founded';
import { NetworkPort } from './network-port';

/** The day that ships. */
export const sampleDay = join(__dirname, '..', '..', 'samples', 'market-day');

export interface SampleRequest {
  /** Of a network that runs. */
  readonly directory: string;
  readonly onStage?: (name: string) => void;
  readonly onProgress?: OnProgress;
}

/** Who tries a market out alone has no operators who match and settle: an order trades, and a trade settles, as soon as it can. */
const continuous: MarketPolicy = { matching: 'continuous', settlement: 'continuous' };

/**
 * Deploys the chaincode, and founds and opens the market of the day that ships: its members, instruments and holdings. Done again it
 * completes what was cut off, and leaves a market that has gone on as it is.
 * @throws InputError where the network has not the organisations; NetworkError; MarketError, `AlreadyFounded` where it has another market.
 */
export async function openSampleMarket(request: SampleRequest): Promise<'opened' | 'went-on'> {
  return onNetwork(request, async (day, port, options) => openMarket(day, port, { ...options, policy: continuous }));
}

/** Runs the whole day that ships instead. @throws as openSampleMarket; CommandError NetworkInUse where the network has a market already. */
export async function runSampleDay(request: SampleRequest): Promise<DayRecord> {
  return onNetwork(request, async (day, port, options) => {
    await requireUnfounded(port, day, request.directory);
    return runMarketDay(day, port, options);
  });
}

async function onNetwork<T>(
  { directory, onStage, onProgress }: SampleRequest,
  act: (...given: Parameters<typeof runMarketDay>) => Promise<T>,
): Promise<T> {
  const day = readMarketDay(sampleDay, openNetwork(directory).record.topology.organisations);
  await deployMarket({ directory, ...(onProgress ? { onProgress } : {}) });
  await using port = new NetworkPort(directory, new AbortController().signal);
  // Awaited here: the connections are closed when this function ends.
  return await act(day, port, {
    ...(onStage ? { onStage } : {}),
    newSecret: () => randomBytes(32).toString('hex'),
  });
}
