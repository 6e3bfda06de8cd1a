import {
  type BusinessDate,
  type Collection,
  type MspId,
  businessDate,
  collectionOf,
  count,
  list,
  object,
  operatorsCollection,
  text,
} from '@kessai/interface';
import { type Reader, type Ref, type Table, type Write, load, put, table } from './state';

/**
 * Which ids a member has used, and where. An id is remembered on the business day of its first use and on the next day that is used after it:
 * whoever repeats an instruction does so within that time. What is kept of an id is a few characters: their hash and the place of the
 * instruction, in pages that are written once when they are full; the instruction itself still stands where it was sealed.
 */

/** An id is found by its hash, and what is found is compared: two ids with one hash cost a look and nothing else. */
const hashLength = 6;
const cycleLength = 5;
const ordinalLength = 2;
const indexLength = 2;
const entryLength = hashLength + cycleLength + ordinalLength + indexLength;
/** Entries of a full page. */
const pageEntries = 2_048;
const pagesMax = 1_000_000;

const entriesText = text({ minLength: 0, maxLength: 4 * 1024 * 1024 });

const tailCodec = object({
  /** The day of the entries, and of the day before that is remembered. */
  days: list(object({ businessDate, from: count(0, pagesMax), to: count(0, pagesMax) }), { max: 2 }),
  entries: entriesText,
});
const pageCodec = object({ entries: entriesText });

const tails = table('ids-tail', tailCodec);
const pages: Table<{ readonly entries: string }> = table('ids', pageCodec);

/** Whose ids: a member's own, or those of acts that operators do together. */
export interface IdOwner {
  readonly collection: Collection;
  readonly name: string;
}

/** Acts that several must approve have one id for all of them. No MSP id begins with this. */
export const jointActs: IdOwner = { collection: operatorsCollection, name: '+acts' };

/** What a contract remembers of a member's affairs: beside the ids of the member's requests, and apart from them. */
export function ownFacts(member: MspId): IdOwner {
  return { collection: collectionOf(member), name: `${member}+` };
}

/** Where an instruction stands: in which cycle, in which of its submissions, at which index. */
export interface InstructionPlace {
  readonly cycle: number;
  readonly ordinal: number;
  readonly index: number;
}

interface Addition {
  readonly name: string;
  readonly hash: string;
  readonly place: InstructionPlace;
  readonly businessDate: BusinessDate;
}

interface Memory {
  readonly owner: IdOwner;
  readonly tail: TailState;
  /** What is stored, by day, in the order in which it was written. */
  readonly stored: readonly StoredDay[];
  readonly added: Addition[];
  readonly addedByName: Map<string, Addition[]>;
  /** The days on which the owner has used an id, as far as they are known. */
  readonly days: BusinessDate[];
}

interface TailState {
  readonly days: readonly { readonly businessDate: BusinessDate; readonly from: number; readonly to: number }[];
  readonly entries: string;
}

