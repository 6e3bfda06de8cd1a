import { u32, u64, zeroByte } from './bytes';
import type { KeyRange } from './main-keys';

/** Keys of an organisation's database of private values. The first byte says what the key is of. */
const prefix = {
  applied: Buffer.from('a'),
  transient: Buffer.from('t'),
  data: Buffer.from('d'),
  value: Buffer.from('v'),
  written: Buffer.from('x'),
  missing: Buffer.from('g'),
} as const;

const HASH_BYTES = 32;
const afterZeroByte = Buffer.from([1]);

/** A transaction's private write set of one collection. */
export interface CollectionPlace {
  readonly block: number;
  readonly transaction: number;
  readonly namespace: string;
  readonly collection: string;
}

/** Number of the blocks whose private values are in the database. */
export const appliedKey: Buffer = prefix.applied;

export function transientKey(txId: string, namespace: string, collection: string, hash: Uint8Array): Buffer {
  return Buffer.concat([prefix.transient, Buffer.from(txId), zeroByte, scope(namespace, collection), hash]);
}

export function transientRange(txId?: string): KeyRange {
  const start = txId === undefined ? prefix.transient : Buffer.concat([prefix.transient, Buffer.from(txId), zeroByte]);
  const end =
    txId === undefined ? Buffer.from('u') : Buffer.concat([prefix.transient, Buffer.from(txId), afterZeroByte]);
  return { gte: start, lt: end };
}

export function dataKey(place: CollectionPlace): Buffer {
  return Buffer.concat([prefix.data, placeBytes(place)]);
}

export function dataRange(block: number): KeyRange {
  return { gte: Buffer.concat([prefix.data, u64(block)]), lt: Buffer.concat([prefix.data, u64(block + 1)]) };
}

export function missingKey(place: CollectionPlace): Buffer {
  return Buffer.concat([prefix.missing, placeBytes(place)]);
}

export const missingRange: KeyRange = { gte: prefix.missing, lt: Buffer.from('h') };

/** Of a key that begins with one byte of prefix: data and missing. */
export function placeOf(key: Buffer): CollectionPlace {
  const separator = key.indexOf(0, 13);
  return {
    block: Number(key.readBigUInt64BE(1)),
    transaction: key.readUInt32BE(9),
    namespace: key.toString('utf8', 13, separator),
    collection: key.toString('utf8', separator + 1, key.length - 1),
  };
}

export function valueKey(namespace: string, collection: string, key: string): Buffer {
  return Buffer.concat([prefix.value, scope(namespace, collection), Buffer.from(key)]);
}

export function valueRange(namespace: string, collection: string, start: string, end: string): KeyRange {
  return {
    gte: valueKey(namespace, collection, start),
    lt:
      end === ''
        ? Buffer.concat([prefix.value, Buffer.from(namespace), zeroByte, Buffer.from(collection), afterZeroByte])
        : valueKey(namespace, collection, end),
  };
}

export function valueKeyName(namespace: string, collection: string, bytes: Buffer): string {
  return bytes.toString('utf8', 1 + scope(namespace, collection).length);
}

/** Says that the write set at `place` writes the key of this hash; so that a purge finds all of them. */
export function writtenKey(place: CollectionPlace, keyHash: Uint8Array): Buffer {
  return Buffer.concat([
    prefix.written,
    scope(place.namespace, place.collection),
    keyHash,
    u64(place.block),
    u32(place.transaction),
  ]);
}

/** Writes of a key up to and including the given place. */
export function writtenRange(place: CollectionPlace, keyHash: Uint8Array): KeyRange {
  const start = Buffer.concat([prefix.written, scope(place.namespace, place.collection), keyHash]);
  return { gte: start, lt: Buffer.concat([start, u64(place.block), u32(place.transaction + 1)]) };
}

export function writtenPlace(namespace: string, collection: string, key: Buffer): CollectionPlace {
  const start = 1 + scope(namespace, collection).length + HASH_BYTES;
  return { namespace, collection, block: Number(key.readBigUInt64BE(start)), transaction: key.readUInt32BE(start + 8) };
}

function placeBytes({ block, transaction, namespace, collection }: CollectionPlace): Buffer {
  return Buffer.concat([u64(block), u32(transaction), scope(namespace, collection)]);
}

function scope(namespace: string, collection: string): Buffer {
  return Buffer.concat([Buffer.from(namespace), zeroByte, Buffer.from(collection), zeroByte]);
}
