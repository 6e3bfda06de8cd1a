import { ledger } from '@hyperledger/fabric-protos';

const { kvrwset } = ledger.rwset;

export type KeyRead = ledger.rwset.kvrwset.KVRead;
export type KeyWrite = ledger.rwset.kvrwset.KVWrite;
export type KeyMetadataWrite = ledger.rwset.kvrwset.KVMetadataWrite;
export type HashedRead = ledger.rwset.kvrwset.KVReadHash;
export type HashedWrite = ledger.rwset.kvrwset.KVWriteHash;
export type HashedMetadataWrite = ledger.rwset.kvrwset.KVMetadataWriteHash;
export type RangeQuery = ledger.rwset.kvrwset.RangeQueryInfo;

export interface CollectionReadWriteSet {
  readonly collection: string;
  readonly reads: readonly HashedRead[];
  readonly writes: readonly HashedWrite[];
  readonly metadataWrites: readonly HashedMetadataWrite[];
  /** SHA-256 of the private write set; undefined when there is none. */
  readonly privateHash: Uint8Array | undefined;
}

export interface NamespaceReadWriteSet {
  readonly namespace: string;
  readonly reads: readonly KeyRead[];
  readonly rangeQueries: readonly RangeQuery[];
  readonly writes: readonly KeyWrite[];
  readonly metadataWrites: readonly KeyMetadataWrite[];
  readonly collections: readonly CollectionReadWriteSet[];
}

/** @throws when the bytes are no rwset.TxReadWriteSet. */
export function parseReadWriteSet(bytes: Uint8Array): readonly NamespaceReadWriteSet[] {
  return ledger.rwset.TxReadWriteSet.deserializeBinary(bytes).getNsRwsetList().map(parseNamespace);
}

function parseNamespace(message: ledger.rwset.NsReadWriteSet): NamespaceReadWriteSet {
  const set = kvrwset.KVRWSet.deserializeBinary(message.getRwset_asU8());
  return {
    namespace: message.getNamespace(),
    reads: set.getReadsList(),
    rangeQueries: set.getRangeQueriesInfoList(),
    writes: set.getWritesList(),
    metadataWrites: set.getMetadataWritesList(),
    collections: message.getCollectionHashedRwsetList().map(parseCollection),
  };
}

function parseCollection(message: ledger.rwset.CollectionHashedReadWriteSet): CollectionReadWriteSet {
  const set = kvrwset.HashedRWSet.deserializeBinary(message.getHashedRwset_asU8());
  const hash = message.getPvtRwsetHash_asU8();
  return {
    collection: message.getCollectionName(),
    reads: set.getHashedReadsList(),
    writes: set.getHashedWritesList(),
    metadataWrites: set.getMetadataWritesList(),
    privateHash: hash.length === 0 ? undefined : hash,
  };
}

export function writesAnything(set: NamespaceReadWriteSet): boolean {
  return set.writes.length > 0 || set.metadataWrites.length > 0 || set.collections.some(writesToCollection);
}

export function writesToCollection({ writes, metadataWrites }: CollectionReadWriteSet): boolean {
  return writes.length > 0 || metadataWrites.length > 0;
}

/** A write of nothing is a deletion, whatever the flag says. */
export function isDeletion(write: KeyWrite): boolean {
  return write.getIsDelete() || write.getValue_asU8().length === 0;
}

const hashOfNothing = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');

export function isHashedDeletion(write: HashedWrite): boolean {
  const hash = write.getValueHash_asU8();
  return write.getIsDelete() || hash.length === 0 || hashOfNothing.equals(hash);
}
