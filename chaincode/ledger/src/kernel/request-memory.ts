import { type BusinessDate, type MspId, collectionOf, operatorsCollection } from '@kessai/interface';
import { type AddedEntry, DayPages, type Kept, type PagesOwner, remembers } from './day-pages';
import { cycleLength, hashLength, hashOf, read, written } from './entry-text';
import type { Reader, Write } from './state';

/**
 * Which ids a member has used, and where. An id is remembered on the business day of its first use and on the next day that is used after it:
 * whoever repeats an instruction does so within that time. What is kept of an id is a few characters: their hash and the place of the
 * instruction, in pages that are written once when they are full; the instruction itself still stands where it was sealed.
 */

const ordinalLength = 2;
const indexLength = 2;
const entryLength = hashLength + cycleLength + ordinalLength + indexLength;
/** Entries of a full page. */
const pageEntries = 2_048;
const pages = new DayPages('ids', pageEntries * entryLength);

/** Whose ids: a member's own, or those of acts that operators do together. */
export type IdOwner = PagesOwner;

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
  readonly kept: Kept;
  /** What is stored, by day, in the order in which it was written. */
  readonly stored: readonly StoredDay[];
  readonly added: Addition[];
  readonly addedByName: Map<string, Addition[]>;
  /** The days on which the owner has used an id, as far as they are known. */
  readonly days: BusinessDate[];
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
    const kept = await pages.read(this.#reader, owner);
    if (this.#owners.has(name)) return;
    const stored = kept.days.map(({ businessDate, texts }) => new StoredDay(businessDate, texts));
    const days = kept.days.map(({ businessDate }) => businessDate);
    this.#owners.set(name, { owner, kept, stored, added: [], addedByName: new Map(), days });
  }

  /**
   * Where a name may have been used today, or on the last day before on which the owner used one; the last use comes first. The owner
   * must have been opened.
   */
  recall(owner: IdOwner, name: string, today: BusinessDate): readonly InstructionPlace[] {
    const { days, addedByName, stored } = this.#memory(owner);
    const counts = remembers(days, today);
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

function grown({ owner, kept, added }: Memory): readonly Write[] {
  const entries = added.map(({ hash, place, businessDate }): AddedEntry => ({
    businessDate,
    entry: hash + writtenPlace(place),
  }));
  return pages.grown(owner, kept, entries);
}

function writtenPlace({ cycle, ordinal, index }: InstructionPlace): string {
  return written(cycle, cycleLength) + written(ordinal, ordinalLength) + written(index, indexLength);
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
