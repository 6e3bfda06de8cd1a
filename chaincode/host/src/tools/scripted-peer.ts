import { ChannelCredentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { ledger, peer } from '@hyperledger/fabric-protos';
import { type Call, transactionMessage } from './proposals';

const { Type } = peer.ChaincodeMessage;

export interface PeerOptions {
  /** Offers many keys in one message, as a peer of Fabric 3.1 does; undefined: as an older one. */
  readonly offer?: { readonly keys: number; readonly records: number };
  /** The collections of which it has only the hashes. */
  readonly hashesOnly?: readonly string[];
  /** The collections of the chaincode's definition; undefined: any. */
  readonly defined?: readonly string[];
  /** Undefined: plaintext. */
  readonly credentials?: ChannelCredentials;
  /** Where it ends a range without saying so. */
  readonly totalQueryLimit?: number;
}

export interface ChaincodeAnswer {
  readonly status: number;
  readonly message: string;
  readonly payload: string;
  readonly event: { readonly name: string; readonly payload: string } | undefined;
  /** What the transaction wrote, in its order, as Fabric sees it. */
  readonly writes: readonly PeerWrite[];
  /** The names of the messages that the chaincode sent for it. */
  readonly messages: readonly string[];
  /** Messages by which it read, by the collection that each of them asked ('' is public). */
  readonly reads: ReadonlyMap<string, number>;
}

export interface PeerWrite {
  readonly collection: string;
  readonly key: string;
  readonly value: string | undefined;
}

interface InFlight {
  readonly writes: PeerWrite[];
  readonly messages: string[];
  readonly reads: Map<string, number>;
  readonly resolve: (answer: ChaincodeAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The peer's side of the chaincode stream, with state in memory: as much of a peer as a chaincode sees. */
export class ScriptedPeer {
  readonly #client: peer.ChaincodeClient;
  readonly #stream: ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;
  readonly #options: PeerOptions;
  readonly #state = new Map<string, string>();
  readonly #inFlight = new Map<string, InFlight>();
  readonly #ranges = new Map<string, readonly PeerWrite[]>();
  #onReady: (() => void) | undefined;
  #onKeepalive: (() => void) | undefined;
  #onAsked: (() => void) | undefined;
  #muted = false;

  private constructor(address: string, options: PeerOptions) {
    this.#options = options;
    this.#client = new peer.ChaincodeClient(address, options.credentials ?? ChannelCredentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.ssl_target_name_override': 'chaincode',
    });
    this.#stream = this.#client.connect();
    this.#stream.on('data', (message: peer.ChaincodeMessage) => this.#receive(message));
    this.#stream.on('error', (error: Error) => this.#fail(error));
    this.#stream.on('end', () => this.#fail(new Error('chaincode stream terminated')));
  }

  /** Connects to a chaincode service and registers it. */
  static async connect(port: number, options: PeerOptions = {}): Promise<ScriptedPeer> {
    const made = new ScriptedPeer(`127.0.0.1:${port.toString()}`, options);
    await new Promise<void>((resolve, reject) => {
      made.#onReady = resolve;
      made.#stream.once('error', reject);
    });
    return made;
  }

  /** Runs a transaction. Nothing is committed. */
  execute(call: Call): Promise<ChaincodeAnswer> {
    return new Promise((resolve, reject) => {
      this.#inFlight.set(call.txId, { writes: [], messages: [], reads: new Map(), resolve, reject });
      this.#stream.write(transactionMessage(call));
    });
  }

  commit(writes: readonly PeerWrite[]): void {
    for (const { collection, key, value } of writes) {
      if (value === undefined) this.#state.delete(nameOf(collection, key));
      else this.#state.set(nameOf(collection, key), value);
    }
  }

  /** What stands in a collection, in the order of the keys' bytes. */
  contents(collection: string): readonly PeerWrite[] {
    const prefix = nameOf(collection, '');
    return [...this.#state]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => ({ collection, key: name.slice(prefix.length), value }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** Sends KEEPALIVE; ends when it has been answered. */
  keepalive(): Promise<void> {
    return new Promise((resolve) => {
      this.#onKeepalive = resolve;
      this.#send(Type.KEEPALIVE);
    });
  }

  /** Answers nothing any more. */
  mute(): void {
    this.#muted = true;
  }

  /** Ends when the chaincode has asked for something. */
  asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#onAsked = resolve;
    });
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  #receive(message: peer.ChaincodeMessage): void {
    if (message.getType() === Type.REGISTER) this.#register();
    else if (message.getType() === Type.KEEPALIVE) this.#onKeepalive?.();
    else this.#serve(message);
  }

  #register(): void {
    const offer = new peer.ChaincodeAdditionalParams();
    offer.setUseGetMultipleKeys(this.#options.offer !== undefined);
    offer.setMaxSizeGetMultipleKeys(this.#options.offer?.keys ?? 0);
    offer.setUseWriteBatch(this.#options.offer !== undefined);
    offer.setMaxSizeWriteBatch(this.#options.offer?.records ?? 0);
    this.#send(Type.REGISTERED);
    this.#send(Type.READY, offer.serializeBinary());
    this.#onReady?.();
  }

  #serve(message: peer.ChaincodeMessage): void {
    const transaction = this.#inFlight.get(message.getTxid());
    if (!transaction) return;
    const type = message.getType();
    const name = Object.entries(Type).find(([, number]) => number === type)?.[0] ?? 'UNKNOWN';
    if (type === Type.COMPLETED) {
      this.#inFlight.delete(message.getTxid());
      transaction.resolve(answerOf(message, transaction));
      return;
    }
    transaction.messages.push(name);
    this.#onAsked?.();
    if (this.#muted) return;
    try {
      this.#send(Type.RESPONSE, this.#answer(message, transaction), message);
    } catch (error) {
      const text = `${name} failed: transaction ID: ${message.getTxid()}: ${(error as Error).message}`;
      this.#send(Type.ERROR, Buffer.from(text), message);
    }
  }

  #answer(message: peer.ChaincodeMessage, { writes, reads }: InFlight): Uint8Array {
    const payload = message.getPayload_asU8();
    const count = (collection: string): void => void reads.set(collection, (reads.get(collection) ?? 0) + 1);
    switch (message.getType()) {
      case Type.GET_STATE: {
        const request = peer.GetState.deserializeBinary(payload);
        count(request.getCollection());
        return this.#read(request.getCollection(), request.getKey());
      }
      case Type.GET_STATE_MULTIPLE: {
        const request = peer.GetStateMultiple.deserializeBinary(payload);
        const keys = request.getKeysList();
        count(request.getCollection());
        if (keys.length > (this.#options.offer?.keys ?? 0)) throw new Error('more keys than offered');
        const result = new peer.GetStateMultipleResult();
        result.setValuesList(keys.map((key) => this.#readUnchecked(request.getCollection(), key)));
        return result.serializeBinary();
      }
      case Type.PUT_STATE: {
        const request = peer.PutState.deserializeBinary(payload);
        const value = Buffer.from(request.getValue_asU8()).toString('utf8');
        this.#write(writes, { collection: request.getCollection(), key: request.getKey(), value });
        return new Uint8Array();
      }
      case Type.DEL_STATE: {
        const request = peer.DelState.deserializeBinary(payload);
        this.#write(writes, { collection: request.getCollection(), key: request.getKey(), value: undefined });
        return new Uint8Array();
      }
      case Type.WRITE_BATCH_STATE: {
        const records = peer.WriteBatchState.deserializeBinary(payload).getRecList();
        if (records.length > (this.#options.offer?.records ?? 0)) throw new Error('more records than offered');
        for (const record of records) this.#write(writes, writeOf(record));
        return new Uint8Array();
      }
      case Type.GET_STATE_BY_RANGE: {
        const request = peer.GetStateByRange.deserializeBinary(payload);
        count(request.getCollection());
        return this.#range(request, message.getTxid());
      }
      case Type.QUERY_STATE_NEXT:
        return this.#page(peer.QueryStateNext.deserializeBinary(payload).getId());
      case Type.QUERY_STATE_CLOSE:
        this.#ranges.delete(peer.QueryStateClose.deserializeBinary(payload).getId());
        return new peer.QueryResponse().serializeBinary();
      default:
        throw new Error('not a request of a chaincode');
    }
  }

  /** As Fabric, which compares a private value with its hash only where one key is asked for. */
  #readUnchecked(collection: string, key: string): Uint8Array {
    this.#assertDefined(collection);
    if (this.#options.hashesOnly?.includes(collection)) return new Uint8Array();
    return Buffer.from(this.#state.get(nameOf(collection, key)) ?? '', 'utf8');
  }

  #read(collection: string, key: string): Uint8Array {
    if (this.#options.hashesOnly?.includes(collection) && this.#state.has(nameOf(collection, key))) {
      throw new Error(
        'private data matching public hash version is not available. Public hash version = {BlockNum: 4, TxNum: 0}, Private data version = <nil>',
      );
    }
    return this.#readUnchecked(collection, key);
  }

  #write(writes: PeerWrite[], write: PeerWrite): void {
    this.#assertDefined(write.collection);
    writes.push(write);
  }

  #range(request: peer.GetStateByRange, txId: string): Uint8Array {
    const collection = request.getCollection();
    this.#assertDefined(collection);
    const held = this.#options.hashesOnly?.includes(collection) ? [] : this.contents(collection);
    const [start, end] = [request.getStartkey(), request.getEndkey()].map((key) => Buffer.from(key));
    const found = held.filter(({ key }) => {
      const bytes = Buffer.from(key);
      return start && end && Buffer.compare(bytes, start) >= 0 && Buffer.compare(bytes, end) < 0;
    });
    const id = `${txId}/${this.#ranges.size.toString()}`;
    this.#ranges.set(id, found.slice(0, this.#options.totalQueryLimit ?? found.length));
    return this.#page(id);
  }

  /** A range crosses the stream in pages of at most 100. */
  #page(id: string): Uint8Array {
    const rest = this.#ranges.get(id) ?? [];
    this.#ranges.set(id, rest.slice(100));
    const response = new peer.QueryResponse();
    response.setId(id);
    response.setHasMore(rest.length > 100);
    response.setResultsList(
      rest.slice(0, 100).map(({ key, value = '' }) => {
        const pair = new ledger.queryresult.KV();
        pair.setKey(key);
        pair.setValue(Buffer.from(value, 'utf8'));
        const bytes = new peer.QueryResultBytes();
        bytes.setResultbytes(pair.serializeBinary());
        return bytes;
      }),
    );
    return response.serializeBinary();
  }

  #assertDefined(collection: string): void {
    const { defined } = this.#options;
    if (collection === '' || !defined || defined.includes(collection)) return;
    throw new Error(`collection market-channel/market/${collection} could not be found`);
  }

  #send(type: MessageType, payload: Uint8Array = new Uint8Array(), to?: peer.ChaincodeMessage): void {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    message.setPayload(payload);
    if (to) {
      message.setTxid(to.getTxid());
      message.setChannelId(to.getChannelId());
    }
    this.#stream.write(message);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#inFlight.values()) reject(error);
    this.#inFlight.clear();
  }
}

type MessageType = peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap];

function answerOf(message: peer.ChaincodeMessage, { writes, messages, reads }: InFlight): ChaincodeAnswer {
  const response = peer.Response.deserializeBinary(message.getPayload_asU8());
  const event = message.getChaincodeEvent();
  return {
    status: response.getStatus(),
    message: response.getMessage(),
    payload: Buffer.from(response.getPayload_asU8()).toString('utf8'),
    event: event && { name: event.getEventName(), payload: Buffer.from(event.getPayload_asU8()).toString('utf8') },
    writes,
    messages,
    reads,
  };
}

function writeOf(record: peer.WriteRecord): PeerWrite {
  const removed = record.getType() === peer.WriteRecord.Type.DEL_STATE;
  return {
    collection: record.getCollection(),
    key: record.getKey(),
    value: removed ? undefined : Buffer.from(record.getValue_asU8()).toString('utf8'),
  };
}

function nameOf(collection: string, key: string): string {
  return `${collection}\0${key}`;
}
