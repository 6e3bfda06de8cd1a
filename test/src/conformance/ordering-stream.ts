import type { ClientDuplexStream } from '@grpc/grpc-js';
import { common, type orderer } from '@hyperledger/fabric-protos';

const acceptMs = 60_000;

interface Sent {
  accept(): void;
  fail(reason: string): void;
}

/** One stream of transactions to an orderer, which takes them in the order in which they are sent. */
export class OrderingStream {
  readonly #name: string;
  readonly #stream: ClientDuplexStream<common.Envelope, orderer.BroadcastResponse>;
  #sent: Sent[] = [];

  constructor(name: string, client: orderer.AtomicBroadcastClient) {
    this.#name = name;
    this.#stream = client.broadcast();
    this.#stream.on('data', (answer: orderer.BroadcastResponse) => {
      const sent = this.#sent.shift();
      if (answer.getStatus() === common.Status.SUCCESS) sent?.accept();
      else sent?.fail(`answered ${answer.getStatus().toString()} ${answer.getInfo()}`);
    });
    this.#stream.on('error', (error) => {
      for (const sent of this.#sent.splice(0)) sent.fail(`ended the stream: ${error.message}`);
    });
  }

  /** For each a promise that is kept when the orderer has accepted it. */
  send(envelopes: readonly common.Envelope[]): readonly Promise<void>[] {
    return envelopes.map(async (envelope) => {
      const answered = new Promise<void>((resolve, reject) => {
        const fail = (reason: string): void => reject(new Error(`${this.#name} ${reason}`));
        const late = setTimeout(() => fail(`did not answer within ${acceptMs.toString()} ms`), acceptMs);
        late.unref();
        const accept = (): void => {
          clearTimeout(late);
          resolve();
        };
        this.#sent.push({ accept, fail });
      });
      this.#stream.write(envelope);
      return answered;
    });
  }

  close(): void {
    this.#stream.on('error', () => undefined);
    this.#stream.cancel();
  }
}
