import { ledger } from '@hyperledger/fabric-protos';
import { sha256, u64 } from './bytes';
import { openDatabase, writeDurably, type Database, type Snapshot, type Write } from './database';
import {
  appliedKey,
  dataKey,
  dataRange,
  missingKey,
  missingRange,
  placeOf,
  transientKey,
  transientRange,
  valueKey,
  valueKeyName,
  valueRange,
  writtenKey,
  writtenPlace,
  writtenRange,
  type CollectionPlace,
} from './private-keys';
import { decodeStoredValue, encodeStoredValue, type StoredValue } from './stored-value';

/** The private write set (kvrwset.KVRWSet, serialised) of one collection in a transaction that is not in a block yet. */
export interface TransientWriteSet {
  readonly txId: string;
  readonly namespace: string;
  readonly collection: string;
  readonly writeSet: Uint8Array;
}

/** What a block does to one organisation's private values; put together by PrivateApplication. */
export interface PrivateBlockWrites {
  readonly block: number;
  readonly writes: readonly Write[];
}

/**
 * One organisation's private values, in a database of its own: what its peers may hold, and nothing else. Before a transaction is in a
 * block its write sets are here as transient data; a block's write sets, the latest value of each key and what could not be found follow
 * with each block, in one batch, so that the number of applied blocks always tells the truth.
 */
export class PrivateStore {
  readonly mspId: string;
  readonly #database: Database;
  #applied: number;
  #waiting: Write[] = [];
  #flush: Promise<void> | undefined;

  private constructor(mspId: string, database: Database, applied: number) {
    this.mspId = mspId;
    this.#database = database;
    this.#applied = applied;
  }

  /** @throws LedgerError */
  static async open(directory: string, mspId: string): Promise<PrivateStore> {
    const database = await openDatabase(directory);
    const applied = await database.get(appliedKey);
    return new PrivateStore(mspId, database, applied === undefined ? 0 : Number(applied.readBigUInt64BE()));
  }

  /** Number of blocks whose private values are here. */
  get applied(): number {
    return this.#applied;
  }

  /** On disk when it resolves; calls that come meanwhile share the next write. */
  async keep(writeSets: readonly TransientWriteSet[], height: number): Promise<void> {
    for (const { txId, namespace, collection, writeSet } of writeSets) {
      const key = transientKey(txId, namespace, collection, sha256(writeSet));
      this.#waiting.push({ type: 'put', key, value: Buffer.concat([u64(height), writeSet]) });
    }
    const underWay = this.#flush;
    if (underWay !== undefined) await underWay.catch(() => undefined);
    if (this.#waiting.length > 0) {
      this.#flush ??= this.#writeWaiting();
      await this.#flush;
    } else if (this.#flush !== undefined) await this.#flush;
  }

  transient(txId: string, namespace: string, collection: string, hash: Uint8Array): Uint8Array | undefined {
    return this.#database.getSync(transientKey(txId, namespace, collection, hash))?.subarray(8);
  }

  /** The write set of a transaction in a block, as far as it is here and not purged. */
  data(place: CollectionPlace): Uint8Array | undefined {
    return this.#database.getSync(dataKey(place));
  }

  /** A block's write sets in the order of transactions, namespaces and collections. */
  async blockData(
    block: number,
  ): Promise<readonly { readonly place: CollectionPlace; readonly writeSet: Uint8Array }[]> {
    const entries = await this.#database.iterator(dataRange(block)).all();
    return entries.map(([key, writeSet]) => ({ place: placeOf(key), writeSet }));
  }

  async missing(): Promise<readonly CollectionPlace[]> {
    const keys = await this.#database.keys(missingRange).all();
    return keys.map(placeOf);
  }

  value(namespace: string, collection: string, key: string, snapshot?: Snapshot): StoredValue | undefined {
    const bytes = this.#database.getSync(
      valueKey(namespace, collection, key),
      snapshot === undefined ? {} : { snapshot },
    );
    return bytes === undefined ? undefined : decodeStoredValue(bytes);
  }

