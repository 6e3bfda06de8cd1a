import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Profile } from '@kessai/gateway-client';
import { deployMarket, down, exportProfile, purge, up } from '@kessai/network';
import { openSampleMarket } from './demo/sample-market';
import { schedulers } from './schedulers';

export interface DevelopmentNetworkOptions {
  /** Where the network's files are, which stay; by default a temporary directory, which is removed when the network is stopped. */
  readonly directory?: string;
  /** Whether a market is founded on it: members, instruments and holdings of the day that ships. By default it is. */
  readonly sample?: boolean;
  /** Told what goes on, a few words at a time. */
  readonly onStage?: (stage: string) => void;
}

/** A market on this machine: a network of the embedded engine, its operators' schedulers, and the chaincode. */
export interface DevelopmentNetwork extends AsyncDisposable {
  readonly directory: string;
  /**
   * What `connect` of @kessai/gateway-client takes, for a user of an organisation such as AlphaMSP.
   * @throws NetworkError `OrganisationUnknown`, `UserUnknown`
   */
  profile(mspId: string, user?: string): Profile;
  /** Ends its processes. A network in a directory of yours starts again where it ended. */
  stop(): Promise<void>;
}

/**
 * Starts a market for development and tests, and returns when it can be used.
 *
 *     await using network = await startDevelopmentNetwork();
 *     await using market = await connect(network.profile('AlphaMSP'));
 *
 * Its processes outlive this one: stop it, also after a failure.
 * @throws NetworkError, MarketError; what was started by then has been stopped.
 */
export async function startDevelopmentNetwork(options: DevelopmentNetworkOptions = {}): Promise<DevelopmentNetwork> {
  const network = await LocalNetwork.in(options.directory);
  try {
    await network.start(options);
  } catch (error) {
    await network.stop();
    throw error;
  }
  return network;
}

class LocalNetwork implements DevelopmentNetwork {
  readonly directory: string;
  readonly #temporary: string | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(directory: string, temporary?: string) {
    this.directory = directory;
    this.#temporary = temporary;
  }

  static async in(directory: string | undefined): Promise<LocalNetwork> {
    if (directory !== undefined) return new LocalNetwork(resolve(directory));
    const temporary = await mkdtemp(join(tmpdir(), `kessai-${randomUUID().slice(0, 8)}-`));
    return new LocalNetwork(join(temporary, 'network'), temporary);
  }

  async start({ sample = true, onStage }: DevelopmentNetworkOptions): Promise<void> {
    const { directory } = this;
    onStage?.('Start the network');
    await up({ engine: 'embedded', directory, schedulers });
    if (sample) await openSampleMarket({ directory, ...(onStage ? { onStage } : {}) });
    else await deployMarket({ directory });
  }

  profile(mspId: string, user?: string): Profile {
    return exportProfile({ directory: this.directory, mspId, ...(user === undefined ? {} : { user }) });
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    const { directory } = this;
    await down({ directory });
    if (this.#temporary === undefined) return;
    await purge({ directory });
    await rm(this.#temporary, { recursive: true, force: true });
  }
}
