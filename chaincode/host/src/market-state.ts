import { type Collection, inboxOwner, operatorsCollection, publicState } from '@kessai/interface';
import type {
  CycleDecision,
  Entry,
  FoundedCollection,
  HeldPages,
  RangeReader,
  StateKey,
  StoredWrite,
} from '@kessai/ledger';
import { allSettled } from './all-settled';
import { Blinding } from './blinding';
import type { PeerState, StateRecord } from './peer-state';

/** Where a collection keeps its secret. Every other key of a collection ends in a blinding, so none is equal to it. */
const secretKey = 'secret';
/** Above every character of a key, below every character that no key holds. */
const afterAnyKey = '\u007f';

export type MarketStateErrorCode =
  'CollectionNotFounded' | 'CollectionFounded' | 'SecretMalformed' | 'KeyForeign' | 'KeyWrittenTwice';

/** State or a decision that breaks what this package relies on. It tells the collection, never a key or a value. */
export class MarketStateError extends Error {
  override readonly name = 'MarketStateError';

  constructor(
    readonly code: MarketStateErrorCode,
    readonly collection: Collection,
  ) {
    super(`${code} in collection "${collection}"`);
  }
}

/** The state of the market as one transaction sees it: logical keys and values, whatever Fabric stores of them. */
export class MarketState implements RangeReader {
  readonly #peer: PeerState;
  readonly #txId: string;
  /** Kept for this transaction only: a collection's secret is state, and another transaction may see another. */
  readonly #blindings = new Map<Collection, Blinding | undefined>();

  readonly pageAccess: RangeReader['pageAccess'];

  /** @param held what the process keeps of full pages; undefined: nothing. */
  constructor(peer: PeerState, txId: string, held?: HeldPages) {
    this.#peer = peer;
    this.#txId = txId;
    this.pageAccess = held && { held, reading: 'what is not held' };
  }

  async read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]> {
    const wanted = new Map<Collection, Set<string>>();
    for (const { collection, key } of keys) {
      const names = wanted.get(collection);
      if (names) names.add(key);
      else wanted.set(collection, new Set([key]));
    }
    await this.#learnBlindings(wanted.keys());
    const found = new Map<Collection, ReadonlyMap<string, string | undefined>>();
    await allSettled(
      [...wanted].map(async ([collection, names]) => {
        found.set(collection, await this.#readCollection(collection, [...names]));
      }),
    );
    return keys.map(({ collection, key }) => found.get(collection)?.get(key));
  }

  async *scan(collection: Collection, prefix: string, from = ''): AsyncIterable<Entry> {
    // A blinded key is never smaller than its logical key, so nothing from there on is left out.
    const range = () => this.#peer.range(collection, prefix + from, prefix + afterAnyKey);
    if (collection === publicState) {
      yield* range();
      return;
    }
    await this.#learnBlindings([collection]);
    const blinding = this.#blindings.get(collection);
    if (!blinding) return;
    const entries: Entry[] = [];
    for await (const { key, value } of range()) {
      const logicalKey = blinding.logicalKey(key);
      if (logicalKey === undefined) throw new MarketStateError('KeyForeign', collection);
      entries.push({ key: logicalKey, value: Blinding.plainValue(value) });
    }
    // With its blinding a key sorts behind those that it begins; logically it stands before them.
    entries.sort((a, b) => compare(a.key, b.key));
    yield* entries;
  }

  /**
   * Writes what a cycle has decided, in the order of the keys. Collections that begin with it get secrets that are made from the operators'.
   * @throws MarketStateError
   */
  async apply({ writes, founded }: Pick<CycleDecision, 'writes' | 'founded'>): Promise<void> {
    await this.#learnBlindings([operatorsCollection, ...founded]);
    const operators = this.#blindings.get(operatorsCollection);
    if (!operators) throw new MarketStateError('CollectionNotFounded', operatorsCollection);
    await this.found(
      founded.map((collection) => ({ collection, secret: operators.secretOf(collection) })),
      writes,
    );
  }

  /** The same where the secrets of the collections are given. @throws MarketStateError */
  async found(secrets: readonly FoundedCollection[], writes: readonly StoredWrite[]): Promise<void> {
    await this.#learnBlindings([...secrets, ...writes].map(({ collection }) => collection));
    const records: StateRecord[] = [];
    for (const { collection, secret } of secrets) {
      if (this.#blindings.get(collection)) throw new MarketStateError('CollectionFounded', collection);
      this.#blindings.set(collection, blindingOf(collection, secret));
      records.push({ collection, key: secretKey, value: secret });
    }
    for (const write of writes) records.push(this.#recordOf(write));
    await this.#write(records);
  }

  /** Writes what a member seals. Nothing is read: its key occurs once, and its salt is the sender's own. */
  async seal(writes: readonly StoredWrite[]): Promise<void> {
    await this.#write(writes);
  }

  async #write(records: readonly StateRecord[]): Promise<void> {
    const sorted = [...records].sort((a, b) => compare(a.collection, b.collection) || compare(a.key, b.key));
    sorted.forEach(({ collection, key }, index) => {
      const before = sorted[index - 1];
      if (before?.collection === collection && before.key === key)
        throw new MarketStateError('KeyWrittenTwice', collection);
    });
    await this.#peer.writeAll(sorted);
  }

  #recordOf({ collection, key, value }: StoredWrite): StateRecord {
    if (collection === publicState) return { collection, key, value };
    const blinding = this.#blindings.get(collection);
    if (!blinding) throw new MarketStateError('CollectionNotFounded', collection);
    return {
      collection,
      key: blinding.key(key),
      value: value === undefined ? undefined : blinding.value(this.#txId, key, value),
    };
  }

  async #readCollection(
    collection: Collection,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, string | undefined>> {
    if (collection === publicState) return zip(names, await this.#peer.getMany(collection, names));
    // One by one the peer tells what it has not received yet from what was never sealed.
    if (isInbox(collection)) {
      return zip(names, await allSettled(names.map(async (name) => this.#peer.get(collection, name))));
    }
    const blinding = this.#blindings.get(collection);
    // Nothing can have been written to a collection before it was founded.
    if (!blinding) return new Map();
    const values = await this.#peer.getMany(
      collection,
      names.map((name) => blinding.key(name)),
    );
    return zip(
      names,
      values.map((value) => (value === undefined ? undefined : Blinding.plainValue(value))),
    );
  }

  /**
   * Reads the secrets of the private collections that this transaction has not read yet. By it a peer that does not hold a collection
   * is found out: its ranges, and its answers to many keys at once, would only be empty.
   */
  async #learnBlindings(collections: Iterable<Collection>): Promise<void> {
    const unknown = [...new Set(collections)].filter(
      (name) => name !== publicState && !isInbox(name) && !this.#blindings.has(name),
    );
    await allSettled(
      unknown.map(async (collection) => {
        const secret = await this.#peer.get(collection, secretKey);
        this.#blindings.set(collection, secret === undefined ? undefined : blindingOf(collection, secret));
      }),
    );
  }
}

function isInbox(collection: Collection): boolean {
  return inboxOwner(collection) !== undefined;
}

function blindingOf(collection: Collection, secret: string): Blinding {
  try {
    return new Blinding(secret);
  } catch {
    throw new MarketStateError('SecretMalformed', collection);
  }
}

function zip(
  names: readonly string[],
  values: readonly (string | undefined)[],
): ReadonlyMap<string, string | undefined> {
  return new Map(names.map((name, index) => [name, values[index]]));
}

/** The order of code units, which for the ASCII of keys is that of bytes. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
