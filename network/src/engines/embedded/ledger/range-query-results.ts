import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './bytes';
import { versionMessage, type Version } from './version';

const { kvrwset } = ledger.rwset;

/** Fabric's own setting; it is not configurable there either. */
export const MAXIMUM_DEGREE = 50;

/**
 * What a range query has returned, for the check against phantoms: the reads themselves while they are few, the top of a Merkle tree over
 * them once they are more than the degree. Each level of the tree is hashed up when it holds more than the degree's number of hashes.
 */
export class RangeQueryResults {
  readonly #degree: number;
  readonly #levels: Buffer[][] = [];
  #pending: ledger.rwset.kvrwset.KVRead[] = [];

  constructor(degree: number) {
    this.#degree = degree;
  }

  add(key: string, version: Version): void {
    const read = new kvrwset.KVRead();
    read.setKey(key);
    read.setVersion(versionMessage(version));
    this.#pending.push(read);
    if (this.#pending.length > this.#degree) this.#hashPending();
  }

  /** Completes `info`; nothing is set when there were no results. */
  finish(info: ledger.rwset.kvrwset.RangeQueryInfo): void {
    if (this.#levels.length === 0) {
      if (this.#pending.length === 0) return;
      const reads = new kvrwset.QueryReads();
      reads.setKvReadsList(this.#pending);
      info.setRawReads(reads);
      return;
    }
    if (this.#pending.length > 0) this.#hashPending();
    this.#complete();
    const summary = new kvrwset.QueryReadsMerkleSummary();
    summary.setMaxDegree(this.#degree);
    summary.setMaxLevel(this.#levels.length);
    summary.setMaxLevelHashesList(this.#levels.at(-1) ?? []);
    info.setReadsMerkleHashes(summary);
  }

  #hashPending(): void {
    const reads = new kvrwset.QueryReads();
    reads.setKvReadsList(this.#pending);
    this.#pending = [];
    this.#addHash(0, sha256(reads.serializeBinary()));
  }

  #addHash(level: number, hash: Buffer): void {
    const hashes = (this.#levels[level] ??= []);
    hashes.push(hash);
    if (hashes.length <= this.#degree) return;
    this.#levels[level] = [];
    this.#addHash(level + 1, sha256(...hashes));
  }

  /** Carries what is left on the lower levels to the top, a lone hash as it is. */
  #complete(): void {
    for (let level = 0; level < this.#levels.length - 1; level += 1) {
      const hashes = this.#levels[level] ?? [];
      const [first] = hashes;
      if (first === undefined) continue;
      this.#levels[level] = [];
      this.#levels[level + 1]?.push(hashes.length === 1 ? first : sha256(...hashes));
    }
    const top = this.#levels.at(-1) ?? [];
    if (top.length <= this.#degree) return;
    this.#levels[this.#levels.length - 1] = [];
    this.#levels.push([sha256(...top)]);
  }
}
