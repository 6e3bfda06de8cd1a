import { ledger } from '@hyperledger/fabric-protos';
import type { SimulationResult } from '../ports';
import { compareUtf8, sha256, sortedByUtf8 } from './bytes';
import { versionMessage, type Version } from './version';

const { rwset } = ledger;
const { kvrwset } = ledger.rwset;

export type Metadata = ReadonlyMap<string, Uint8Array>;

interface PublicSet {
  readonly reads: Map<string, ledger.rwset.kvrwset.KVRead>;
  readonly writes: Map<string, ledger.rwset.kvrwset.KVWrite>;
  readonly metadataWrites: Map<string, ledger.rwset.kvrwset.KVMetadataWrite>;
  readonly rangeQueries: Map<string, ledger.rwset.kvrwset.RangeQueryInfo>;
  readonly collections: Map<string, HashedSet>;
}

/** By plain key, for that is the order in which Fabric lists the hashes. */
interface HashedSet {
  readonly reads: Map<string, ledger.rwset.kvrwset.KVReadHash>;
  readonly writes: Map<string, ledger.rwset.kvrwset.KVWriteHash>;
  readonly metadataWrites: Map<string, ledger.rwset.kvrwset.KVMetadataWriteHash>;
  privateHash: Uint8Array | undefined;
}

interface PrivateSet {
  readonly writes: Map<string, ledger.rwset.kvrwset.KVWrite>;
  readonly metadataWrites: Map<string, ledger.rwset.kvrwset.KVMetadataWrite>;
}

/** Collects what a simulation reads and writes, and makes Fabric's messages of it: the last write of a key counts, all lists sorted. */
export class ReadWriteSetBuilder {
  readonly #public = new Map<string, PublicSet>();
  readonly #private = new Map<string, Map<string, PrivateSet>>();

  read(namespace: string, key: string, version: Version | undefined): void {
    const read = new kvrwset.KVRead();
    read.setKey(key);
    read.setVersion(versionMessage(version));
    this.#publicSet(namespace).reads.set(key, read);
  }

  write(namespace: string, key: string, value: Uint8Array): void {
    this.#publicSet(namespace).writes.set(key, keyWrite(key, value));
  }

  writeMetadata(namespace: string, key: string, metadata: Metadata): void {
    const write = new kvrwset.KVMetadataWrite();
    write.setKey(key);
    write.setEntriesList(metadataEntries(metadata));
    this.#publicSet(namespace).metadataWrites.set(key, write);
  }

  /** The first query of the same bounds and exhaustion counts. */
  rangeQuery(namespace: string, info: ledger.rwset.kvrwset.RangeQueryInfo): void {
    const queries = this.#publicSet(namespace).rangeQueries;
    const key = JSON.stringify([info.getStartKey(), info.getEndKey(), info.getItrExhausted()]);
    if (!queries.has(key)) queries.set(key, info);
  }

  readHashed(namespace: string, collection: string, key: string, version: Version | undefined): void {
    const read = new kvrwset.KVReadHash();
    read.setKeyHash(sha256(key));
    read.setVersion(versionMessage(version));
    this.#hashedSet(namespace, collection).reads.set(key, read);
  }

  writePrivate(namespace: string, collection: string, key: string, value: Uint8Array, purge = false): void {
    this.#privateSet(namespace, collection).writes.set(key, keyWrite(key, value));
    const write = new kvrwset.KVWriteHash();
    write.setKeyHash(sha256(key));
    if (value.length === 0) write.setIsDelete(true);
    else write.setValueHash(sha256(value));
    write.setIsPurge(purge);
    this.#hashedSet(namespace, collection).writes.set(key, write);
  }

  writePrivateMetadata(namespace: string, collection: string, key: string, metadata: Metadata): void {
    // The private part names the key only, so that whoever holds the value learns that its version rises.
    const mention = new kvrwset.KVMetadataWrite();
    mention.setKey(key);
    this.#privateSet(namespace, collection).metadataWrites.set(key, mention);
    const write = new kvrwset.KVMetadataWriteHash();
    write.setKeyHash(sha256(key));
    write.setEntriesList(metadataEntries(metadata));
    this.#hashedSet(namespace, collection).metadataWrites.set(key, write);
  }

