import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConnectOptions, type Market, type Profile, connect } from '@kessai/gateway-client';
import { type Organisation, status } from '@kessai/network';
import type { TestEngine } from '../support/engines';
import type { As, MarketNetwork } from '../support/market-network';
import type { Orderer } from './ordering-service';
import { until } from '../support/until';

const killMs = 10_000;

/** A market on processes of real Fabric, which can be killed one by one and come back. */
export class NativeMarket implements AsyncDisposable {
  /** Its own connections wait until every peer has what they submitted; a market in trouble is not traded on through them. */
  readonly network: MarketNetwork;
  readonly #markets = new Map<string, Promise<Market>>();

  private constructor(network: MarketNetwork) {
    this.network = network;
  }

  /** Up and deployed, not founded. */
  static async start(engine: TestEngine, organisations: readonly Organisation[]): Promise<NativeMarket> {
    return new NativeMarket(await engine.start(organisations));
  }

  get organisations(): readonly Organisation[] {
    return this.network.organisations;
  }

  /** Starts what does not run, and returns when everything serves. */
  async up(): Promise<void> {
    await this.network.mend();
  }

  profile(mspId: string): Profile {
    return this.network.profile(mspId);
  }

  /** A member's connection, kept until the market ends. */
  readonly as: As = async (mspId) => {
    const market = this.#markets.get(mspId) ?? this.connect(mspId);
    this.#markets.set(mspId, market);
    return market;
  };

  async connect(mspId: string, options: ConnectOptions = {}): Promise<Market> {
    return connect(this.profile(mspId), options);
  }

  /** The channel's orderers, in the order of its configuration. */
  async orderers(): Promise<readonly Orderer[]> {
    const { organisations } = await status({ directory: this.network.networkDirectory });
    return this.organisations.flatMap(({ mspId, orderer }) => {
      const endpoint = organisations.find((one) => one.mspId === mspId)?.orderer;
      if (orderer === undefined || endpoint === undefined) return [];
      return [{ hostname: orderer.hostname, endpoint, tlsRootCert: this.profile(mspId).tlsRootCert }];
    });
  }

  pidOf(node: string): number {
    return this.network.pidOf(node);
  }

  /** Every process that the network has on record. */
  pids(): readonly number[] {
    return Object.keys(this.network.nodes()).map((node) => this.pidOf(node));
  }

  /** The process that serves an organisation's chaincode, below the one that watches it. */
  workerOf({ mspId }: Organisation): number {
    const worker = this.network.chaincodePid(mspId);
    if (worker === undefined) throw new Error(`No worker serves the chaincode of ${mspId}`);
    return worker;
  }

  /** Ends processes without a warning, at once; resolves when they are gone. */
  async kill(pids: readonly number[]): Promise<void> {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until(killMs, 'the killed processes to be gone', () => !pids.some(exists));
  }

  /** Loses all that a node that does not run has stored. */
  async wipe(node: string): Promise<void> {
    await rm(join(this.network.networkDirectory, 'data', node), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#markets.values()].map(async (market) => (await market).close()));
    await this.network[Symbol.asyncDispose]();
  }
}

/** The name of the process that watches over an organisation's chaincode. */
export function chaincodeOf({ domain }: Organisation): string {
  return `chaincode.${domain}`;
}

/** The name of an organisation's peer. */
export function peerOf({ mspId, peer }: Organisation): string {
  if (peer === undefined) throw new Error(`${mspId} has no peer`);
  return peer.hostname;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
