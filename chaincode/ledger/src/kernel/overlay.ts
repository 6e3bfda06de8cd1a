import type { Collection, CycleRequest, SealedInstruction } from '@kessai/interface';
import { Books } from '../value/books';
import { TradeBook } from '../value/trade-book';
import type { Appended } from './decision';
import type { PageAccess } from './held-pages';
import type { Log } from './log';
import { ReadRefused } from './read-refused';
import { RequestMemory } from './request-memory';
import { type Reader, type RecordReader, type Ref, type StateKey, type Write, decoded } from './state';

/** How many turns of the queue of jobs other loads are given to name what they read too, before a round of reading begins. */
const gatheringTurns = 12;

/** How far everything had come before an instruction, to go back to where it is refused. */
interface Mark {
  readonly books: number;
  readonly trades: number;
}

/**
 * The state as a cycle sees it: what the ledger holds, and on top what earlier instructions of the cycle have changed. Records are decoded
 * when they are first read and encoded when the cycle is written, however many instructions use them in between.
 */
export class Overlay implements RecordReader {
  readonly books: Books;
  readonly trades: TradeBook;
  readonly memory: RequestMemory;
  /** What the cycle takes. */
  readonly submissions: CycleRequest['submissions'];
  /** Requests by their instructions: each is loaded twice, and decoded once. */
  readonly requests = new WeakMap<SealedInstruction, unknown>();
  readonly pageAccess: PageAccess | undefined;
  readonly #source: Reader;
  readonly #known = new ByKey<unknown>();
  readonly #changed = new ByKey<Write>();
  readonly #logs = new ByKey<{ readonly ref: Ref<Log<unknown>>; readonly lines: unknown[] }>();
  /** Collections that this peer cannot read. */
  readonly #unreadable = new Map<Collection, ReadRefused>();
  #wanted = new ByKey<Ref<unknown>>();
  #round: Promise<void> | undefined;
  /** Rounds of reading: what the cycle cost at the peer. */
  rounds = 0;
  /** A read failed for another reason than that it was refused: what was decided since is worth nothing. */
  failure: { readonly cause: unknown } | undefined;

  /** @param reading of full pages. */
  constructor(
    source: Reader,
    { number, submissions }: Pick<CycleRequest, 'number' | 'submissions'>,
    reading: PageAccess['reading'] = 'what is not held',
  ) {
    this.#source = source;
    this.pageAccess = source.pageAccess && { held: source.pageAccess.held, reading };
    this.submissions = submissions;
    this.books = new Books(this);
    this.trades = new TradeBook(this, number);
    this.memory = new RequestMemory(this);
  }