  build(): SimulationResult {
    const privateResults = this.#buildPrivate();
    const message = new rwset.TxReadWriteSet();
    message.setDataModel(rwset.TxReadWriteSet.DataModel.KV);
    message.setNsRwsetList(sortedByUtf8(this.#public).map(([namespace, set]) => publicMessage(namespace, set)));
    return { publicResults: message.serializeBinary(), privateResults };
  }

  #buildPrivate(): Uint8Array | undefined {
    if (this.#private.size === 0) return undefined;
    const message = new rwset.TxPvtReadWriteSet();
    message.setDataModel(rwset.TxReadWriteSet.DataModel.KV);
    for (const [namespace, collections] of sortedByUtf8(this.#private)) {
      const namespaceMessage = message.addNsPvtRwset();
      namespaceMessage.setNamespace(namespace);
      for (const [collection, set] of sortedByUtf8(collections)) {
        const bytes = privateMessage(set).serializeBinary();
        const collectionMessage = namespaceMessage.addCollectionPvtRwset();
        collectionMessage.setCollectionName(collection);
        collectionMessage.setRwset(bytes);
        this.#hashedSet(namespace, collection).privateHash = sha256(bytes);
      }
    }
    return message.serializeBinary();
  }

  #publicSet(namespace: string): PublicSet {
    let set = this.#public.get(namespace);
    if (set === undefined) {
      set = {
        reads: new Map(),
        writes: new Map(),
        metadataWrites: new Map(),
        rangeQueries: new Map(),
        collections: new Map(),
      };
      this.#public.set(namespace, set);
    }
    return set;
  }

  #hashedSet(namespace: string, collection: string): HashedSet {
    const { collections } = this.#publicSet(namespace);
    let set = collections.get(collection);
    if (set === undefined) {
      set = { reads: new Map(), writes: new Map(), metadataWrites: new Map(), privateHash: undefined };
      collections.set(collection, set);
    }
    return set;
  }

  #privateSet(namespace: string, collection: string): PrivateSet {
    let collections = this.#private.get(namespace);
    if (collections === undefined) {
      collections = new Map();
      this.#private.set(namespace, collections);
    }
    let set = collections.get(collection);
    if (set === undefined) {
      set = { writes: new Map(), metadataWrites: new Map() };
      collections.set(collection, set);
    }
    return set;
  }
}

function publicMessage(namespace: string, set: PublicSet): ledger.rwset.NsReadWriteSet {
  const keyValues = new kvrwset.KVRWSet();
  keyValues.setReadsList(sortedValues(set.reads));
  keyValues.setRangeQueriesInfoList([...set.rangeQueries.values()]);
  keyValues.setWritesList(sortedValues(set.writes));
  keyValues.setMetadataWritesList(sortedValues(set.metadataWrites));
  const message = new rwset.NsReadWriteSet();
  message.setNamespace(namespace);
  message.setRwset(keyValues.serializeBinary());
  message.setCollectionHashedRwsetList(
    sortedByUtf8(set.collections).map(([collection, hashed]) => hashedMessage(collection, hashed)),
  );
  return message;
}

function hashedMessage(collection: string, set: HashedSet): ledger.rwset.CollectionHashedReadWriteSet {
  const hashed = new kvrwset.HashedRWSet();
  hashed.setHashedReadsList(sortedValues(set.reads));
  hashed.setHashedWritesList(sortedValues(set.writes));
  hashed.setMetadataWritesList(sortedValues(set.metadataWrites));
  const message = new rwset.CollectionHashedReadWriteSet();
  message.setCollectionName(collection);
  message.setHashedRwset(hashed.serializeBinary());
  if (set.privateHash !== undefined) message.setPvtRwsetHash(set.privateHash);
  return message;
}

function privateMessage(set: PrivateSet): ledger.rwset.kvrwset.KVRWSet {
  const message = new kvrwset.KVRWSet();
  message.setWritesList(sortedValues(set.writes));
  message.setMetadataWritesList(sortedValues(set.metadataWrites));
  return message;
}

function keyWrite(key: string, value: Uint8Array): ledger.rwset.kvrwset.KVWrite {
  const write = new kvrwset.KVWrite();
  write.setKey(key);
  if (value.length === 0) write.setIsDelete(true);
  else write.setValue(value);
  return write;
}

function metadataEntries(metadata: Metadata): ledger.rwset.kvrwset.KVMetadataEntry[] {
  return sortedByUtf8(metadata).map(([name, value]) => {
    const entry = new kvrwset.KVMetadataEntry();
    entry.setName(name);
    entry.setValue(value);
    return entry;
  });
}

function sortedValues<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([left], [right]) => compareUtf8(left, right)).map(([, value]) => value);
}
