import { type Codec, type Collection, FieldError, decodeText, encodeText, isWellFormed } from '@kessai/interface';
import type { PageAccess } from './held-pages';

/** Where a value stands: a collection ('' is public) and a logical key. How Fabric sees it is the host's affair. */
export interface StateKey {
  readonly collection: Collection;
  readonly key: string;
}

/** A value to be put, or to be removed where it is undefined, as a handler decides it: it stays decoded until its cycle is written. */
export interface Write {
  readonly ref: Ref<unknown>;
  readonly value: unknown;
}

/** The same as it is stored. */
export interface StoredWrite extends StateKey {
  readonly value: string | undefined;
}

/** What a submit may read: keys that it names. Ask for many at once; each call is one round. */
export interface Reader {
  read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]>;
  /** How full pages are come to; undefined: they are read. */
  readonly pageAccess?: PageAccess | undefined;
}

/**
 * A reader that keeps what it has read decoded, so that what a cycle reads and writes many times is read and written once. What it has, it
 * gives at once.
 */
export interface RecordReader extends Reader {
  records(refs: readonly Ref<unknown>[]): readonly unknown[] | Promise<readonly unknown[]>;
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
  /** What a value of another form means, where others than the chaincode may have written it. Elsewhere it is a defect. */
  readonly malformed?: (error: FieldError) => T;
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
      if (key >= first) yield { parts: key.split('/').slice(1), value: codec.decode(JSON.parse(value), '') };
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

export function put<T>(ref: Ref<T>, value: T): Write {
  return { ref, value };
}

export function removed(ref: Ref<unknown>): Write {
  return { ref, value: undefined };
}

/** Longest text that a value is stored as: pages of a cycle with a hundred thousand trades, and still far below what Fabric takes. */
export const maxStoredLength = 32 * 1024 * 1024;

/** A value that is too long must not be written: its writer keeps it in pages. */
export function stored({ ref, value }: Write): StoredWrite {
  const { collection, key, codec } = ref;
  if (value === undefined) return { collection, key, value };
  const text = encodeText(codec, value);
  if (text.length > maxStoredLength) throw new Error(`A value of the kind ${kindOf(key)} is too long`);
  return { collection, key, value: text };
}

/** The kind of value that stands under a key. */
export function kindOf(key: string): string {
  return key.split('/', 1)[0] ?? '';
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
  const wanted: Ref<unknown>[] = [];
  for (const name of Object.keys(refs)) {
    const named = refs[name];
    if (isMany(named)) for (const ref of named) wanted.push(ref);
    else if (named !== undefined) wanted.push(named);
  }
  const reading = records(reader, wanted);
  const found = reading instanceof Promise ? await reading : reading;
  let next = 0;
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(refs)) {
    const named = refs[name];
    if (isMany(named)) {
      result[name] = found.slice(next, next + named.length);
      next += named.length;
    } else {
      result[name] = found[next];
      next += 1;
    }
  }
  return result as Loaded<R>;
}

function records(reader: Reader, refs: readonly Ref<unknown>[]): readonly unknown[] | Promise<readonly unknown[]> {
  return 'records' in reader ? (reader as RecordReader).records(refs) : recordsOf(reader, refs);
}

async function recordsOf(reader: Reader, refs: readonly Ref<unknown>[]): Promise<readonly unknown[]> {
  const values = await reader.read(refs.map(({ collection, key }) => ({ collection, key })));
  return refs.map((ref, index) => decoded(ref, values[index]));
}

export function decoded<T>({ codec, malformed }: Ref<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    // What this chaincode has written is canonical; what a member's peer has put there may be anything.
    return malformed ? decodeText(codec, text) : codec.decode(JSON.parse(text), '');
  } catch (error) {
    if (malformed && error instanceof FieldError) return malformed(error);
    throw error;
  }
}

function isMany(refs: Ref<unknown> | readonly Ref<unknown>[] | undefined): refs is readonly Ref<unknown>[] {
  return Array.isArray(refs);
}
