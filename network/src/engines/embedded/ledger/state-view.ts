import type { Database, Snapshot } from './database';
import type { Definitions } from './definitions';
import { hashedStateKey, stateKey, stateKeyName, stateRange } from './main-keys';
import type { PrivateStore } from './private-store';
import type { PrivateStores } from './private-stores';
import { decodeStoredValue, type StoredValue } from './stored-value';

export interface StoredKeyValue extends StoredValue {
  readonly key: string;
}

/**
 * The whole state after one block: public, hashed and every organisation's private values, which are applied one after the other and
 * would else be seen half done. Kept open as long as someone reads from it.
 */
export class StateView {
  readonly definitions: Definitions;
  readonly #database: Database;
  readonly #stores: PrivateStores;
  readonly #main: Snapshot;
  readonly #private: ReadonlyMap<string, Snapshot>;
  #readers = 1;

  constructor(database: Database, stores: PrivateStores, definitions: Definitions) {
    this.#database = database;
    this.#stores = stores;
    this.definitions = definitions;
    this.#main = database.snapshot();
    this.#private = stores.snapshots();
  }

  get snapshot(): Snapshot {
    return this.#main;
  }

  acquire(): this {
    this.#readers += 1;
    return this;
  }

  release(): void {
    this.#readers -= 1;
    if (this.#readers > 0) return;
    // A snapshot is closed by its database at the latest; nothing waits for it.
    void this.#main.close();
    for (const snapshot of this.#private.values()) void snapshot.close();
  }

  get(namespace: string, key: string): StoredValue | undefined {
    return this.#read(stateKey(namespace, key));
  }

  getHashed(namespace: string, collection: string, keyHash: Uint8Array): StoredValue | undefined {
    return this.#read(hashedStateKey(namespace, collection, keyHash));
  }

  async getMany(namespace: string, keys: readonly string[]): Promise<readonly (StoredValue | undefined)[]> {
    const found = await this.#database.getMany(
      keys.map((key) => stateKey(namespace, key)),
      { snapshot: this.#main },
    );
    return found.map((bytes) => (bytes === undefined ? undefined : decodeStoredValue(bytes)));
  }

  async *range(namespace: string, start: string, end: string): AsyncGenerator<StoredKeyValue, undefined> {
    const range = stateRange(namespace, start, end);
    if (Buffer.compare(range.gte, range.lt) >= 0) return undefined;
    for await (const [key, bytes] of this.#database.iterator({ ...range, snapshot: this.#main }))
      yield { key: stateKeyName(namespace, key), ...decodeStoredValue(bytes) };
    return undefined;
  }

  privateStore(mspId: string): { readonly store: PrivateStore; readonly snapshot: Snapshot } {
    const store = this.#stores.store(mspId);
    const snapshot = this.#private.get(mspId);
    if (snapshot === undefined) throw new RangeError(`no snapshot of the private values of ${mspId}`);
    return { store, snapshot };
  }

  #read(key: Buffer): StoredValue | undefined {
    const bytes = this.#database.getSync(key, { snapshot: this.#main });
    return bytes === undefined ? undefined : decodeStoredValue(bytes);
  }
}
