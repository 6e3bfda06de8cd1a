import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '@kessai/gateway-client';
import { type EmbeddedNetwork, type Organisation, readTopology, startEmbedded } from '@kessai/network';
import type { RunningNetwork } from './running-network';

/** A network in this process, with its chaincode in one of its own. */
export class EmbeddedRunning implements RunningNetwork {
  #network: EmbeddedNetwork;

  private constructor(network: EmbeddedNetwork) {
    this.#network = network;
  }

  /** @param chaincodeProgram another one than the market's, which serves until the network is closed. */
  static async start(
    directory: string,
    organisations?: readonly Organisation[],
    chaincodeProgram?: string,
  ): Promise<EmbeddedRunning> {
    const topology = organisations === undefined ? {} : { topology: { ...readTopology(), organisations } };
    const program = chaincodeProgram === undefined ? {} : { chaincodeProgram };
    return new EmbeddedRunning(await startEmbedded({ directory, ...topology, ...program }));
  }

  get organisations(): readonly Organisation[] {
    return this.#network.topology.organisations;
  }

  profile(mspId: string, user?: string): Profile {
    return this.#network.profile(mspId, user);
  }

  async deploy(): Promise<void> {
    await this.#network.deploy();
  }

  nodes(): Readonly<Record<string, number | null>> {
    return {};
  }

  chaincodePid(): number | undefined {
    return this.#network.chaincodePid;
  }

  // All peers take a block at the same instant.
  async caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  async silence(mspId: string): Promise<void> {
    await this.close();
    await rm(join(this.#network.directory, 'data', 'chaincodes', mspId), { recursive: true });
    await this.open();
  }

  async mend(): Promise<void> {
    await this.deploy();
  }

  async close(): Promise<void> {
    await this.#network.close();
  }

  async open(): Promise<void> {
    this.#network = await startEmbedded({ directory: this.#network.directory });
  }
}
