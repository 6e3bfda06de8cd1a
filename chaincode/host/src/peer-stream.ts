import { EventEmitter } from 'node:events';
import { peer } from '@hyperledger/fabric-protos';
import { type BatchOffer, nothingOffered, offerOf } from './batch-offer';
import type { ChaincodeObserver } from './chaincode-metrics';
import type { StreamCounts } from './stream-counts';

const { KEEPALIVE, READY } = peer.ChaincodeMessage.Type;

/** The peer went away while it was asked. */
export class PeerGone extends Error {
  override readonly name = 'PeerGone';
  readonly code = 'PeerGone';
}

export interface PeerStreamOptions {
  /** Whether what the peer offers is used; false: every key and record is a message of its own. */
  readonly batchedIo: boolean;
  /** Sees every message that crosses the stream. */
  readonly counts: StreamCounts | undefined;
  /** Told how much crosses the stream. */
  readonly observer?: Pick<ChaincodeObserver, 'carried'> | undefined;
}

/** The part of a gRPC stream that the shim and this class use. */
export interface MessageStream {
  on(event: 'data', listener: (message: peer.ChaincodeMessage) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'cancelled' | 'close', listener: () => void): unknown;
  write(message: peer.ChaincodeMessage): unknown;
  end(): unknown;
}

/**
 * Stands between the stream from a peer and the shim. It keeps what the shim drops of READY, answers the KEEPALIVE at which the shim
 * would end the process, and fails what a peer that has gone leaves unanswered.
 */
export class PeerStream extends EventEmitter {
  readonly #stream: MessageStream;
  readonly #options: PeerStreamOptions;
  readonly #waiting = new Set<(error: Error) => void>();
  #offer = nothingOffered;
  #open = true;

  constructor(stream: MessageStream, options: PeerStreamOptions) {
    super();
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (message) => this.#receive(message));
    stream.on('end', () => this.#close());
    stream.on('cancelled', () => this.#close());
    stream.on('close', () => this.#close());
    stream.on('error', () => this.#close());
  }

  /** What the peer takes of what this chaincode may use. */
  get offer(): BatchOffer {
    return this.#offer;
  }

  /** The answer, or PeerGone as soon as none can come any more. */
  whileOpen<T>(answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.#open) reject(new PeerGone('The peer has ended the stream'));
      this.#waiting.add(reject);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  write(message: peer.ChaincodeMessage): void {
    if (!this.#open) return;
    this.#options.counts?.sent(message);
    this.#options.observer?.carried('sent', bytesOf(message));
    this.#stream.write(message);
  }

  end(): void {
    if (this.#open) this.#stream.end();
  }

  #receive(message: peer.ChaincodeMessage): void {
    this.#options.observer?.carried('received', bytesOf(message));
    if (message.getType() === KEEPALIVE) {
      this.write(message);
      return;
    }
    if (message.getType() === READY) {
      const offered = offerOf(message.getPayload_asU8());
      this.#options.counts?.offered(offered);
      if (this.#options.batchedIo) this.#offer = offered;
    }
    this.#options.counts?.received(message);
    this.emit('data', message);
  }

  #close(): void {
    if (!this.#open) return;
    this.emit('end');
    this.#open = false;
    for (const reject of this.#waiting) reject(new PeerGone('The peer has ended the stream'));
    this.#waiting.clear();
  }
}

/** Of what a message carries: a transaction's request comes in its proposal, all else as payload. */
function bytesOf(message: peer.ChaincodeMessage): number {
  return message.getPayload_asU8().length + (message.getProposal()?.getProposalBytes_asU8().length ?? 0);
}
