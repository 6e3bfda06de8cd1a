import { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf } from '../../../channel';
import { envelopesOf } from './block';
import { u32, u64 } from './bytes';
import { writeDurably, type Database, type Write } from './database';
import { blockHashKey, blockKey, summaryKey, transactionKey } from './main-keys';

const HASH_BYTES = 32;
const CACHED_BLOCKS = 64;

/** Where the chain ends. */
export interface ChainSummary {
  readonly height: number;
  readonly blockHash: Uint8Array;
  readonly previousHash: Uint8Array;
  /** Empty before block 1. */
  readonly commitHash: Uint8Array;
}

export interface TransactionPlace {
  readonly block: number;
  readonly index: number;
  readonly validationCode: number;
}

/** Blocks and their indexes in the main database. */
export class ChainStore {
  readonly #database: Database;
  readonly #recent = new Map<number, common.Block>();

  constructor(database: Database) {
    this.#database = database;
  }

  async summary(): Promise<ChainSummary | undefined> {
    const bytes = await this.#database.get(summaryKey);
    if (bytes === undefined) return undefined;
    const hashes = bytes.subarray(8);
    const previousHash = hashes.subarray(HASH_BYTES, 2 * HASH_BYTES);
    const height = Number(bytes.readBigUInt64BE());
    return {
      height,
      blockHash: hashes.subarray(0, HASH_BYTES),
      // Block 0 has no block before it; its place is kept, so that the commit hash stands where it always does.
      previousHash: height === 1 ? new Uint8Array() : previousHash,
      commitHash: hashes.subarray(2 * HASH_BYTES),
    };
  }

  async block(number: number): Promise<common.Block | undefined> {
    const recent = this.#recent.get(number);
    if (recent !== undefined) return recent;
    const bytes = await this.#database.get(blockKey(number));
    if (bytes === undefined) return undefined;
    const block = common.Block.deserializeBinary(bytes);
    this.#remember(number, block);
    return block;
  }

  async blockByHash(hash: Uint8Array): Promise<common.Block | undefined> {
    const number = await this.#database.get(blockHashKey(hash));
    return number === undefined ? undefined : this.block(Number(number.readBigUInt64BE()));
  }

  hasTransaction(txId: string): boolean {
    return this.transactionPlace(txId) !== undefined;
  }

  transactionPlace(txId: string): TransactionPlace | undefined {
    const bytes = this.#database.getSync(transactionKey(txId));
    if (bytes === undefined) return undefined;
    return {
      block: Number(bytes.readBigUInt64BE()),
      index: bytes.readUInt32BE(8),
      validationCode: bytes.readUInt8(12),
    };
  }

  /** The block, its indexes, the new end of the chain and `others`, in one durable write. Returns the new end. */
  async append(
    block: common.Block,
    transactions: readonly { readonly txId: string; readonly validationCode: number }[],
    newCommitHash: Uint8Array,
    others: readonly Write[],
  ): Promise<ChainSummary> {
    const header = headerOf(block);
    const number = header.getNumber();
    const summary = {
      height: number + 1,
      blockHash: headerHash(header),
      previousHash: header.getPreviousHash_asU8(),
      commitHash: newCommitHash,
    };
    await writeDurably(this.#database, [
      { type: 'put', key: blockKey(number), value: Buffer.from(block.serializeBinary()) },
      { type: 'put', key: blockHashKey(summary.blockHash), value: u64(number) },
      ...this.#transactionIndex(number, transactions),
      ...others,
      { type: 'put', key: summaryKey, value: encodeSummary(summary) },
    ]);
    this.#remember(number, block);
    return summary;
  }

  /** The first envelope with a transaction id is the one that the id leads to. */
  #transactionIndex(
    block: number,
    transactions: readonly { readonly txId: string; readonly validationCode: number }[],
  ): readonly Write[] {
    const writes = new Map<string, Write>();
    for (const [index, { txId, validationCode }] of transactions.entries()) {
      if (txId === '' || writes.has(txId) || this.hasTransaction(txId)) continue;
      const value = Buffer.concat([u64(block), u32(index), Buffer.from([validationCode])]);
      writes.set(txId, { type: 'put', key: transactionKey(txId), value });
    }
    return [...writes.values()];
  }

  #remember(number: number, block: common.Block): void {
    this.#recent.set(number, block);
    if (this.#recent.size <= CACHED_BLOCKS) return;
    const oldest = this.#recent.keys().next();
    if (oldest.done !== true) this.#recent.delete(oldest.value);
  }
}

export function envelopeAt(block: common.Block, index: number): common.Envelope {
  return common.Envelope.deserializeBinary(envelopesOf(block)[index] ?? new Uint8Array());
}

function encodeSummary({ height, blockHash, previousHash, commitHash }: ChainSummary): Buffer {
  const previous = previousHash.length === 0 ? Buffer.alloc(HASH_BYTES) : previousHash;
  return Buffer.concat([u64(height), blockHash, previous, commitHash]);
}
