import { type BusinessDate, type BusinessId, operatorsCollection } from '@kessai/interface';
import { type AddedEntry, DayPages, type Kept, type PagesOwner, remembers } from '../kernel/day-pages';
import { cycleLength, hashLength, hashOf, read, written } from '../kernel/entry-text';
import type { Reader, Write } from '../kernel/state';

/**
 * Ids under which outside engines' trades have been recorded, whoever recorded them. What is kept of an id is six characters, its hash: the
 * trade itself stands on the page of its cycle, and a section of hashes says which cycle that is. Remembered as long as the ids of
 * instructions are.
 */

/** No digit of a hash. */
const headingMark = '!';
/** Entries of a full page. */
const pageEntries = 1_024;
const pages = new DayPages('captured-ids', pageEntries * hashLength);
const owner: PagesOwner = { collection: operatorsCollection, name: 'engine' };

interface Added {
  readonly id: BusinessId;
  readonly businessDate: BusinessDate;
}

export class CapturedIds {
  readonly #reader: Reader;
  #kept: Kept | undefined;
  readonly #added: Added[] = [];
  /** By id the number of times that this cycle has added it. */
  readonly #times = new Map<BusinessId, number>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async open(): Promise<void> {
    this.#kept ??= await pages.read(this.#reader, owner);
  }

  /** Whether this cycle has recorded a trade under the id. */
  has(id: BusinessId): boolean {
    return this.#times.has(id);
  }

  /** The cycles before this one in which a trade may have been recorded under one of the ids, by id. Another id may have the same hash. */
  find(ids: readonly BusinessId[], today: BusinessDate): ReadonlyMap<BusinessId, readonly number[]> {
    const { days } = this.#opened();
    const counts = remembers(
      days.map(({ businessDate }) => businessDate),
      today,
    );
    const texts = days.filter(({ businessDate }) => counts(businessDate)).flatMap((day) => day.texts);
    const asked = new Map<string, number[]>(ids.map((id) => [hashOf(id), []]));
    for (const entries of texts) collect(entries, asked);
    const found = new Map<BusinessId, readonly number[]>();
    for (const id of ids) {
      const cycles = asked.get(hashOf(id)) ?? [];
      if (cycles.length > 0) found.set(id, cycles);
    }
    return found;
  }

  add(id: BusinessId, businessDate: BusinessDate): void {
    this.#opened();
    this.#added.push({ id, businessDate });
    this.#times.set(id, (this.#times.get(id) ?? 0) + 1);
  }

  /** What was added last is taken back. */
  takeBack(): void {
    const last = this.#added.pop();
    if (!last) return;
    const times = (this.#times.get(last.id) ?? 0) - 1;
    if (times > 0) this.#times.set(last.id, times);
    else this.#times.delete(last.id);
  }

  close(cycle: number): readonly Write[] {
    if (this.#added.length === 0) return [];
    const heading = headingMark + written(cycle, cycleLength);
    const entries = this.#added.map(({ id, businessDate }): AddedEntry => ({
      businessDate,
      entry: hashOf(id),
      heading,
    }));
    return pages.grown(owner, this.#opened(), entries);
  }

  #opened(): Kept {
    if (!this.#kept) throw new Error('The ids of captured trades were not read');
    return this.#kept;
  }
}

/** Adds the cycles in which hashes that are asked for stand. */
function collect(entries: string, asked: ReadonlyMap<string, number[]>): void {
  let cycle = 0;
  for (let at = 0; at < entries.length; at += hashLength) {
    const entry = entries.slice(at, at + hashLength);
    if (entry.startsWith(headingMark)) cycle = read(entry.slice(headingMark.length));
    else asked.get(entry)?.push(cycle);
  }
}
