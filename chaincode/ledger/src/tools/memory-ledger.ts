import type { Collection } from '@kessai/interface';
import { HeldPages } from '../kernel/held-pages';
import type { Entry, RangeReader, Reader, StateKey, StoredWrite } from '../kernel/state';

interface Versioned {
  readonly entry: Entry;
  readonly version: number;
}

/** What a simulation saw, key by key: checked again when it commits. */
export interface ReadSet {
  readonly versions: ReadonlyMap<StateKey, number>;
}

/**
 * A ledger in memory behind the same port as Fabric's: reads see the last committed state, a commit whose reads are stale is refused.
 * Its order of keys is that of code units, as LevelDB's is of bytes; keys are ASCII.
 */
export class MemoryLedger {
  readonly #state = new Map<Collection, Map<string, Versioned>>();
  /** Collections in the order of their keys, as long as nothing is written to them. */
  readonly #sorted = new Map<Collection, readonly Entry[]>();
  #version = 0;
  /** What the process that reads it keeps of it. Another one in its place: the process was started anew. */
  held = new HeldPages();
  /** Rounds of reading since the ledger was made: a measure of what a handler costs. */
  rounds = 0;
  /** Keys that were read. */
  keysRead = 0;
  /** Values that range reads have given: the other half of that measure. */
  scanned = 0;

  simulate(): { readonly reader: RangeReader; readonly readSet: ReadSet } {
    const versions = new Map<StateKey, number>();
    const read: Reader['read'] = (keys) => {
      this.rounds += 1;
      this.keysRead += keys.length;
      return Promise.resolve(
        keys.map((key) => {
          const found = this.#found(key);
          versions.set(key, found?.version ?? 0);
          return found?.entry.value;
        }),
      );
    };
    const reader: RangeReader = {
      read,
      scan: (collection, prefix, from) => this.#scan(collection, prefix, from),
      pageAccess: { held: this.held, reading: 'what is not held' },
    };
    return { reader, readSet: { versions } };
  }

  /** Applies the writes, all or none. False: something that was read has changed since (MVCC). */
  commit(readSet: ReadSet, writes: readonly StoredWrite[]): boolean {
    for (const [key, version] of readSet.versions) {
      if ((this.#found(key)?.version ?? 0) !== version) return false;
    }
    this.#version += 1;
    const written = new Set<string>();
    for (const write of writes) {
      const name = nameOf(write);
      if (written.has(name)) throw new Error(`A decision writes ${write.key} twice`);
      written.add(name);
      this.#write(write);
    }
    return true;
  }

  /** Everything of one collection, in the order of its keys: what a peer of a member stores. An entry is the same until it is written. */
  contents(collection: Collection): readonly Entry[] {
    const known = this.#sorted.get(collection);
    if (known) return known;
    const sorted = [...(this.#state.get(collection)?.values() ?? [])]
      .map(({ entry }) => entry)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#sorted.set(collection, sorted);
    return sorted;
  }

  /** Takes over all that stands on another ledger, in place of what stood on this one. */
  takeOver(other: MemoryLedger): void {
    this.#state.clear();
    this.#sorted.clear();
    for (const [collection, entries] of other.#state) this.#state.set(collection, new Map(entries));
    for (const [collection, sorted] of other.#sorted) this.#sorted.set(collection, sorted);
    this.#version = other.#version;
  }

  #found({ collection, key }: StateKey): Versioned | undefined {
    return this.#state.get(collection)?.get(key);
  }

  #write({ collection, key, value }: StoredWrite): void {
    const entries = this.#state.get(collection) ?? new Map<string, Versioned>();
    this.#state.set(collection, entries);
    this.#sorted.delete(collection);
    if (value === undefined) entries.delete(key);
    else entries.set(key, { entry: { key, value }, version: this.#version });
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
