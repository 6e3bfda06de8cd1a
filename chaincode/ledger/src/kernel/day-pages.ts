import {
  type BusinessDate,
  type Collection,
  type Infer,
  businessDate,
  count,
  list,
  object,
  refuse,
  text,
} from '@kessai/interface';
import { DayIndex, type Spot } from './day-index';
import { HeldPages, type PageAccess } from './held-pages';
import { ReadRefused } from './read-refused';
import { type Reader, type Ref, type Table, type Write, load, put, table } from './state';

const pagesMax = 1_000_000;
const entriesText = text({ minLength: 0, maxLength: 4 * 1024 * 1024 });

const dayCodec = object({
  businessDate,
  /** Its full pages. */
  from: count(0, pagesMax),
  to: count(0, pagesMax),
  /** What they come to. */
  digest: text({ minLength: 0, maxLength: 64, pattern: /^(?:[0-9a-f]{64})?$/ }),
});
type DayOfPages = Infer<typeof dayCodec>;

const tailCodec = object({
  /** The day of the entries, and of the day before that is remembered. */
  days: list(dayCodec, { max: 2 }),
  entries: entriesText,
});
const pageCodec = object({ entries: entriesText });

interface TailState {
  readonly days: readonly DayOfPages[];
  readonly entries: string;
}
type Page = Readonly<Record<'entries', string>>;

/** Whose pages: a name in a collection. */
export interface PagesOwner {
  readonly collection: Collection;
  readonly name: string;
}

/** What is stored for an owner. */
export interface Kept {
  readonly tail: TailState;
  readonly days: readonly KeptDay[];
  /** Where pages that become full are kept. */
  readonly held: HeldPages;
}

/** The entries of one day. */
export class KeptDay {
  readonly businessDate: BusinessDate;
  readonly #full: () => DayIndex;
  readonly #pages: number;
  readonly #growing: () => DayIndex;

  /** @param growing the text of the page that grows. */
  constructor({ businessDate: date, from, to, digest }: DayOfPages, growing: string, held: HeldPages, length: number) {
    this.businessDate = date;
    this.#pages = to - from;
    this.#full = once(() => held.indexOf(digest, length));
    this.#growing = once(() => {
      const index = new DayIndex(length);
      index.add(growing);
      return index;
    });
  }

  /** Where entries with this hash stand, in the order in which they were written. */
  find(hash: string): readonly Spot[] {
    const found = this.#growing().find(hash);
    return this.#pages === 0 ? found : [...this.#full().find(hash, this.#pages), ...found];
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

export interface AddedEntry {
  readonly businessDate: BusinessDate;
  readonly entry: string;
  /** What stands before the entries of a section, and again on each further page of it. */
  readonly heading?: string;
}

/**
 * Entries that are remembered on the business day on which they were made and on the next day that is used after it. They stand in pages that
 * are written once when they are full, beside one that grows. Nobody else writes the two kinds.
 */
export class DayPages {
  readonly #tails: Table<TailState>;
  readonly #pages: Table<Page>;
  readonly #length: number;
  readonly #entryLength: number;

  /** @param length characters of a full page, or some more. */
  constructor(kind: string, { length, entryLength }: { readonly length: number; readonly entryLength: number }) {
    this.#tails = table(`${kind}-tail`, tailCodec);
    this.#pages = table(kind, pageCodec);
    this.#length = length;
    this.#entryLength = entryLength;
  }

  /**
   * In two rounds of reading; in one where full pages are held.
   * @throws ReadRefused `RecallNeeded`
   */
  async read(reader: Reader, owner: PagesOwner): Promise<Kept> {
    const { tail = { days: [], entries: '' } } = await load(reader, { tail: this.#tailAt(owner) });
    const { held, reading } = reader.pageAccess ?? alone();
    const missing = tail.days.filter(({ digest }) => reading === 'all' || !held.has(digest));
    if (missing.length > 0 && reading === 'none') throw new ReadRefused(refuse('RecallNeeded', {}));
    await this.#recall(reader, owner, missing, held);
    const days = tail.days.map((day, index) => {
      const growing = index === tail.days.length - 1 ? tail.entries : '';
      return new KeptDay(day, growing, held, this.#entryLength);
    });
    return { tail, days, held };
  }

  async #recall(reader: Reader, owner: PagesOwner, days: readonly DayOfPages[], held: HeldPages): Promise<void> {
    const numbers = days.map(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n));
    if (numbers.flat().length === 0) return;
    const { full } = await load(reader, { full: numbers.flat().map((number) => this.#pageAt(owner, number)) });
    const texts = full.map((page) => page?.entries ?? '');
    for (const [index, day] of days.entries()) {
      const ofDay = texts.splice(0, numbers[index]?.length ?? 0);
      const digest = ofDay.reduce((before, entries) => held.keep(before, entries), '');
      if (digest !== day.digest) throw new Error('Pages are not those that their tail tells of');
    }
  }

  /** The tail with these entries, and the pages that are full. */
  grown(owner: PagesOwner, { tail, held }: Kept, added: readonly AddedEntry[]): readonly Write[] {
    const writes: Write[] = [];
    let days = [...tail.days];
    let { entries } = tail;
    let lastHeading: string | undefined;
    const seal = (): void => {
      const day = days.at(-1);
      if (!day || entries === '') return;
      writes.push(put(this.#pageAt(owner, day.to), { entries }));
      days = [...days.slice(0, -1), { ...day, to: day.to + 1, digest: held.keep(day.digest, entries) }];
      entries = '';
      lastHeading = undefined;
    };
    for (const { businessDate: today, entry, heading } of added) {
      if (days.at(-1)?.businessDate !== today) {
        seal();
        const from = days.at(-1)?.to ?? 0;
        days = [...days.slice(-1), { businessDate: today, from, to: from, digest: '' }];
      }
      if (heading !== undefined && heading !== lastHeading) entries += heading;
      lastHeading = heading;
      entries += entry;
      if (entries.length >= this.#length) seal();
    }
    return [...writes, put(this.#tailAt(owner), { days, entries })];
  }

  #tailAt({ collection, name }: PagesOwner): Ref<TailState> {
    return this.#tails.at(collection, name);
  }

  #pageAt({ collection, name }: PagesOwner, number: number): Ref<Page> {
    return this.#pages.at(collection, name, number);
  }
}

/** For whoever reads without keeping anything. */
function alone(): PageAccess {
  return { held: new HeldPages(), reading: 'what is not held' };
}

/** Whether what was made on a day is remembered: on today's, and on the last one before it of these. */
export function remembers(days: readonly BusinessDate[], today: BusinessDate): (day: BusinessDate) => boolean {
  const before = days.findLast((day) => day < today);
  return (day) => day === today || day === before;
}
