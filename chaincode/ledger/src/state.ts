import { type Codec, type Collection, decodeText, defaultLimits, encodeText, isWellFormed } from '@kessai/interface';

/** Where a value stands: a collection ('' is public) and a logical key. How Fabric sees it is the host's affair. */
export interface StateKey {
  readonly collection: Collection;
  readonly key: string;
}

/** A value to be put, or to be removed where it is undefined. */
export interface Write extends StateKey {
  readonly value: string | undefined;
}

/** What a submit may read: keys that it names. Ask for many at once; each call is one round. */
export interface Reader {
  read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]>;
}

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/**
 * What an evaluate may read besides: all keys below a prefix, in their order. With `from` the range starts at the key `prefix + from`,
 * and what lies before it is not read.
 */
export interface RangeReader extends Reader {
  scan(collection: Collection, prefix: string, from?: string): AsyncIterable<Entry>;
}

/** A key together with what stands there. */
export interface Ref<T> extends StateKey {
  readonly codec: Codec<T>;
}

/** Values of one kind and the keys under which they stand. */
export interface Table<T> {
  at(collection: Collection, ...parts: readonly KeyPart[]): Ref<T>;
  /** All values of the kind whose key begins with these parts. */
  below(reader: RangeReader, collection: Collection, ...parts: readonly KeyPart[]): AsyncIterable<Found<T>>;
  /** The same, from the values on whose next part of the key is `start` or comes after it. */
  since(
    reader: RangeReader,
    collection: Collection,
    start: KeyPart,
    ...parts: readonly KeyPart[]
  ): AsyncIterable<Found<T>>;
}

export interface Found<T> {
  /** The parts of the key after the kind. */
  readonly parts: readonly string[];
  readonly value: T;
}

export type KeyPart = string | number;

export function table<T>(kind: string, codec: Codec<T>): Table<T> {
  async function* found(entries: AsyncIterable<Entry>, first = ''): AsyncIterable<Found<T>> {
    for await (const { key, value } of entries) {
      // A port that cannot start a range in its middle gives more, which costs time and must not change an answer.
      if (key >= first) yield { parts: key.split('/').slice(1), value: decodeText(codec, value) };
    }
  }
  const prefixOf = (parts: readonly KeyPart[]): string => `${stateKey(kind, parts)}/`;
  return {
    at: (collection, ...parts) => ({ collection, key: stateKey(kind, parts), codec }),
    below: (reader, collection, ...parts) => found(reader.scan(collection, prefixOf(parts))),
    since(reader, collection, start, ...parts) {
      const prefix = prefixOf(parts);
      const from = keyPart(start);
      return found(reader.scan(collection, prefix, from), prefix + from);
    },
  };
}

/**
 * The one factory of keys. Parts are joined by '/', which no part may hold, so different parts never make the same key. Numbers are
 * padded so that the order of keys is theirs.
 */
function stateKey(kind: string, parts: readonly KeyPart[]): string {
  return [kind, ...parts.map(keyPart)].join('/');
}

function keyPart(part: KeyPart): string {
  const text = typeof part === 'number' ? part.toString().padStart(10, '0') : part;
  // '~' is where the host appends the blinding; anything above it would sort after it.
  if (text === '' || !isWellFormed(text) || /[/~\u007f-\uffff]/.test(text)) {
    throw new Error(`Not a part of a state key: ${JSON.stringify(text)}`);
  }
  return text;
}

/** A value too long to be read again must not be written: its writer keeps it in pages. */
export function put<T>(ref: Ref<T>, value: T): Write {
  const text = encodeText(ref.codec, value);
  if (text.length > defaultLimits.maxLength)
    throw new Error(`A value of the kind ${ref.key.split('/')[0] ?? ''} is too long`);
  return { collection: ref.collection, key: ref.key, value: text };
}

type Refs = Readonly<Record<string, Ref<unknown> | readonly Ref<unknown>[]>>;
type Loaded<R> = {
  readonly [K in keyof R]: R[K] extends readonly Ref<infer T>[]
    ? readonly (T | undefined)[]
    : R[K] extends Ref<infer T>
      ? T | undefined
      : never;
};

/** Reads everything named in one round. */
export async function load<const R extends Refs>(reader: Reader, refs: R): Promise<Loaded<R>> {
  const names = Object.keys(refs);
  const groups = names.map((name) => asList(refs[name]));
  const wanted = groups.flat();
  const values = await reader.read(wanted.map(({ collection, key }) => ({ collection, key })));
  const decoded = wanted.map((ref, index) => {
    const value = values[index];
    return value === undefined ? undefined : decodeText(ref.codec, value);
  });
  let next = 0;
  const result: Record<string, unknown> = {};
  names.forEach((name, index) => {
    const size = groups[index]?.length ?? 0;
    const part = decoded.slice(next, next + size);
    next += size;
    result[name] = isMany(refs[name]) ? part : part[0];
  });
  return result as Loaded<R>;
}

function isMany(refs: Ref<unknown> | readonly Ref<unknown>[] | undefined): refs is readonly Ref<unknown>[] {
  return Array.isArray(refs);
}

function asList(refs: Ref<unknown> | readonly Ref<unknown>[] | undefined): readonly Ref<unknown>[] {
  if (refs === undefined) return [];
  return isMany(refs) ? refs : [refs];
}
