import { ledger } from '@hyperledger/fabric-protos';
import { compareUtf8 } from './bytes';
import { RangeQueryResults } from './range-query-results';
import type { CollectionReadWriteSet, KeyRead, NamespaceReadWriteSet, RangeQuery } from './read-write-set';
import type { StateAddress, StateChange, StateChanges, StateReader } from './state-changes';
import { code } from './validation-code';
import { sameVersion, versionOf, type Version } from './version';

const { kvrwset } = ledger.rwset;

interface VersionedKey {
  readonly key: string;
  readonly version: Version;
}

/** Committed public keys of a namespace from `start` on, in order. */
export type KeyScanner = (namespace: string, start: string) => AsyncIterable<VersionedKey>;

/** Whether what a transaction has read still stands: after the last block, and after the valid transactions before it in its own. */
export class StateValidation {
  readonly #committed: StateReader;
  readonly #scan: KeyScanner;
  readonly #changes: StateChanges;

  constructor(committed: StateReader, scan: KeyScanner, changes: StateChanges) {
    this.#committed = committed;
    this.#scan = scan;
    this.#changes = changes;
  }

  async check(sets: readonly NamespaceReadWriteSet[]): Promise<number> {
    for (const set of sets) {
      if (!set.reads.every((read) => this.#stands(set.namespace, read))) return code.MVCC_READ_CONFLICT;
      for (const query of set.rangeQueries) {
        if (!(await this.#rangeStands(set.namespace, query))) return code.PHANTOM_READ_CONFLICT;
      }
      if (!set.collections.every((collection) => this.#hashedReadsStand(set.namespace, collection)))
        return code.MVCC_READ_CONFLICT;
    }
    return code.VALID;
  }

  #stands(namespace: string, read: KeyRead): boolean {
    return this.#isUnchanged({ namespace, collection: '', key: read.getKey() }, versionOf(read.getVersion()));
  }

  #hashedReadsStand(namespace: string, { collection, reads }: CollectionReadWriteSet): boolean {
    return reads.every((read) => {
      const key = Buffer.from(read.getKeyHash_asU8()).toString('hex');
      return this.#isUnchanged({ namespace, collection, key }, versionOf(read.getVersion()));
    });
  }

  #isUnchanged(address: StateAddress, version: Version | undefined): boolean {
    return this.#changes.get(address) === undefined && sameVersion(this.#committed(address)?.version, version);
  }

  async #rangeStands(namespace: string, query: RangeQuery): Promise<boolean> {
    const recorded = query.getReadsMerkleHashes();
    if (recorded !== undefined && recorded.getMaxDegree() < 2) return false;
    // The same results give the same summary, whether it lists them or is the top of a tree of hashes.
    const results = new RangeQueryResults(recorded?.getMaxDegree() ?? Number.MAX_SAFE_INTEGER);
    for await (const { key, version } of this.#rangeNow(namespace, query)) results.add(key, version);
    const now = new kvrwset.RangeQueryInfo();
    results.finish(now);
    return sameResults(query, now);
  }

  /** The query's range over the committed state with the block's changes so far laid over it. */
  async *#rangeNow(namespace: string, query: RangeQuery): AsyncGenerator<VersionedKey> {
    const start = query.getStartKey();
    const end = query.getEndKey();
    // A query that was not read to its end reaches up to and including the last key that was seen.
    const isWithin = (key: string) =>
      end === '' || compareUtf8(key, end) < 0 || (key === end && !query.getItrExhausted());
    const changed = this.#changes
      .changesIn(namespace)
      .filter(({ address: { key } }) => compareUtf8(key, start) >= 0 && isWithin(key))
      .sort((left, right) => compareUtf8(left.address.key, right.address.key));
    let next = 0;
    for await (const committed of this.#scan(namespace, start)) {
      if (!isWithin(committed.key)) break;
      for (;;) {
        const change = changed[next];
        if (change === undefined || compareUtf8(change.address.key, committed.key) >= 0) break;
        yield* present(change);
        next += 1;
      }
      const change = changed[next];
      if (change?.address.key !== committed.key) yield committed;
      else {
        yield* present(change);
        next += 1;
      }
    }
    for (const change of changed.slice(next)) yield* present(change);
  }
}

function* present({ address, value, version }: StateChange): Generator<VersionedKey> {
  if (value !== undefined) yield { key: address.key, version };
}

function sameResults(recorded: RangeQuery, now: RangeQuery): boolean {
  const left = recorded.getReadsMerkleHashes();
  const right = now.getReadsMerkleHashes();
  if (left !== undefined)
    return right !== undefined && Buffer.compare(left.serializeBinary(), right.serializeBinary()) === 0;
  const before = recorded.getRawReads()?.getKvReadsList() ?? [];
  const after = now.getRawReads()?.getKvReadsList() ?? [];
  return (
    before.length === after.length &&
    before.every((read, index) => {
      const other = after[index];
      return (
        read.getKey() === other?.getKey() && sameVersion(versionOf(read.getVersion()), versionOf(other.getVersion()))
      );
    })
  );
}
