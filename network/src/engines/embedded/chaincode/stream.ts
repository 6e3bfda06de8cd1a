import { ChannelCredentials, credentials as grpcCredentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { messageOf } from '../endpoints/rpc-error';
import type { ConnectionInfo } from './package';
import { answer, typeName } from './requests';
import type { ChaincodeCall } from './transaction';

const { Type } = peer.ChaincodeMessage;

/** How many keys a chaincode may ask for or write in one message: what a 3.1 peer offers by default. */
const BATCH_KEYS = 1_000;
const MESSAGE_BYTES = 100 * 1024 * 1024;
/** As a peer pings its chaincode services. */
const PING_MS = 60_000;
const PING_ANSWER_MS = 20_000;
/** A connection that could not be made is tried again after pauses from the first to the last of these. */
const FIRST_CONNECTION_PAUSE_MS = 50;
const LAST_CONNECTION_PAUSE_MS = 1_000;

/** A chaincode service that could not be reached, or that went away with transactions in flight. */
export class ChaincodeUnavailable extends Error {
  readonly code = 'ChaincodeUnavailable';

  constructor(message: string) {
    super(message);
    this.name = 'ChaincodeUnavailable';
  }
}

/** A service that is there and serves another chaincode: to try again is of no use. */
export class WrongChaincode extends ChaincodeUnavailable {}

/** No connection could be made. The client goes on trying by itself. */
export class NotConnected extends ChaincodeUnavailable {}

/** A client of a chaincode service. It connects at the first stream, and again by itself where that failed. */
export function chaincodeClient(connection: ConnectionInfo): peer.ChaincodeClient {
  return new peer.ChaincodeClient(connection.address, credentialsOf(connection), {
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': MESSAGE_BYTES,
    'grpc.keepalive_time_ms': PING_MS,
    'grpc.keepalive_timeout_ms': PING_ANSWER_MS,
    'grpc.initial_reconnect_backoff_ms': FIRST_CONNECTION_PAUSE_MS,
    'grpc.max_reconnect_backoff_ms': LAST_CONNECTION_PAUSE_MS,
    // Each has a connection of its own, so that one that is broken is not handed out again.
    'grpc.use_local_subchannel_pool': 1,
    ...(connection.tls?.domain === undefined ? {} : { 'grpc.ssl_target_name_override': connection.tls.domain }),
  });
}

/** A chaincode that did not answer in time. Its process may go on: only the transaction ends. */
export class ChaincodeTimeout extends Error {
  readonly code = 'ChaincodeTimeout';

  constructor() {
    super('timeout expired while executing transaction');
    this.name = 'ChaincodeTimeout';
  }
}

/** Runs the chaincode that another chaincode calls, and gives its final message. */
export type InvokeChaincode = (request: Uint8Array, call: ChaincodeCall) => Promise<Uint8Array>;

interface InFlight {
  readonly call: ChaincodeCall;
  readonly resolve: (message: peer.ChaincodeMessage) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The peer's side of one stream to a chaincode service: REGISTER, REGISTERED, READY, then any number of transactions at once,
 * told apart by transaction id. KEEPALIVE is never sent: chaincode in Node ends its process on it.
 */
export class ChaincodeStream {
  readonly #stream: ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;
  readonly #packageId: string;
  readonly #invoke: InvokeChaincode;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #onEnd: () => void;
  #state: 'created' | 'ready' | 'ended' = 'created';
  #connected = false;
  #opened: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(packageId: string, client: peer.ChaincodeClient, invoke: InvokeChaincode, onEnd: () => void) {
    this.#packageId = packageId;
    this.#invoke = invoke;
    this.#onEnd = onEnd;
    this.#stream = client.connect();
    this.#stream.on('metadata', () => {
      this.#connected = true;
    });
    this.#stream.on('data', (message: peer.ChaincodeMessage) => {
      try {
        this.#receive(message);
      } catch (error) {
        this.end(messageOf(error));
      }
    });
    this.#stream.on('error', (error: Error) => {
      this.end(error.message, this.#connected ? undefined : new NotConnected(error.message));
    });
    this.#stream.on('end', () => {
      this.end('EOF');
    });
  }

  /**
   * Connects and registers. @param limit_ms how long the service may take to that.
   * @param onEnd called once when a stream that was ready ends.
   * @throws NotConnected; ChaincodeUnavailable
   */
  static async open(
    packageId: string,
    client: peer.ChaincodeClient,
    limit_ms: number,
    invoke: InvokeChaincode,
    onEnd: () => void,
  ): Promise<ChaincodeStream> {
    const stream = new ChaincodeStream(packageId, client, invoke, onEnd);
    const opened = new Promise<void>((resolve, reject) => {
      stream.#opened = { resolve, reject };
    });
    const timer = setTimeout(() => {
      stream.end(`no registration within ${limit_ms.toString()} ms`);
    }, limit_ms);
    try {
      await opened;
    } finally {
      clearTimeout(timer);
    }
    return stream;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Sends a transaction and waits for the chaincode's COMPLETED or ERROR. */
  async execute(
    call: ChaincodeCall,
    message: peer.ChaincodeMessage,
    timeout_ms: number,
  ): Promise<peer.ChaincodeMessage> {
    const key = keyOf(message);
    if (this.#inFlight.has(key)) {
      throw new ChaincodeUnavailable(`txid: ${message.getTxid()}(${message.getChannelId()}) exists`);
    }
    if (this.#state !== 'ready') {
      throw new ChaincodeUnavailable('chaincode stream terminated');
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<peer.ChaincodeMessage>((resolve, reject) => {
        this.#inFlight.set(key, { call, resolve, reject });
        timer = setTimeout(() => {
          reject(new ChaincodeTimeout());
        }, timeout_ms);
        this.#stream.write(message);
      });
    } finally {
      clearTimeout(timer);
      this.#inFlight.delete(key);
      await call.end();
    }
  }

  #receive(message: peer.ChaincodeMessage): void {
    const type = message.getType();
    if (type === Type.KEEPALIVE) {
      return;
    }
    if (this.#state === 'created') {
      this.#register(message);
    } else if (type === Type.COMPLETED || type === Type.ERROR) {
      this.#inFlight.get(keyOf(message))?.resolve(message);
    } else {
      void this.#request(message);
    }
  }

  #register(message: peer.ChaincodeMessage): void {
    if (message.getType() !== Type.REGISTER) {
      this.end(`cannot handle message (${typeName(message.getType())}) while in created state`);
      return;
    }
    const name = peer.ChaincodeID.deserializeBinary(message.getPayload_asU8()).getName();
    if (name !== this.#packageId) {
      this.#opened?.reject(new WrongChaincode(`chaincode registered as '${name}', expected '${this.#packageId}'`));
      this.end('wrong chaincode');
      return;
    }
    this.#state = 'ready';
    const registered = new peer.ChaincodeMessage();
    registered.setType(Type.REGISTERED);
    this.#stream.write(registered);
    const offer = new peer.ChaincodeAdditionalParams();
    offer.setUseWriteBatch(true);
    offer.setMaxSizeWriteBatch(BATCH_KEYS);
    offer.setUseGetMultipleKeys(true);
    offer.setMaxSizeGetMultipleKeys(BATCH_KEYS);
    const ready = new peer.ChaincodeMessage();
    ready.setType(Type.READY);
    ready.setPayload(offer.serializeBinary());
    this.#stream.write(ready);
    this.#opened?.resolve();
  }

  async #request(message: peer.ChaincodeMessage): Promise<void> {
    const call = this.#inFlight.get(keyOf(message))?.call;
    if (call?.busy === true) {
      return;
    }
    const reply = new peer.ChaincodeMessage();
    reply.setTxid(message.getTxid());
    reply.setChannelId(message.getChannelId());
    try {
      if (call === undefined) {
        throw new ChaincodeUnavailable('no ledger context');
      }
      call.busy = true;
      const payload =
        message.getType() === Type.INVOKE_CHAINCODE
          ? await this.#invoke(message.getPayload_asU8(), call)
          : await answer(message.getType(), message.getPayload_asU8(), call);
      reply.setType(Type.RESPONSE);
      reply.setPayload(payload);
    } catch (error) {
      reply.setType(Type.ERROR);
      const text = `${typeName(message.getType())} failed: transaction ID: ${message.getTxid()}: ${messageOf(error)}`;
      reply.setPayload(Buffer.from(text, 'utf8'));
    }
    if (call !== undefined) {
      call.busy = false;
    }
    if (this.#state === 'ready') {
      this.#stream.write(reply);
    }
  }

  /** Fails what is in flight. */
  end(reason: string, error = new ChaincodeUnavailable(reason)): void {
    if (this.#state === 'ended') {
      return;
    }
    const wasReady = this.#state === 'ready';
    this.#state = 'ended';
    this.#opened?.reject(error);
    for (const { reject } of this.#inFlight.values()) {
      reject(new ChaincodeUnavailable('chaincode stream terminated'));
    }
    this.#stream.cancel();
    if (wasReady) {
      this.#onEnd();
    }
  }
}

function keyOf(message: peer.ChaincodeMessage): string {
  return `${message.getChannelId()}\0${message.getTxid()}`;
}

function credentialsOf(connection: ConnectionInfo): ChannelCredentials {
  const { tls } = connection;
  if (tls === undefined) {
    return grpcCredentials.createInsecure();
  }
  const root = Buffer.from(tls.rootCert, 'utf8');
  return tls.client === undefined
    ? grpcCredentials.createSsl(root)
    : grpcCredentials.createSsl(root, Buffer.from(tls.client.key, 'utf8'), Buffer.from(tls.client.cert, 'utf8'));
}