  async values(
    namespace: string,
    collection: string,
    keys: readonly string[],
    snapshot: Snapshot,
  ): Promise<readonly (StoredValue | undefined)[]> {
    const found = await this.#database.getMany(
      keys.map((key) => valueKey(namespace, collection, key)),
      { snapshot },
    );
    return found.map((bytes) => (bytes === undefined ? undefined : decodeStoredValue(bytes)));
  }

  async *range(
    namespace: string,
    collection: string,
    start: string,
    end: string,
    snapshot: Snapshot,
  ): AsyncGenerator<{ readonly key: string; readonly value: Uint8Array }> {
    const iterator = this.#database.iterator({ ...valueRange(namespace, collection, start, end), snapshot });
    for await (const [key, bytes] of iterator)
      yield { key: valueKeyName(namespace, collection, key), value: decodeStoredValue(bytes).value };
  }

  /** Write sets at or before `place`, with the plain key, that write the key of this hash. */
  async writersOf(
    place: CollectionPlace,
    keyHash: Uint8Array,
  ): Promise<readonly { readonly place: CollectionPlace; readonly key: string; readonly indexKey: Buffer }[]> {
    const entries = await this.#database.iterator(writtenRange(place, keyHash)).all();
    return entries.map(([indexKey, key]) => ({
      place: writtenPlace(place.namespace, place.collection, indexKey),
      key: key.toString(),
      indexKey,
    }));
  }

  async transientKeys(txId: string): Promise<readonly Buffer[]> {
    return this.#database.keys(transientRange(txId)).all();
  }

  /** Removes transient data of transactions that have not come into a block for so long that they never will. */
  async purgeTransient(belowHeight: number): Promise<void> {
    const writes: Write[] = [];
    for await (const [key, value] of this.#database.iterator(transientRange())) {
      if (value.readBigUInt64BE() < BigInt(belowHeight)) writes.push({ type: 'del', key });
    }
    if (writes.length > 0) await writeDurably(this.#database, writes);
  }

  async apply({ block, writes }: PrivateBlockWrites): Promise<void> {
    const applied: Write = { type: 'put', key: appliedKey, value: u64(block + 1) };
    // Blocks without private writes change nothing when they are applied again, so their number need not be forced to the disk.
    if (writes.length === 0) await this.#database.batch([applied]);
    else await writeDurably(this.#database, [...writes, applied]);
    this.#applied = block + 1;
  }

  snapshot(): Snapshot {
    return this.#database.snapshot();
  }

  async close(): Promise<void> {
    await this.#flush?.catch(() => undefined);
    await this.#database.close();
  }

  async #writeWaiting(): Promise<void> {
    const writes = this.#waiting;
    this.#waiting = [];
    try {
      await writeDurably(this.#database, writes);
    } finally {
      this.#flush = undefined;
    }
  }
}

export function putValue(namespace: string, collection: string, key: string, stored: StoredValue): Write {
  return { type: 'put', key: valueKey(namespace, collection, key), value: encodeStoredValue(stored) };
}

export function deleteValue(namespace: string, collection: string, key: string): Write {
  return { type: 'del', key: valueKey(namespace, collection, key) };
}

export function putMissing(place: CollectionPlace): Write {
  return { type: 'put', key: missingKey(place), value: Buffer.alloc(0) };
}

/** The write set as it is kept, and the index entries by which a purge finds it. */
export function putData(place: CollectionPlace, writeSet: Uint8Array): readonly Write[] {
  const { KVRWSet } = ledger.rwset.kvrwset;
  const keys = KVRWSet.deserializeBinary(writeSet)
    .getWritesList()
    .map((write) => write.getKey());
  return [
    { type: 'put', key: dataKey(place), value: Buffer.from(writeSet) },
    ...keys.map((key): Write => ({ type: 'put', key: writtenKey(place, sha256(key)), value: Buffer.from(key) })),
  ];
}
