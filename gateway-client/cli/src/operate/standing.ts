import type { MarketProgress } from '@kessai/interface';

/** How much a longest gap between cycles counts when the next one is seen. */
const gapMemory = 0.9;

/** How far the market has come, as far as this scheduler knows. */
export class Standing {
  #progress: MarketProgress;
  /** Number of the last cycle that was seen in a block. */
  #seenNumber: number;
  #maker: string | undefined;
  #seenAt: number | undefined;
  #usualGapMs = 0;

  /** @param seenNumber the last cycle of which the blocks read so far tell, where they were read by an earlier scheduler. */
  constructor(progress: MarketProgress, seen?: { readonly number: number; readonly maker: string | undefined }) {
    this.#progress = progress;
    this.#seenNumber = seen?.number ?? -1;
    this.#maker = seen?.maker;
  }

  get progress(): MarketProgress {
    return this.#progress;
  }

  /** Organisation that made the last cycle, or founded the market. */
  get maker(): string | undefined {
    return this.#maker;
  }

  get seenNumber(): number {
    return this.#seenNumber;
  }

  /** When the last cycle was seen. */
  get seenAt(): number | undefined {
    return this.#seenAt;
  }

  /** Whether the blocks that were read tell of the last cycle there is known to be. */
  get caughtUp(): boolean {
    return this.#seenNumber >= this.#progress.number;
  }

  /** How long cycles have lately let what waited wait. */
  get usualGapMs(): number {
    return this.#usualGapMs;
  }

  /** A block holds this progress. @param waitedSince when the oldest one that waited was seen. */
  saw(progress: MarketProgress, maker: string, now: number, waitedSince: number | undefined): void {
    if (waitedSince !== undefined) {
      const gapMs = now - Math.max(waitedSince, this.#seenAt ?? waitedSince);
      this.#usualGapMs = Math.max(gapMs, this.#usualGapMs * gapMemory);
    }
    this.#maker = maker;
    this.#seenAt = now;
    this.#seenNumber = progress.number;
    this.learn(progress);
  }

  /** The own peer tells of this progress. */
  learn(progress: MarketProgress): void {
    if (progress.number >= this.#progress.number) this.#progress = progress;
  }
}
