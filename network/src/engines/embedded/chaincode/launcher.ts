import type { peer } from '@hyperledger/fabric-protos';
import { messageOf } from '../endpoints/rpc-error';
import type { ConnectionInfo } from './package';
import {
  ChaincodeStream,
  ChaincodeUnavailable,
  type InvokeChaincode,
  NotConnected,
  WrongChaincode,
  chaincodeClient,
} from './stream';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/**
 * Keeps a stream to one chaincode service. It connects at the first transaction, and again by itself, at growing intervals, after
 * a service that was there went away: so that one restarted is ready before it is called.
 */
export class ChaincodeLauncher {
  readonly #packageId: string;
  readonly #connection: ConnectionInfo;
  readonly #invoke: InvokeChaincode;
  /** Kept while no connection can be made: one that is given up while it waits to try again would connect all the same. */
  #client: peer.ChaincodeClient | undefined;
  #stream: ChaincodeStream | undefined;
  #launching: Promise<ChaincodeStream> | undefined;
  #attempt: Promise<ChaincodeStream> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(packageId: string, connection: ConnectionInfo, invoke: InvokeChaincode) {
    this.#packageId = packageId;
    this.#connection = connection;
    this.#invoke = invoke;
  }

  /**
   * The stream, ready for transactions; tries for as long as the package's dial timeout says.
   * @throws ChaincodeUnavailable
   */
  async ready(): Promise<ChaincodeStream> {
    if (this.#stream !== undefined) {
      return this.#stream;
    }
    this.#launching ??= this.#openWithin(this.#connection.dialTimeout_ms).finally(() => {
      this.#launching = undefined;
    });
    return this.#launching;
  }

  /**
   * The service's process has ended: what it has not answered fails at once. Its stream ends by itself in nearly every case, but a TLS
   * connection whose other side dies while much is written to it can stay open on this side without a word.
   */
  serviceEnded(): void {
    this.#stream?.end('the chaincode service has ended');
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stream?.end('peer shutting down');
    this.#client?.close();
  }

  async #openWithin(limit_ms: number): Promise<ChaincodeStream> {
    const deadline = Date.now() + limit_ms;
    let pause_ms = FIRST_RETRY_MS;
    for (;;) {
      try {
        return await this.#tryOnce();
      } catch (error) {
        const failed = `connection to ${this.#packageId} failed: error cannot create connection for ${this.#packageId}: error creating grpc connection to ${this.#connection.address}: ${messageOf(error)}`;
        if (this.#closed || error instanceof WrongChaincode || Date.now() + pause_ms > deadline) {
          throw new ChaincodeUnavailable(`could not launch chaincode ${this.#packageId}: ${failed}`);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
      pause_ms = Math.min(pause_ms * 2, LAST_RETRY_MS);
    }
  }

  /** One attempt at a time, whoever asks for it, and none where there is a stream. */
  async #tryOnce(): Promise<ChaincodeStream> {
    if (this.#stream !== undefined) return this.#stream;
    this.#attempt ??= this.#open().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  async #open(): Promise<ChaincodeStream> {
    const client = (this.#client ??= chaincodeClient(this.#connection));
    const stream = await this.#openOver(client);
    if (this.#closed) {
      stream.end('peer shutting down');
      throw new ChaincodeUnavailable('peer shutting down');
    }
    if (stream.ended) throw new ChaincodeUnavailable('chaincode stream terminated');
    this.#stream = stream;
    return stream;
  }

  async #openOver(client: peer.ChaincodeClient): Promise<ChaincodeStream> {
    const onEnd = (): void => {
      this.#leave(client);
      this.#stream = undefined;
      this.#reconnectAfter(FIRST_RETRY_MS);
    };
    try {
      return await ChaincodeStream.open(this.#packageId, client, this.#connection.dialTimeout_ms, this.#invoke, onEnd);
    } catch (error) {
      if (!(error instanceof NotConnected)) this.#leave(client);
      throw error;
    }
  }

  #leave(client: peer.ChaincodeClient): void {
    client.close();
    this.#client = undefined;
  }

  #reconnectAfter(pause_ms: number): void {
    if (this.#closed) {
      return;
    }
    this.#retry = setTimeout(() => {
      if (this.#stream !== undefined || this.#launching !== undefined) {
        return;
      }
      this.#tryOnce().catch(() => {
        this.#reconnectAfter(Math.min(pause_ms * 2, LAST_RETRY_MS));
      });
    }, pause_ms);
    this.#retry.unref();
  }
}