  /** As stored, past what this cycle has decided: for what no instruction changes. */
  async read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]> {
    this.rounds += 1;
    try {
      return await this.#source.read(keys);
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  records(refs: readonly Ref<unknown>[]): readonly unknown[] | Promise<readonly unknown[]> {
    return this.#unreadable.size === 0 && this.#knowsAll(refs) ? this.#valuesOf(refs) : this.#read(refs);
  }

  async #read(refs: readonly Ref<unknown>[]): Promise<readonly unknown[]> {
    for (;;) {
      this.#refuseUnreadable(refs);
      if (this.#knowsAll(refs)) return this.#valuesOf(refs);
      for (const ref of refs) if (!this.#known.has(ref)) this.#wanted.set(ref, ref);
      this.#round ??= this.#gather();
      await this.#round;
    }
  }

  #knowsAll(refs: readonly Ref<unknown>[]): boolean {
    return refs.every((ref) => this.#known.has(ref));
  }

  #valuesOf(refs: readonly Ref<unknown>[]): readonly unknown[] {
    return refs.map((ref) => this.#known.get(ref));
  }

  /** Takes over what was read before. */
  know<T>(ref: Ref<T>, value: T): void {
    this.#known.set(ref, value);
  }

  apply(writes: readonly Write[]): void {
    for (const write of writes) {
      this.#changed.set(write.ref, write);
      this.#known.set(write.ref, write.value);
    }
  }

  append(lines: readonly Appended[]): void {
    for (const { log, line } of lines) {
      const found = this.#logs.get(log) ?? { ref: log, lines: [] };
      this.#logs.set(log, found);
      found.lines.push(line);
      // Later instructions of the cycle may look for what earlier ones have added.
      this.#known.set(log, { lines: found.lines });
    }
  }

  mark(): Mark {
    return { books: this.books.mark(), trades: this.trades.mark() };
  }

  rollBack(mark: Mark): void {
    this.books.rollBack(mark.books);
    this.trades.rollBack(mark.trades);
  }

  /** What instructions have written, each key once. */
  changes(): readonly Write[] {
    return [
      ...this.#changed.values(),
      ...[...this.#logs.values()].map(({ ref, lines }) => ({ ref, value: { lines } })),
    ];
  }

  /** One round for all that wait: loads that run side by side name their keys within a few turns of each other. */
  async #gather(): Promise<void> {
    for (let turn = 0; turn < gatheringTurns; turn += 1) await Promise.resolve();
    const wanted = [...this.#wanted.values()];
    this.#wanted = new ByKey();
    this.#round = undefined;
    try {
      await this.#fetch(wanted);
    } catch (error) {
      if (!(error instanceof ReadRefused)) throw error;
      // One collection that cannot be read must not fail what reads others.
      for (const collection of new Set(wanted.map((ref) => ref.collection))) {
        await this.#fetch(wanted.filter((ref) => ref.collection === collection)).catch((reason: unknown) => {
          if (!(reason instanceof ReadRefused)) throw reason;
          this.#unreadable.set(collection, reason);
        });
      }
    }
  }

  async #fetch(wanted: readonly Ref<unknown>[]): Promise<void> {
    const values = await this.read(wanted.map(({ collection, key }) => ({ collection, key })));
    for (const [index, ref] of wanted.entries()) {
      // Whoever wrote it while this was under way knew better.
      if (!this.#known.has(ref)) this.#known.set(ref, this.#decoded(ref, values[index]));
    }
  }

  #decoded(ref: Ref<unknown>, text: string | undefined): unknown {
    try {
      return decoded(ref, text);
    } catch (error) {
      this.#noteFailure(error);
      throw error;
    }
  }

  #noteFailure(cause: unknown): void {
    if (!(cause instanceof ReadRefused)) this.failure ??= { cause };
  }

  #refuseUnreadable(refs: readonly Ref<unknown>[]): void {
    if (this.#unreadable.size === 0) return;
    for (const { collection } of refs) {
      const refused = this.#unreadable.get(collection);
      if (refused) throw refused;
    }
  }
}

/** The overlay of a cycle; undefined where a query or a check reads. */
export function overlayOf(reader: Reader): Overlay | undefined {
  return reader instanceof Overlay ? reader : undefined;
}

/** By collection and key: to join the two for each look costs more than the look. Values come in the order in which they were first set. */
class ByKey<T> {
  readonly #collections = new Map<Collection, Map<string, number>>();
  readonly #values: T[] = [];

  has({ collection, key }: StateKey): boolean {
    return this.#collections.get(collection)?.has(key) === true;
  }

  get({ collection, key }: StateKey): T | undefined {
    const at = this.#collections.get(collection)?.get(key);
    return at === undefined ? undefined : this.#values[at];
  }

  set({ collection, key }: StateKey, value: T): void {
    let keys = this.#collections.get(collection);
    if (!keys) this.#collections.set(collection, (keys = new Map<string, number>()));
    const at = keys.get(key);
    if (at !== undefined) {
      this.#values[at] = value;
      return;
    }
    keys.set(key, this.#values.length);
    this.#values.push(value);
  }

  values(): readonly T[] {
    return this.#values;
  }
}
