import type { Standing } from './standing';

export interface TurnOptions {
  /** How long each further operator waits before it takes over. */
  readonly stepMs: number;
}

/** However slow cycles are, an operator that died is replaced after that. */
const longestStepMs = 2_000;

/**
 * Whose turn it is to make the next cycle, without an election: whoever made the last one goes on; the operator after it, in the order of
 * their names, takes over when something waits for long and no cycle comes, and so on. Two that act at once do no harm: a cycle's number
 * is made once.
 */
export class Turn {
  readonly #own: string;
  readonly #stepMs: number;
  #operators: readonly string[] = [];

  constructor(own: string, { stepMs }: TurnOptions) {
    this.#own = own;
    this.#stepMs = stepMs;
  }

  setOperators(operators: readonly string[]): void {
    this.#operators = [...operators].sort();
  }

  get isOperator(): boolean {
    return this.#operators.includes(this.#own);
  }

  /** How many operators come before this one. */
  rank(maker: string | undefined): number {
    const count = this.#operators.length;
    const own = Math.max(0, this.#operators.indexOf(this.#own));
    const last = maker === undefined ? 0 : Math.max(0, this.#operators.indexOf(maker));
    return count === 0 ? 0 : (own - last + count) % count;
  }

  /** How long what waits must have waited. Where cycles are slow, one that takes its time is not taken for dead. */
  delayMs({ maker, usualGapMs }: Pick<Standing, 'maker' | 'usualGapMs'>): number {
    const rank = this.rank(maker);
    if (rank === 0) return 0;
    const first = Math.max(this.#stepMs, Math.min(longestStepMs, 2 * usualGapMs));
    return first + (rank - 1) * this.#stepMs;
  }
}
