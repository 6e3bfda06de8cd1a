import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './bytes';
import {
  isDeletion,
  isHashedDeletion,
  type CollectionReadWriteSet,
  type HashedWrite,
  type KeyWrite,
} from './read-write-set';

const { KVRWSet } = ledger.rwset.kvrwset;

/**
 * Whether a private write set (kvrwset.KVRWSet, serialised) says what the hashed writes that were endorsed say: all of it, a part of it as
 * after a purge, or anything else. The hash of the whole set that a transaction carries is not enough, for it is no part of what
 * validation compares with the writes.
 */
export function agreement(writeSet: Uint8Array, set: CollectionReadWriteSet): 'whole' | 'part' | 'none' {
  const message = KVRWSet.deserializeBinary(writeSet);
  const writes = message.getWritesList();
  const metadataKeys = message.getMetadataWritesList().map((write) => hashOf(write.getKey()));
  const hashedWrites = new Map(set.writes.map((write) => [hex(write.getKeyHash_asU8()), write]));
  const hashedMetadata = new Set(set.metadataWrites.map((write) => hex(write.getKeyHash_asU8())));
  const isUnambiguous =
    hashedWrites.size === set.writes.length && new Set(writes.map((write) => write.getKey())).size === writes.length;
  const agrees =
    isUnambiguous &&
    writes.every((write) => isSame(write, hashedWrites.get(hashOf(write.getKey())))) &&
    metadataKeys.every((key) => hashedMetadata.has(key));
  if (!agrees) return 'none';
  return writes.length === set.writes.length && metadataKeys.length === hashedMetadata.size ? 'whole' : 'part';
}

function isSame(write: KeyWrite, hashed: HashedWrite | undefined): boolean {
  if (hashed === undefined) return false;
  if (isDeletion(write) || isHashedDeletion(hashed)) return isDeletion(write) && isHashedDeletion(hashed);
  return sha256(write.getValue_asU8()).equals(hashed.getValueHash_asU8());
}

function hashOf(key: string): string {
  return sha256(key).toString('hex');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
