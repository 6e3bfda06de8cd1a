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
import { type Reader, type Ref, type StateKey, type StoredWrite, kindOf, load, put, stored, table } from './state';

const directoryCodec = object({ keys: list(text({ maxLength: 500 }), { max: 2_000 }) });
type Directory = Ref<{ readonly keys: readonly string[] }>;
const directories = table('cover', directoryCodec);

/** What stands in for keys that there are not. */
const blankCodec = object({ cycle: cycleCodec });
const blanks = table('cover-blank', blankCodec);
const blankBeginning = 'cover-blank/';

/** Kinds of keys that a cycle writes once and does not read: in the collections of members, in those of the operators. */
const onceCodec = object({
  members: list(text({ maxLength: 100 }), { max: 1_000 }),
  operators: list(text({ maxLength: 100 }), { max: 1_000 }),
});
type Once = Readonly<Record<'members' | 'operators', readonly string[]>>;
const onceRef: Ref<Once> = table('cover-once', onceCodec).at(operatorsCollection, 'kinds');
/** Before any cycle has written them: the books and the trades are the kernel's own. */
const onceAtFirst: Once = {
  members: ['journal', 'party-trade-status', 'party-trades'],
  operators: ['trade-status', 'trades'],
};

interface Covered {
  readonly collection: Collection;
  readonly directory: Directory;
  /** What every cycle reads and writes: what cycles used last, and blanks. */
  readonly keys: readonly string[];
  /** How many keys it keeps. */
  readonly size: number;
  /** What this cycle's instructions read. */
  readonly asked: Set<string>;
}

/**
 * Makes cycles alike to those who see only blocks. A block shows how many keys a transaction read and wrote in which collection, and hashes
 * by which a key is known again. So every cycle reads and writes the same keys in every collection, as many as the market's policy says:
 * those that were used last, changed or not, and blanks as long as there are fewer. By its salt each value has a new hash in every
 * transaction. Of each kind that is written once every collection gets one in every cycle: Fabric lists hashes in the order of the keys, so
 * what stands in for one must sort as it does.
 */
export class Cover implements Reader {
  readonly #source: Reader;
  readonly #once: Once;
  readonly #covered: ReadonlyMap<Collection, Covered>;
  readonly #known = new Map<string, string | undefined>();
  readonly pageAccess: Reader['pageAccess'];

  private constructor(source: Reader, once: Once, covered: readonly Covered[]) {
    this.#source = source;
    this.pageAccess = source.pageAccess;
    this.#once = once;
    this.#covered = new Map(covered.map((one) => [one.collection, one]));
  }

  /** Undefined: the market does not want it. A member that a cycle admits is covered from the next one on. */
  static async begin(source: Reader, market: Market, policy: Policy | undefined): Promise<Cover | undefined> {
    const size = policy?.cover ?? 0;
    if (size === 0) return undefined;
    const members = market.members.filter(({ role }) => ownsCollection(role)).map(({ mspId }) => collectionOf(mspId));
    const collections = [publicState, operatorsCollection, boardCollection, ...members];
    const refs = collections.map(directoryOf);
    const { found, once = onceAtFirst } = await load(source, { found: refs, once: onceRef });
    const covered = refs.map((directory, index): Covered => {
      const collection = collections[index] ?? publicState;
      // The operators keep a page of each member beside their own.
      const own = collection === operatorsCollection ? size + members.length : size;
      const keys = filledUp(collection, found[index]?.keys ?? [], own);
      return { collection, directory, keys, size: own, asked: new Set() };
    });
    const cover = new Cover(source, once, covered);
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
    const changes = [...this.#covered.values()].map((covered) => {
      const own = writes.filter(({ collection }) => collection === covered.collection);
      return { covered, changed: new Map(own.map(({ key, value }) => [key, value])) };
    });
    const once = this.#onceNow(changes);
    const all = [...writes];
    for (const { covered, changed } of changes) {
      // What is public is read by its name and written where it changes, which everybody may know.
      if (covered.collection !== publicState) all.push(...this.#padding(covered, changed, cycle, once));
      all.push(stored(put(covered.directory, { keys: this.#next(covered, changed) })));
    }
    return [...all, stored(put(onceRef, once))];
  }

  #padding({ collection, keys, asked }: Covered, changed: Changed, cycle: number, once: Once): readonly StoredWrite[] {
    const unchanged = keys
      .filter((key) => !changed.has(key))
      .map((key): StoredWrite => {
        const value = this.#known.get(nameOf({ collection, key }));
        return value === undefined || key.startsWith(blankBeginning)
          ? stored(put({ ...blanks.at(collection, 0), key }, { cycle }))
          : { collection, key, value };
      });
    const written = new Set(writtenOnce({ keys, asked }, changed).map(kindOf));
    const missing = once[ownersOf(collection)]
      .filter((kind) => !written.has(kind))
      .map((kind) => stored(put(standInAt(collection, kind, cycle), { cycle })));
    return [...unchanged, ...missing];
  }

  /** With the kinds that this cycle has written once: all collections get them from now on, whoever was the first. */
  #onceNow(changes: readonly { readonly covered: Covered; readonly changed: Changed }[]): Once {
    const kinds = { members: new Set(this.#once.members), operators: new Set(this.#once.operators) };
    for (const { covered, changed } of changes) {
      if (covered.collection === publicState) continue;
      for (const key of writtenOnce(covered, changed)) kinds[ownersOf(covered.collection)].add(kindOf(key));
    }
    return { members: [...kinds.members].sort(), operators: [...kinds.operators].sort() };
  }

  /** What was asked for and is there; behind it what was used before. Of all that the last ones go first. */
  #next({ collection, keys, size, asked }: Covered, changed: Changed): string[] {
    const stands = (key: string): boolean =>
      (changed.has(key) ? changed.get(key) : this.#known.get(nameOf({ collection, key }))) !== undefined;
    const used = [...asked].filter(stands).sort();
    const before = keys.filter((key) => !asked.has(key) && !key.startsWith(blankBeginning) && stands(key));
    return [...used, ...before].slice(0, size);
  }

  async #fetch(keys: readonly StateKey[]): Promise<void> {
    const unknown = keys.filter((key) => !this.#known.has(nameOf(key)));
    if (unknown.length === 0) return;
    const values = await this.#source.read(unknown);
    for (const [index, key] of unknown.entries()) this.#known.set(nameOf(key), values[index]);
  }
}

type Changed = ReadonlyMap<string, string | undefined>;

/** Keys that were written and neither read nor used before. */
function writtenOnce({ keys, asked }: Pick<Covered, 'keys' | 'asked'>, changed: Changed): readonly string[] {
  const usual = new Set(keys);
  return [...changed]
    .filter(([key, value]) => value !== undefined && !usual.has(key) && !asked.has(key))
    .map(([key]) => key);
}

/** Sorts behind all keys of the kind, as does what is numbered by the newest cycle: '0' is the character after '/'. */
function standInAt(collection: Collection, kind: string, cycle: number): Ref<{ readonly cycle: number }> {
  return table(`${kind}0`, blankCodec).at(collection, cycle);
}

function ownersOf(collection: Collection): keyof Once {
  return collection === operatorsCollection || collection === boardCollection ? 'operators' : 'members';
}

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
