import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type common, peer } from '@hyperledger/fabric-protos';
import { until } from './until';

const commitMs = 60_000;

/** Follows one peer's filtered blocks, so that a comparison goes on when the peer has a block and no later. */
export class BlockWatch {
  /** By number: none is missing. */
  readonly blocks: peer.FilteredBlock[] = [];
  readonly #stream: ClientDuplexStream<common.Envelope, peer.DeliverResponse>;
  readonly #peer: string;
  #ended: string | undefined;
  #waiting: (() => void)[] = [];

  /** @param seek asks for blocks from the first on, without end. */
  constructor(peerName: string, client: peer.DeliverClient, seek: common.Envelope) {
    this.#peer = peerName;
    this.#stream = client.deliverFiltered();
    this.#stream.on('data', (answer: peer.DeliverResponse) => {
      const block = answer.getFilteredBlock();
      if (block === undefined) this.#ended = `ended with status ${answer.getStatus().toString()}`;
      else this.blocks.push(block);
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.#ended = error.message;
      this.#wake();
    });
    this.#stream.write(seek);
  }

  get height(): number {
    return this.blocks.length;
  }

  /** Resolves when the condition holds of the blocks that are there. */
  async reached(what: string, holds: () => boolean): Promise<void> {
    const said = (): string => {
      const end = this.#ended === undefined ? '' : `; its stream of blocks ${this.#ended}`;
      return `${this.#peer} to have ${what}; it has ${this.height.toString()} blocks${end}`;
    };
    await until(said, commitMs, holds, async () => new Promise<void>((resolve) => this.#waiting.push(resolve)));
  }

  close(): void {
    this.#stream.on('error', () => undefined);
    this.#stream.cancel();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
