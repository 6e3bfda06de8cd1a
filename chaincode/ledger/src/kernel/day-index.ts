import { hashLength, headingMark, read } from './entry-text';

/** Where an entry stands: in the text of a page. */
export interface Spot {
  readonly entries: string;
  readonly at: number;
}

/** A place is a page and an entry on it, and one more, for 0 is an empty slot. */
const entriesOfPage = 4_096;
const pagesMax = 2 ** 20 - 1;
const slotsAtFirst = 4_096;
const slotOf = 2 ** 32;

/**
 * Where hashes stand on pages that are added one after another. Sixteen bytes an entry: a table of 32 bits of each hash and of places, in which
 * whoever looks goes on from the slot of the hash to the next empty one.
 */
export class DayIndex {
  readonly #entryLength: number;
  readonly #pages: string[] = [];
  #keys = new Uint32Array(slotsAtFirst);
  #places = new Uint32Array(slotsAtFirst);
  #count = 0;

  /** @param entryLength characters of an entry, which begins with its hash. */
  constructor(entryLength: number) {
    this.#entryLength = entryLength;
  }

  /** How many pages it has. */
  get pages(): number {
    return this.#pages.length;
  }

  add(entries: string): void {
    const page = this.#pages.length;
    const added = entries.length / this.#entryLength;
    if (page >= pagesMax || added >= entriesOfPage) throw new Error('A day has more entries than are found again');
    this.#pages.push(entries);
    while ((this.#count + added) * 2 > this.#keys.length) this.#grow();
    for (let entry = 0; entry < added; entry += 1) {
      const at = entry * this.#entryLength;
      if (entries[at] === headingMark) continue;
      this.#put(keyOf(entries.slice(at, at + hashLength)), page * entriesOfPage + entry + 1);
      this.#count += 1;
    }
  }

  /** Where the hash stands on the first so many pages, in their order. */
  find(hash: string, pages = this.#pages.length): readonly Spot[] {
    const key = keyOf(hash);
    const mask = this.#keys.length - 1;
    const found: number[] = [];
    for (let slot = key & mask; ; slot = (slot + 1) & mask) {
      const place = this.#places[slot] ?? 0;
      if (place === 0) break;
      if (this.#keys[slot] === key) found.push(place - 1);
    }
    return found
      .sort((a, b) => a - b)
      .map((place) => ({ page: Math.floor(place / entriesOfPage), entry: place % entriesOfPage }))
      .filter(({ page }) => page < pages)
      .map(({ page, entry }) => ({ entries: this.#pages[page] ?? '', at: entry * this.#entryLength }))
      .filter(({ entries, at }) => entries.startsWith(hash, at));
  }

  #grow(): void {
    const [keys, places] = [this.#keys, this.#places];
    this.#keys = new Uint32Array(keys.length * 2);
    this.#places = new Uint32Array(places.length * 2);
    for (const [slot, place] of places.entries()) if (place !== 0) this.#put(keys[slot] ?? 0, place);
  }

  #put(key: number, place: number): void {
    const mask = this.#keys.length - 1;
    let slot = key & mask;
    while (this.#places[slot] !== 0) slot = (slot + 1) & mask;
    this.#keys[slot] = key;
    this.#places[slot] = place;
  }
}

function keyOf(hash: string): number {
  return read(hash) % slotOf;
}
