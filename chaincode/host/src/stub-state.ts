import { peer } from '@hyperledger/fabric-protos';
import { type Collection, publicState, refuse } from '@kessai/interface';
import type { Iterators } from 'fabric-shim';
import { allSettled } from './all-settled';
import type { PeerState, StateRecord } from './peer-state';
import type { BatchOffer } from './batch-offer';
import { PeerStream } from './peer-stream';
import type { Stub } from './stub';
import { Refused } from './wire-error';

const { GET_STATE_MULTIPLE, WRITE_BATCH_STATE } = peer.ChaincodeMessage.Type;
const { DEL_STATE, PUT_STATE } = peer.WriteRecord.Type;

/** Peers take messages of up to 100 MiB; a batch is cut well below it. */
const batchCharacters = 16 * 1024 * 1024;

type RangeIterator = Iterators.StateQueryIterator;
type MessageType = peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap];

/** The private parts of the shim through which a message of a kind that it does not know goes to the peer. */
interface StubInternals {
  readonly channel_id: string;
  readonly txId: string;
  readonly handler: {
    readonly _stream: unknown;
    _askPeerAndListen(message: peer.ChaincodeMessage, method: string): Promise<Uint8Array>;
  };
}

/** The peer's state through the shim: many keys in one message where the peer takes them, else one by one. */
export class StubState implements PeerState {
  readonly #stub: Stub;
  readonly #internals: StubInternals;
  readonly #stream: PeerStream | undefined;

  constructor(stub: Stub) {
    this.#stub = stub;
    this.#internals = stub as unknown as StubInternals;
    const stream = this.#internals.handler._stream;
    this.#stream = stream instanceof PeerStream ? stream : undefined;
  }

  async get(collection: Collection, key: string): Promise<string | undefined> {
    return valueOf(await this.#answered(collection, this.#getOne(collection, key)));
  }

  async getMany(collection: Collection, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const size = this.#offer.keysPerRead;
    const answers =
      size > 0
        ? chunks(keys, size).map((part) => this.#getBatch(collection, part))
        : keys.map(async (key) => [await this.#getOne(collection, key)]);
    const values = (await this.#answered(collection, allSettled(answers))).flat();
    return values.map(valueOf);
  }

  async *range(collection: Collection, start: string, end: string): AsyncIterable<{ key: string; value: string }> {
    let from = start;
    for (;;) {
      let last: string | undefined;
      const iterator = await this.#answered(collection, this.#rangeFrom(collection, from, end));
      try {
        for (;;) {
          const next = await this.#answered(collection, iterator.next());
          if (next.done) break;
          last = next.value.key;
          yield { key: last, value: Buffer.from(next.value.value).toString('utf8') };
        }
      } finally {
        await this.#answered(collection, iterator.close());
      }
      // A peer ends a range at its totalQueryLimit without a word, so only an empty range is known to be the last.
      if (last === undefined) return;
      from = `${last}\u0001`;
    }
  }

  async writeAll(records: readonly StateRecord[]): Promise<void> {
    const size = this.#offer.recordsPerWrite;
    const answers: Promise<unknown>[] =
      size > 0
        ? chunks(records, size, sizeOf).map((part) => this.#writeBatch(part))
        : records.map((record) => this.#writeOne(record));
    await this.#answered(records[0]?.collection ?? publicState, allSettled(answers));
  }

  get #offer(): BatchOffer {
    return this.#stream?.offer ?? { keysPerRead: 0, recordsPerWrite: 0 };
  }

  async #getBatch(collection: Collection, keys: readonly string[]): Promise<readonly Uint8Array[]> {
    const request = new peer.GetStateMultiple();
    request.setKeysList([...keys]);
    request.setCollection(collection);
    const answer = await this.#ask(GET_STATE_MULTIPLE, request.serializeBinary(), 'GetStateMultiple');
    const values = peer.GetStateMultipleResult.deserializeBinary(answer).getValuesList_asU8();
    if (values.length !== keys.length) throw new Error('The peer answered another number of values than was asked for');
    return values;
  }

  #getOne(collection: Collection, key: string): Promise<Uint8Array> {
    return collection === publicState ? this.#stub.getState(key) : this.#stub.getPrivateData(collection, key);
  }

  async #rangeFrom(collection: Collection, start: string, end: string): Promise<RangeIterator> {
    if (collection === publicState) return this.#stub.getStateByRange(start, end);
    // Whatever its published type says, a private range is an iterator inside an object.
    const answer: unknown = await this.#stub.getPrivateDataByRange(collection, start, end);
    return (answer as { readonly iterator: RangeIterator }).iterator;
  }

  async #writeBatch(records: readonly StateRecord[]): Promise<void> {
    const batch = new peer.WriteBatchState();
    batch.setRecList(records.map(writeRecord));
    await this.#ask(WRITE_BATCH_STATE, batch.serializeBinary(), 'WriteBatchState');
  }

  #writeOne({ collection, key, value }: StateRecord): Promise<void> {
    const stub = this.#stub;
    if (value === undefined) {
      return collection === publicState ? stub.deleteState(key) : stub.deletePrivateData(collection, key);
    }
    const bytes = Buffer.from(value, 'utf8');
    return collection === publicState ? stub.putState(key, bytes) : stub.putPrivateData(collection, key, bytes);
  }

  #ask(type: MessageType, payload: Uint8Array, method: string): Promise<Uint8Array> {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    message.setPayload(payload);
    message.setTxid(this.#internals.txId);
    message.setChannelId(this.#internals.channel_id);
    return this.#internals.handler._askPeerAndListen(message, method);
  }

  async #answered<T>(collection: Collection, answer: Promise<T>): Promise<T> {
    try {
      return await (this.#stream ? this.#stream.whileOpen(answer) : answer);
    } catch (error) {
      throw refusedByPeer(error, collection) ?? error;
    }
  }
}

/** To Fabric an absent value is an empty one. */
function valueOf(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('utf8');
}

function writeRecord({ collection, key, value }: StateRecord): peer.WriteRecord {
  const record = new peer.WriteRecord();
  record.setCollection(collection);
  record.setKey(key);
  record.setType(value === undefined ? DEL_STATE : PUT_STATE);
  if (value !== undefined) record.setValue(Buffer.from(value, 'utf8'));
  return record;
}

function sizeOf({ key, value }: StateRecord): number {
  return key.length + (value?.length ?? 0);
}

/** Parts of at most so many items, and of about so many characters unless one item alone has more. */
function chunks<T>(items: readonly T[], limit: number, size: (item: T) => number = () => 0): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let part: T[] = [];
  let characters = 0;
  for (const item of items) {
    const more = size(item);
    if (part.length === limit || (part.length > 0 && characters + more > batchCharacters)) {
      parts.push(part);
      part = [];
      characters = 0;
    }
    part.push(item);
    characters += more;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** Fabric tells by text alone that it has no such collection, or holds only the hashes of what was asked for. */
function refusedByPeer(error: unknown, collection: Collection): Refused | undefined {
  const text = error instanceof Error ? error.message : '';
  if (text.includes('private data matching public hash version is not available')) {
    return new Refused(refuse('CollectionNotHeld', { collection }));
  }
  const named =
    /collection \[([^\]]+)\] not defined in the collection config/.exec(text)?.[1] ??
    /collection \S*\/([^/\s]+) could not be found/.exec(text)?.[1];
  if (named === undefined && !text.includes('collection config not defined for chaincode')) return undefined;
  return new Refused(refuse('CollectionUndefined', { collection: named ?? collection }));
}
