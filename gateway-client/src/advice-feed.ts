import type { OutcomeAdvice } from '@kessai/interface';
import { isAborted } from './abort';
import type { AdviceReader, ReadPages } from './advice-reader';
import { backOff } from './backoff';
import type { CycleHints, CycleListener } from './cycle-hints';
import type { Freshness } from './freshness';
import { ClosedError } from './market-error';
import type { Execution } from './sealed-group';
import type { Settings } from './settings';

/** How often cycles are asked for while a call waits for one and no event has announced the last ones. */
const hurriedPollMs = 250;

/** How long the advices are followed when nobody waits for one any more; then they are read from the newest again. */
const lingerMs = 10_000;

type OnExecuted = (execution: Execution) => void;

/** One run of following, from a cycle on. */
interface Following {
  readonly end: AbortController;
  /** Resolves when it is known which cycle is the next one. */
  readonly began: Promise<void>;
}

/** Follows the member's advices while its calls wait for them, and hands each outcome to who waits for it. */
export class AdviceFeed {
  readonly #reader: AdviceReader;
  readonly #hints: CycleHints;
  readonly #freshness: Freshness;
  readonly #settings: Settings;
  readonly #expected = new Map<string, OnExecuted>();
  #following: Following | undefined;
  #failure: unknown;
  #lastWanted = 0;
  #closed = false;

  constructor(reader: AdviceReader, hints: CycleHints, freshness: Freshness, settings: Settings) {
    this.#reader = reader;
    this.#hints = hints;
    this.#freshness = freshness;
    this.#settings = settings;
  }

  /**
   * Begins to follow where it does not yet. What is sent to be ordered after this is executed in a cycle that will be read.
   * @throws MarketError where the last cycle cannot be learnt.
   */
  async ready(): Promise<void> {
    if (this.#closed) throw new ClosedError();
    this.#lastWanted = performance.now();
    this.#following ??= this.#begin();
    await this.#following.began;
  }

  /** Tells, once, when the transaction's instructions were executed. It must not have been sent to be ordered yet. */
  async expect(transactionId: string, executed: OnExecuted): Promise<void> {
    await this.ready();
    this.#expected.set(transactionId, executed);
  }

  forget(transactionId: string): void {
    this.#lastWanted = performance.now();
    this.#expected.delete(transactionId);
  }

  /** Why the advices cannot be read now; undefined where they can be. */
  get failure(): unknown {
    return this.#failure;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    this.#following?.end.abort();
    this.#following = undefined;
  }

  #begin(): Following {
    const end = new AbortController();
    const { signal } = end;
    const begins = this.#reader.last(signal);
    const following = { end, began: begins.then(() => undefined) };
    begins
      .then(async (last) => this.#follow(last + 1, signal))
      .catch(() => {
        // The failure is that of who waits for `began`; the next one begins anew.
        if (this.#following === following) this.#following = undefined;
      });
    return following;
  }

  async #follow(first: number, signal: AbortSignal): Promise<void> {
    const listener = this.#hints.listen();
    try {
      await this.#pages(first, listener, signal);
    } finally {
      listener.close();
    }
  }

  async #pages(first: number, listener: CycleListener, signal: AbortSignal): Promise<void> {
    let next = first;
    let failures = 0;
    // Whether events announce the cycles that are there.
    let announced = false;
    let wasAnnounced = false;
    while (!isAborted(signal)) {
      try {
        const read = await this.#reader.read(next, signal);
        failures = 0;
        this.#failure = undefined;
        this.#tell(read);
        if (read.pages.length > 0) announced = wasAnnounced;
        // A peer that lags behind the one that answered before does not set the feed back.
        next = Math.max(next, read.next);
        if (read.pages.length > 0 && next <= read.last) continue;
      } catch (error) {
        // Calls that wait end at their deadlines; until then it may be read yet.
        this.#failure = error;
        failures += 1;
        await backOff(failures, signal);
        continue;
      }
      if (this.#expected.size === 0 && performance.now() - this.#lastWanted > lingerMs) {
        this.#stop();
        return;
      }
      const { pollMs } = this.#settings;
      const hurried = this.#expected.size > 0 && !announced;
      wasAnnounced = await listener.wait(hurried ? Math.min(hurriedPollMs, pollMs) : pollMs, signal);
    }
  }

  #tell({ pages, blockNumber }: ReadPages): void {
    if (blockNumber === undefined) return;
    for (const { page } of pages) {
      const outcomes = new Map<string, OutcomeAdvice[]>();
      for (const advice of page.advices) {
        if (advice.kind !== 'outcome' || !this.#expected.has(advice.transactionId)) continue;
        const others = outcomes.get(advice.transactionId);
        if (others) others.push(advice);
        else outcomes.set(advice.transactionId, [advice]);
      }
      // What is answered from now on should know of what the calls are told.
      if (outcomes.size > 0) this.#freshness.committed(blockNumber);
      for (const [transactionId, advices] of outcomes) {
        const executed = this.#expected.get(transactionId);
        executed?.({ transactionId, cycle: page.cycle, blockNumber, outcomes: advices });
      }
    }
  }
}
