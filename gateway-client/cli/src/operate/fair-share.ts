/** How a cycle went, as far as it says something about its size. */
export interface CycleCost {
  readonly elapsedMs: number;
  /** Submissions of the member of whom it took most. */
  readonly largest: number;
  /** Whether the share kept it from taking more. */
  readonly bounded: boolean;
}

export interface FairShareOptions {
  /** A cycle that takes longer was too large, unless small ones take as long. */
  readonly targetMs: number;
  readonly first: number;
  readonly most: number;
}

/** One submission may hold a thousand instructions: where that makes cycles slow, nobody gets more of them into one. */
const least = 1;
/** Cycles whose quickest tells what even a small one takes. */
const remembered = 32;

/**
 * How many submissions of one member a cycle takes at most, so that a flood delays nobody else by more than one bounded cycle. The sizes
 * of submissions are private; how long cycles take tells enough.
 */
export class FairShare {
  readonly #options: FairShareOptions;
  readonly #recent: number[] = [];
  #share: number;
  /** How much a share can be is not known before a cycle was too large: until then it doubles. */
  #isStarting = true;

  constructor(options: FairShareOptions) {
    this.#options = options;
    this.#share = options.first;
  }

  get current(): number {
    return this.#share;
  }

  observe({ elapsedMs, largest, bounded }: CycleCost): void {
    const quickest = Math.min(elapsedMs, ...this.#recent);
    this.#recent.push(elapsedMs);
    if (this.#recent.length > remembered) this.#recent.shift();
    if (elapsedMs > Math.max(this.#options.targetMs, 2 * quickest)) this.shrink(largest);
    else if (bounded) this.#grow();
  }

  /** A cycle of this size was too large. */
  shrink(largest: number): void {
    this.#isStarting = false;
    this.#share = Math.max(least, Math.min(this.#share, largest) >> 1);
  }

  #grow(): void {
    const more = this.#isStarting ? this.#share : Math.max(1, this.#share >> 3);
    this.#share = Math.min(this.#options.most, this.#share + more);
  }
}
