import type { Collection } from '@kessai/interface';
import type { Entry, RangeReader, Reader, StateKey, StoredWrite } from '../kernel/state';

interface Versioned {
  readonly value: string;
  readonly version: number;
}

/** What a simulation saw: checked again when it commits. */
export interface ReadSet {
  readonly versions: ReadonlyMap<string, number>;
}

/**
 * A ledger in memory behind the same port as Fabric's: reads see the last committed state, a commit whose reads are stale is refused.
 * Its order of keys is that of code units, as LevelDB's is of bytes; keys are ASCII.
 */
export class MemoryLedger {
  readonly #state = new Map<string, Versioned>();
  #version = 0;
  /** Rounds of reading since the ledger was made: a measure of what a handler costs. */
  rounds = 0;
  /** Values that range reads have given: the other half of that measure. */
  scanned = 0;

  simulate(): { readonly reader: RangeReader; readonly readSet: ReadSet } {
    const versions = new Map<string, number>();
    const read: Reader['read'] = (keys) => {
      this.rounds += 1;
      return Promise.resolve(
        keys.map((key) => {
          const name = nameOf(key);
          const found = this.#state.get(name);
          versions.set(name, found?.version ?? 0);
          return found?.value;
        }),
      );
    };
    const reader: RangeReader = { read, scan: (collection, prefix, from) => this.#scan(collection, prefix, from) };
    return { reader, readSet: { versions } };
  }

  /** Applies the writes, all or none. False: something that was read has changed since (MVCC). */
  commit(readSet: ReadSet, writes: readonly StoredWrite[]): boolean {
    for (const [name, version] of readSet.versions) {
      if ((this.#state.get(name)?.version ?? 0) !== version) return false;
    }
    this.#version += 1;
    const written = new Set<string>();
    for (const write of writes) {
      const name = nameOf(write);
      if (written.has(name)) throw new Error(`A decision writes ${write.key} twice`);
      written.add(name);
      if (write.value === undefined) this.#state.delete(name);
      else this.#state.set(name, { value: write.value, version: this.#version });
    }
    return true;
  }

  /** Everything of one collection: what a peer of a member stores. */
  contents(collection: Collection): readonly Entry[] {
    const prefix = nameOf({ collection, key: '' });
    return [...this.#state]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { value }]) => ({ key: name.slice(prefix.length), value }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async *#scan(collection: Collection, prefix: string, from = ''): AsyncIterable<Entry> {
    this.rounds += 1;
    await Promise.resolve();
    for (const entry of this.contents(collection)) {
      if (!entry.key.startsWith(prefix) || entry.key < prefix + from) continue;
      this.scanned += 1;
      yield entry;
    }
  }
}

function nameOf({ collection, key }: StateKey): string {
  return `${collection}\0${key}`;
}
