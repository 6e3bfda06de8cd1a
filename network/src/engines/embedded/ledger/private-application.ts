import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './bytes';
import type { Write } from './database';
import { dataKey, writtenKey, type CollectionPlace } from './private-keys';
import {
  deleteValue,
  putData,
  putMissing,
  putValue,
  type PrivateBlockWrites,
  type PrivateStore,
} from './private-store';
import { isDeletion, writesToCollection, type CollectionReadWriteSet, type KeyWrite } from './read-write-set';
import type { StoredValue } from './stored-value';
import { sameVersion, type Version } from './version';

const { KVRWSet } = ledger.rwset.kvrwset;

/** A collection that a transaction in a block touches. */
export interface CollectionChange {
  readonly namespace: string;
  readonly set: CollectionReadWriteSet;
}

export interface PrivateTransaction {
  readonly index: number;
  readonly txId: string;
  readonly valid: boolean;
  readonly collections: readonly CollectionChange[];
}

/** What one organisation's store needs to know to follow a block. */
export interface PrivateSurroundings {
  isMember(mspId: string, namespace: string, collection: string): boolean;
  /**
   * The write set wherever it may be found: own transient data first, then the other members'. What does not agree with the hashed writes of
   * `set`, key by key, is as good as not found.
   */
  find(store: PrivateStore, txId: string, place: CollectionPlace, set: CollectionReadWriteSet): Uint8Array | undefined;
  /** Hashed state after the last committed block. */
  hashed(namespace: string, collection: string, keyHash: Uint8Array): StoredValue | undefined;
}

interface Latest {
  readonly namespace: string;
  readonly collection: string;
  readonly key: string;
  readonly stored: StoredValue | undefined;
}

/** Puts together what a block writes to one organisation's private store. Doing it again for the same block gives the same. */
export class PrivateApplication {
  readonly #store: PrivateStore;
  readonly #block: number;
  readonly #around: PrivateSurroundings;
  readonly #writeSets = new Map<string, { readonly place: CollectionPlace; writeSet: Uint8Array }>();
  readonly #latest = new Map<string, Latest>();
  readonly #metadataKeys = new Map<string, Omit<Latest, 'stored'>>();
  readonly #writes: Write[] = [];

  constructor(store: PrivateStore, block: number, around: PrivateSurroundings) {
    this.#store = store;
    this.#block = block;
    this.#around = around;
  }

