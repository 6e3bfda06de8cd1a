/** How a cycle went, as far as it says something about its size. */
export interface CycleCost {
  readonly elapsedMs: number;
  /** Whether it left behind of a member what it was offered. */
  readonly cut: boolean;
  /** Whether it took of another member all that it was offered: somebody who has little, and was kept waiting by who has much. */
  readonly shared: boolean;
}

export interface FairShareOptions {
  /** A cycle that takes longer was too large for those who have little, unless small ones take as long. */
  readonly targetMs: number;
  readonly first: number;
  readonly most: number;
}

const least = 50;
/** Cycles whose quickest tells what even a small one takes. */
const remembered = 32;
/** Where everybody has much, large cycles cost each instruction less, and nobody waits for another. */
const patience = 4;

/** How many instructions of one member a cycle takes at most, so that a flood delays nobody else by more than one bounded cycle. */
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

  observe({ elapsedMs, cut, shared }: CycleCost): void {
    const quickest = Math.min(elapsedMs, ...this.#recent);
    this.#recent.push(elapsedMs);
    if (this.#recent.length > remembered) this.#recent.shift();
    if (!cut) return;
    const target = this.#options.targetMs * (shared ? 1 : patience);
    if (elapsedMs > Math.max(target, 2 * quickest)) this.shrink();
    else this.#grow();
  }

  /** A cycle of this share was too large. */
  shrink(): void {
    this.#isStarting = false;
    this.#share = Math.max(least, this.#share >> 1);
  }

  #grow(): void {
    const more = this.#isStarting ? this.#share : Math.max(1, this.#share >> 3);
    this.#share = Math.min(this.#options.most, this.#share + more);
  }
}
