import { type BusinessDate, type Collection, businessDate, count, list, object, text } from '@kessai/interface';
import { type Reader, type Ref, type Table, type Write, load, put, table } from './state';

const pagesMax = 1_000_000;
const entriesText = text({ minLength: 0, maxLength: 4 * 1024 * 1024 });

const tailCodec = object({
  /** The day of the entries, and of the day before that is remembered. */
  days: list(object({ businessDate, from: count(0, pagesMax), to: count(0, pagesMax) }), { max: 2 }),
  entries: entriesText,
});
const pageCodec = object({ entries: entriesText });

interface TailState {
  readonly days: readonly { readonly businessDate: BusinessDate; readonly from: number; readonly to: number }[];
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
  /** By day, in the order in which it was written: pages that are full, and then the one that grows. */
  readonly days: readonly { readonly businessDate: BusinessDate; readonly texts: readonly string[] }[];
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

  /** @param length characters of a full page, or some more */
  constructor(kind: string, length: number) {
    this.#tails = table(`${kind}-tail`, tailCodec);
    this.#pages = table(kind, pageCodec);
    this.#length = length;
  }

  /** In two rounds of reading. */
  async read(reader: Reader, owner: PagesOwner): Promise<Kept> {
    const { tail = { days: [], entries: '' } } = await load(reader, { tail: this.#tailAt(owner) });
    const numbers = tail.days.map(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n));
    const { full } = await load(reader, { full: numbers.flat().map((number) => this.#pageAt(owner, number)) });
    const texts = full.map((page) => page?.entries ?? '');
    const days = tail.days.map(({ businessDate: date }, index) => {
      const ofDay = texts.splice(0, numbers[index]?.length ?? 0);
      return { businessDate: date, texts: index === tail.days.length - 1 ? [...ofDay, tail.entries] : ofDay };
    });
    return { tail, days };
  }

  /** The tail with these entries, and the pages that are full. */
  grown(owner: PagesOwner, { tail }: Kept, added: readonly AddedEntry[]): readonly Write[] {
    const writes: Write[] = [];
    let days = [...tail.days];
    let { entries } = tail;
    let lastHeading: string | undefined;
    const seal = (): void => {
      const day = days.at(-1);
      if (!day || entries === '') return;
      writes.push(put(this.#pageAt(owner, day.to), { entries }));
      days = [...days.slice(0, -1), { ...day, to: day.to + 1 }];
      entries = '';
      lastHeading = undefined;
    };
    for (const { businessDate: today, entry, heading } of added) {
      if (days.at(-1)?.businessDate !== today) {
        seal();
        const from = days.at(-1)?.to ?? 0;
        days = [...days.slice(-1), { businessDate: today, from, to: from }];
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

/** Whether what was made on a day is remembered: on today's, and on the last one before it of these. */
export function remembers(days: readonly BusinessDate[], today: BusinessDate): (day: BusinessDate) => boolean {
  const before = days.findLast((day) => day < today);
  return (day) => day === today || day === before;
}