  async build(transactions: readonly PrivateTransaction[]): Promise<PrivateBlockWrites> {
    for (const transaction of transactions) {
      if (transaction.collections.length === 0) continue;
      for (const change of transaction.collections) this.#take(transaction, change);
      if (transaction.valid) await this.#purge(transaction);
      for (const key of await this.#store.transientKeys(transaction.txId)) this.#writes.push({ type: 'del', key });
    }
    this.#raiseVersions();
    const data = [...this.#writeSets.values()].flatMap(({ place, writeSet }) => putData(place, writeSet));
    const values = [...this.#latest.values()].map(({ namespace, collection, key, stored }) =>
      stored === undefined ? deleteValue(namespace, collection, key) : putValue(namespace, collection, key, stored),
    );
    return { block: this.#block, writes: [...this.#writes, ...data, ...values] };
  }

  #take(transaction: PrivateTransaction, { namespace, set }: CollectionChange): void {
    const { collection } = set;
    // Without a write there is nothing that the namespace's endorsers have agreed to, whatever the transaction says of a private write set.
    if (set.privateHash === undefined || !writesToCollection(set)) return;
    if (!this.#around.isMember(this.#store.mspId, namespace, collection)) return;
    const place = { block: this.#block, transaction: transaction.index, namespace, collection };
    const writeSet = this.#around.find(this.#store, transaction.txId, place, set);
    if (writeSet === undefined) {
      if (transaction.valid) this.#writes.push(putMissing(place));
      return;
    }
    this.#writeSets.set(placeText(place), { place, writeSet });
    if (!transaction.valid) return;
    const message = KVRWSet.deserializeBinary(writeSet);
    const version = { block: this.#block, transaction: transaction.index };
    for (const write of message.getWritesList()) this.#write(namespace, collection, write, version);
    for (const write of message.getMetadataWritesList()) {
      const key = write.getKey();
      this.#metadataKeys.set(keyText(namespace, collection, key), { namespace, collection, key });
    }
  }

  #write(namespace: string, collection: string, write: KeyWrite, version: Version): void {
    const key = write.getKey();
    const stored = isDeletion(write) ? undefined : { value: write.getValue_asU8(), metadata: undefined, version };
    this.#latest.set(keyText(namespace, collection, key), { namespace, collection, key, stored });
  }

  /** A purged key's values go from every write set up to the purge, and from the state if nothing newer is there. */
  async #purge(transaction: PrivateTransaction): Promise<void> {
    for (const { namespace, set } of transaction.collections) {
      for (const write of set.writes) {
        if (!write.getIsPurge()) continue;
        const place = { block: this.#block, transaction: transaction.index, namespace, collection: set.collection };
        const keyHash = write.getKeyHash_asU8();
        this.#purgeWithinBlock(place, keyHash);
        await this.#purgeEarlier(place, keyHash);
      }
    }
  }

  #purgeWithinBlock(purge: CollectionPlace, keyHash: Uint8Array): void {
    for (const entry of this.#writeSets.values()) {
      if (entry.place.namespace !== purge.namespace || entry.place.collection !== purge.collection) continue;
      entry.writeSet = withoutKey(entry.writeSet, keyHash);
    }
    for (const [text, latest] of this.#latest) {
      const { namespace, collection, key } = latest;
      if (namespace === purge.namespace && collection === purge.collection && sha256(key).equals(keyHash))
        this.#latest.set(text, { ...latest, stored: undefined });
    }
  }

  async #purgeEarlier(purge: CollectionPlace, keyHash: Uint8Array): Promise<void> {
    const { namespace, collection } = purge;
    for (const { place, key, indexKey } of await this.#store.writersOf(purge, keyHash)) {
      const writeSet = this.#store.data(place);
      if (writeSet !== undefined)
        this.#writes.push({ type: 'put', key: dataKey(place), value: Buffer.from(withoutKey(writeSet, keyHash)) });
      this.#writes.push({ type: 'del', key: indexKey });
      if (place.block < this.#block && !this.#latest.has(keyText(namespace, collection, key)))
        this.#latest.set(keyText(namespace, collection, key), { namespace, collection, key, stored: undefined });
    }
    this.#writes.push({ type: 'del', key: writtenKey(purge, keyHash) });
  }

  /**
   * A transaction that sets a key's metadata only raises the version of its hash, so the value's version must follow, or it would look
   * stale. It does so only where value and hash agree: without that the value here is truly stale.
   */
  #raiseVersions(): void {
    for (const [text, { namespace, collection, key }] of this.#metadataKeys) {
      const known = this.#latest.get(text);
      const stored = known === undefined ? this.#store.value(namespace, collection, key) : known.stored;
      const hashed = this.#around.hashed(namespace, collection, sha256(key));
      if (stored === undefined || hashed === undefined || sameVersion(stored.version, hashed.version)) continue;
      if (!sha256(stored.value).equals(hashed.value)) continue;
      this.#latest.set(text, { namespace, collection, key, stored: { ...stored, version: hashed.version } });
    }
  }
}

function withoutKey(writeSet: Uint8Array, keyHash: Uint8Array): Uint8Array {
  const message = KVRWSet.deserializeBinary(writeSet);
  const isOther = (write: { getKey(): string }) => !sha256(write.getKey()).equals(keyHash);
  message.setWritesList(message.getWritesList().filter(isOther));
  message.setMetadataWritesList(message.getMetadataWritesList().filter(isOther));
  return message.serializeBinary();
}

function placeText({ transaction, namespace, collection }: CollectionPlace): string {
  return `${transaction.toString()}\0${namespace}\0${collection}`;
}

function keyText(namespace: string, collection: string, key: string): string {
  return `${namespace}\0${collection}\0${key}`;
}
