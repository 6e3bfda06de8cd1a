import {
  type Collection,
  boardCollection,
  collectionOf,
  list,
  object,
  operatorsCollection,
  publicState,
  text,
} from '@kessai/interface';
import { type Market, type Policy, cycleCodec } from '../reference';
import { ownsCollection } from './advices';
import { type Reader, type Ref, type StateKey, type StoredWrite, load, put, stored, table } from './state';

/** Keys that a cycle writes and none reads: the advices, the journal, new trades, where they stand, orders that have ended. */
const freshKeys = 5;

const directoryCodec = object({ keys: list(text({ maxLength: 500 }), { max: 2_000 }) });
type Directory = Ref<{ readonly keys: readonly string[] }>;
const directories = table('cover', directoryCodec);

/** What stands in for keys that there are not. */
const blanks = table('cover-blank', object({ cycle: cycleCodec }));
const blankBeginning = 'cover-blank/';

interface Covered {
  readonly collection: Collection;
  readonly directory: Directory;
  /** What every cycle reads and writes: what cycles used last, and blanks. */
  readonly keys: readonly string[];
  /** What this cycle's instructions read. */
  readonly asked: Set<string>;
}

/**
 * Makes cycles alike to those who see only blocks. A block shows how many keys a transaction read and wrote in which collection, and hashes
 * by which a key is known again. So every cycle reads and writes the same keys in every collection, as many as the market's policy says:
 * those that were used last, changed or not, and blanks as long as there are fewer. By its salt each value has a new hash in every
 * transaction. Keys that are written once are filled up with blanks too.
 */
export class Cover implements Reader {
  readonly #source: Reader;
  readonly #size: number;
  readonly #covered: ReadonlyMap<Collection, Covered>;
  readonly #known = new Map<string, string | undefined>();

  private constructor(source: Reader, size: number, covered: readonly Covered[]) {
    this.#source = source;
    this.#size = size;
    this.#covered = new Map(covered.map((one) => [one.collection, one]));
  }

  /** Undefined: the market does not want it. A member that a cycle admits is covered from the next one on. */
  static async begin(source: Reader, market: Market, policy: Policy | undefined): Promise<Cover | undefined> {
    const size = policy?.cover ?? 0;
    if (size === 0) return undefined;
    const members = market.members.filter(({ role }) => ownsCollection(role)).map(({ mspId }) => collectionOf(mspId));
    const collections = [publicState, operatorsCollection, boardCollection, ...members];
    const refs = collections.map(directoryOf);
    const { found } = await load(source, { found: refs });
    const covered = refs.map((directory, index): Covered => {
      const collection = collections[index] ?? publicState;
      const keys = filledUp(collection, found[index]?.keys ?? [], size);
      return { collection, directory, keys, asked: new Set() };
    });
    const cover = new Cover(source, size, covered);
    await cover.#fetch(covered.flatMap(({ collection, keys }) => keys.map((key) => ({ collection, key }))));
    return cover;
  }

  async read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]> {
    for (const { collection, key } of keys) this.#covered.get(collection)?.asked.add(key);
    await this.#fetch(keys);
    return keys.map((key) => this.#known.get(nameOf(key)));
  }

  /** What a cycle writes, and what covers it. */
  close(cycle: number, writes: readonly StoredWrite[]): readonly StoredWrite[] {
    const all = [...writes];
    for (const covered of this.#covered.values()) {
      const own = writes.filter(({ collection }) => collection === covered.collection);
      const changed = new Map(own.map(({ key, value }) => [key, value]));
      // What is public is read by its name and written where it changes, which everybody may know.
      if (covered.collection !== publicState) all.push(...this.#padding(covered, changed, cycle));
      all.push(stored(put(covered.directory, { keys: this.#next(covered, changed) })));
    }
    return all;
  }

  #padding({ collection, keys }: Covered, changed: Changed, cycle: number): readonly StoredWrite[] {
    const usual = new Set(keys);
    const unchanged = keys
      .filter((key) => !changed.has(key))
      .map((key): StoredWrite => {
        const value = this.#known.get(nameOf({ collection, key }));
        return value === undefined || key.startsWith(blankBeginning)
          ? stored(put({ ...blanks.at(collection, 0), key }, { cycle }))
          : { collection, key, value };
      });
    const fresh = [...changed.keys()].filter((key) => !usual.has(key)).length;
    const missing = Array.from({ length: Math.max(0, freshKeys - fresh) }, (_, n) =>
      stored(put(blanks.at(collection, cycle, n), { cycle })),
    );
    return [...unchanged, ...missing];
  }

  /** What was asked for and is there; behind it what was used before. Of all that the last ones go first. */
  #next({ collection, keys, asked }: Covered, changed: Changed): string[] {
    const stands = (key: string): boolean =>
      (changed.has(key) ? changed.get(key) : this.#known.get(nameOf({ collection, key }))) !== undefined;
    const used = [...asked].filter(stands).sort();
    const before = keys.filter((key) => !asked.has(key) && !key.startsWith(blankBeginning) && stands(key));
    return [...used, ...before].slice(0, this.#size);
  }

  async #fetch(keys: readonly StateKey[]): Promise<void> {
    const unknown = keys.filter((key) => !this.#known.has(nameOf(key)));
    if (unknown.length === 0) return;
    const values = await this.#source.read(unknown);
    for (const [index, key] of unknown.entries()) this.#known.set(nameOf(key), values[index]);
  }
}

type Changed = ReadonlyMap<string, string | undefined>;

/** What is public has its directory where operators read it: it tells what was asked for. */
function directoryOf(collection: Collection): Directory {
  return collection === publicState
    ? directories.at(operatorsCollection, 'public')
    : directories.at(collection, 'pages');
}

function filledUp(collection: Collection, keys: readonly string[], size: number): readonly string[] {
  // Nobody takes the name of a public key for that of another.
  if (collection === publicState) return keys;
  const blank = Array.from({ length: Math.max(0, size - keys.length) }, (_, n) => blanks.at(collection, n).key);
  return [...keys, ...blank];
}

function nameOf({ collection, key }: StateKey): string {
  return `${collection}\0${key}`;
}
