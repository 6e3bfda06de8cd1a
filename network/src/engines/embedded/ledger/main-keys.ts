import { u32, u64, zeroByte } from './bytes';

/** Keys of the channel's main database. The first byte says what the key is of. */
const prefix = {
  block: Buffer.from('b'),
  blockHash: Buffer.from('h'),
  transaction: Buffer.from('t'),
  state: Buffer.from('s'),
  hashedState: Buffer.from('p'),
  history: Buffer.from('y'),
  summary: Buffer.from('m'),
} as const;

const afterZeroByte = Buffer.from([1]);

/** Height, hashes of the last block, commit hash: see chain-summary. */
export const summaryKey: Buffer = prefix.summary;

export function blockKey(number: bigint | number): Buffer {
  return Buffer.concat([prefix.block, u64(number)]);
}

export function blockHashKey(hash: Uint8Array): Buffer {
  return Buffer.concat([prefix.blockHash, hash]);
}

export function transactionKey(txId: string): Buffer {
  return Buffer.concat([prefix.transaction, Buffer.from(txId)]);
}

/** A namespace never contains U+0000, so the zero byte ends it; keys follow in the order of their UTF-8 bytes. */
export function stateKey(namespace: string, key: string): Buffer {
  return Buffer.concat([prefix.state, Buffer.from(namespace), zeroByte, Buffer.from(key)]);
}

export interface KeyRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

/** Start inclusive, end exclusive; '' is unbounded. */
export function stateRange(namespace: string, start: string, end: string): KeyRange {
  return {
    gte: stateKey(namespace, start),
    lt: end === '' ? Buffer.concat([prefix.state, Buffer.from(namespace), afterZeroByte]) : stateKey(namespace, end),
  };
}

export function stateKeyName(namespace: string, bytes: Buffer): string {
  return bytes.toString('utf8', prefix.state.length + Buffer.byteLength(namespace) + 1);
}

export function hashedStateKey(namespace: string, collection: string, keyHash: Uint8Array): Buffer {
  return Buffer.concat([
    prefix.hashedState,
    Buffer.from(namespace),
    zeroByte,
    Buffer.from(collection),
    zeroByte,
    keyHash,
  ]);
}

/** The key's length stands before it, so that no key's history is within another's. */
export function historyKey(namespace: string, key: string, block: number, transaction: number): Buffer {
  return Buffer.concat([historyPrefix(namespace, key), u64(block), u32(transaction)]);
}

export function historyRange(namespace: string, key: string): KeyRange {
  const start = historyPrefix(namespace, key);
  return { gte: start, lt: Buffer.concat([start, Buffer.alloc(13, 0xff)]) };
}

export function historyPlace(bytes: Buffer): { readonly block: number; readonly transaction: number } {
  return {
    block: Number(bytes.readBigUInt64BE(bytes.length - 12)),
    transaction: bytes.readUInt32BE(bytes.length - 4),
  };
}

function historyPrefix(namespace: string, key: string): Buffer {
  const keyBytes = Buffer.from(key);
  return Buffer.concat([prefix.history, Buffer.from(namespace), zeroByte, u32(keyBytes.length), keyBytes]);
}
