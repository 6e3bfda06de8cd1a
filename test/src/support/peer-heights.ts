import { setTimeout as wait } from 'node:timers/promises';
import { AdministrationError, ChannelClient, administratorOf, openNetwork } from '@kessai/network';

const pauseMs = 20;
const longestMs = 60_000;

/** The heights of the peers of a network whose peers take a block each at its own time. */
export class PeerHeights {
  readonly #channel: string;
  readonly #peers: readonly Peer[];

  /** @param runs whether the peer of that host name runs: of one that does not nothing is awaited. */
  constructor(directory: string, runs: (hostname: string) => boolean) {
    const network = openNetwork(directory);
    const { channel, organisations } = network.record.topology;
    this.#channel = channel;
    this.#peers = organisations.flatMap((organisation) => {
      if (!organisation.peer) return [];
      const { hostname } = organisation.peer;
      return [new Peer(hostname, () => runs(hostname), new ChannelClient(administratorOf(network, organisation)))];
    });
  }

  /** Returns when every peer that runs has so many blocks, or without a number as many as the one that has most now. */
  async reach(height?: bigint): Promise<void> {
    const wanted = height ?? (await this.#highest());
    const until = performance.now() + longestMs;
    await Promise.all(
      this.#peers.map(async (peer) => {
        while (peer.known < wanted && peer.runs()) {
          if ((await peer.ask(this.#channel)) >= wanted) return;
          if (performance.now() > until) {
            const of = `${peer.known.toString()} of ${wanted.toString()} blocks`;
            throw new Error(`${peer.hostname} has ${of} after ${(longestMs / 1000).toString()} s`);
          }
          await wait(pauseMs);
        }
      }),
    );
  }

  close(): void {
    for (const { client } of this.#peers) client.close();
  }

  async #highest(): Promise<bigint> {
    const heights = await Promise.all(
      this.#peers.filter((peer) => peer.runs()).map(async (peer) => peer.ask(this.#channel)),
    );
    return heights.reduce((most, height) => (height > most ? height : most), 0n);
  }
}

class Peer {
  /** The most that it has said. */
  known = 0n;
  #asking: Promise<bigint> | undefined;

  constructor(
    readonly hostname: string,
    readonly runs: () => boolean,
    readonly client: ChannelClient,
  ) {}

  /** Many may want to know at once: it is asked once. */
  async ask(channel: string): Promise<bigint> {
    this.#asking ??= this.#ask(channel).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(channel: string): Promise<bigint> {
    try {
      this.known = BigInt(await this.client.height(channel));
    } catch (error) {
      // It is starting, or on its way out.
      if (!(error instanceof AdministrationError)) throw error;
    }
    return this.known;
  }
}