export class RequestMemory {
  readonly #reader: Reader;
  readonly #owners = new Map<string, Memory>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Reads what is remembered of an owner. */
  async open(owner: IdOwner): Promise<void> {
    const name = `${owner.collection}/${owner.name}`;
    if (this.#owners.has(name)) return;
    const { tail = { days: [], entries: '' } } = await load(this.#reader, { tail: tailAt(owner) });
    const pagesOf = tail.days.map(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n));
    const { full } = await load(this.#reader, { full: pagesOf.flat().map((number) => pageAt(owner, number)) });
    if (this.#owners.has(name)) return;
    const texts = full.map((page) => page?.entries ?? '');
    const stored = tail.days.map(({ businessDate: date }, index) => {
      const ofDay = texts.splice(0, pagesOf[index]?.length ?? 0);
      return new StoredDay(date, index === tail.days.length - 1 ? [...ofDay, tail.entries] : ofDay);
    });
    const days = tail.days.map(({ businessDate: date }) => date);
    this.#owners.set(name, { owner, tail, stored, added: [], addedByName: new Map(), days });
  }

  /**
   * Where a name may have been used today, or on the last day before on which the owner used one; the last use comes first. The owner
   * must have been opened.
   */
  recall(owner: IdOwner, name: string, today: BusinessDate): readonly InstructionPlace[] {
    const { days, addedByName, stored } = this.#memory(owner);
    const before = days.findLast((day) => day < today);
    const counts = (day: BusinessDate): boolean => day === today || day === before;
    const added = (addedByName.get(name) ?? []).filter(({ businessDate: day }) => counts(day));
    const hash = hashOf(name);
    const found = stored.filter(({ businessDate: day }) => counts(day)).flatMap((day) => day.find(hash));
    return [...found, ...added.map(({ place }) => place)].reverse();
  }

  remember(owner: IdOwner, name: string, place: InstructionPlace, today: BusinessDate): void {
    const { added, addedByName, days } = this.#memory(owner);
    const addition = { name, hash: hashOf(name), place, businessDate: today };
    added.push(addition);
    const alike = addedByName.get(name);
    if (alike) alike.push(addition);
    else addedByName.set(name, [addition]);
    if (days.at(-1) !== today) days.push(today);
  }

  /** The tails that have grown, and the pages that are full. */
  close(): readonly Write[] {
    return [...this.#owners.values()].filter(({ added }) => added.length > 0).flatMap(grown);
  }

  #memory(owner: IdOwner): Memory {
    const memory = this.#owners.get(`${owner.collection}/${owner.name}`);
    if (!memory) throw new Error('What is remembered of a member was not read');
    return memory;
  }
}

/** Whoever asks often is answered from an index: to make one takes as long as it takes to look through the entries some times. */
const asksBeforeIndex = 8;

/** Where a hash stands among entries. */
type HashIndex = ReadonlyMap<string, readonly InstructionPlace[]>;

/** The entries of one day. */
class StoredDay {
  /** Pages that are full, and then the one that grows. */
  readonly #texts: readonly string[];
  #asked = 0;
  #indexes: readonly HashIndex[] | undefined;

  constructor(
    readonly businessDate: BusinessDate,
    texts: readonly string[],
  ) {
    this.#texts = texts;
  }

  find(hash: string): readonly InstructionPlace[] {
    this.#asked += 1;
    if (this.#asked > asksBeforeIndex) this.#indexes ??= this.#texts.map(indexOf);
    if (!this.#indexes) return this.#texts.flatMap((entries) => placesIn(entries, hash));
    let found: readonly InstructionPlace[] = [];
    for (const index of this.#indexes) {
      const places = index.get(hash);
      if (places) found = [...found, ...places];
    }
    return found;
  }
}

/** Indexes of full pages, which never change: a cycle reads all pages of two days, and most are those that the cycle before has read. */
const fullPages = new Map<string, HashIndex>();
/** Some 50 MB. */
const fullPagesKept = 400;

function indexOf(entries: string): HashIndex {
  if (entries.length < pageEntries * entryLength) return newIndexOf(entries);
  const index = fullPages.get(entries) ?? newIndexOf(entries);
  // The one that was used last is forgotten last.
  fullPages.delete(entries);
  fullPages.set(entries, index);
  const [oldest] = fullPages.keys();
  if (fullPages.size > fullPagesKept && oldest !== undefined) fullPages.delete(oldest);
  return index;
}

function newIndexOf(entries: string): HashIndex {
  const index = new Map<string, InstructionPlace[]>();
  for (let at = 0; at < entries.length; at += entryLength) {
    const hash = entries.slice(at, at + hashLength);
    const places = index.get(hash);
    if (places) places.push(placeAt(entries, at));
    else index.set(hash, [placeAt(entries, at)]);
  }
  return index;
}

function grown({ owner, tail, added }: Memory): readonly Write[] {
  const writes: Write[] = [];
  let days = [...tail.days];
  let { entries } = tail;
  const seal = (): void => {
    const day = days.at(-1);
    if (!day || entries === '') return;
    writes.push(put(pageAt(owner, day.to), { entries }));
    days = [...days.slice(0, -1), { ...day, to: day.to + 1 }];
    entries = '';
  };
  for (const { hash, place, businessDate: today } of added) {
    if (days.at(-1)?.businessDate !== today) {
      seal();
      const from = days.at(-1)?.to ?? 0;
      days = [...days.slice(-1), { businessDate: today, from, to: from }];
    }
    entries += entryOf(hash, place);
    if (entries.length >= pageEntries * entryLength) seal();
  }
  return [...writes, put(tailAt(owner), { days, entries })];
}

function tailAt({ collection, name }: IdOwner): Ref<TailState> {
  return tails.at(collection, name);
}

function pageAt({ collection, name }: IdOwner, number: number): Ref<{ readonly entries: string }> {
  return pages.at(collection, name, number);
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function entryOf(hash: string, { cycle, ordinal, index }: InstructionPlace): string {
  return hash + written(cycle, cycleLength) + written(ordinal, ordinalLength) + written(index, indexLength);
}

function placesIn(entries: string, hash: string): InstructionPlace[] {
  const places: InstructionPlace[] = [];
  for (let at = entries.indexOf(hash); at >= 0; at = entries.indexOf(hash, at + 1)) {
    if (at % entryLength === 0) places.push(placeAt(entries, at));
  }
  return places;
}

function placeAt(entries: string, start: number): InstructionPlace {
  let from = start + hashLength;
  const take = (length: number): number => {
    const number = read(entries.slice(from, from + length));
    from += length;
    return number;
  };
  return { cycle: take(cycleLength), ordinal: take(ordinalLength), index: take(indexLength) };
}

function written(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = (digits[rest % 64] ?? '') + text;
    rest = Math.floor(rest / 64);
  }
  if (rest !== 0) throw new Error('A number is too large for its place in an entry');
  return text;
}

function read(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 64 + digits.indexOf(digit);
  return value;
}

/** Two FNV-1a hashes with different bases, 36 bits of them: even, and the same everywhere. */
export function hashOf(name: string): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193) >>> 0;
    b = Math.imul(b ^ (unit + i), 0x85ebca6b) >>> 0;
  }
  // Of what a bitwise operation gives, half is below zero.
  return written(((a ^ (a >>> 15)) >>> 0) % 0x40000, 3) + written(((b ^ (b >>> 13)) >>> 0) % 0x40000, 3);
}
