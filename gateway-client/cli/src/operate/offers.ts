import type { MspId } from '@kessai/interface';

/** A member as this scheduler meets it first may seal a thousand instructions in each submission. */
const first = 8;
const least = 2;
const most = 1_000;

/**
 * How many submissions of each member a cycle is offered. How many it takes depends on what is in them, which is private: offered are
 * about twice as many as were taken last, so that a cycle is full and little is read in vain.
 */
export class Offers {
  readonly #counts = new Map<MspId, number>();

  of(member: MspId): number {
    return this.#counts.get(member) ?? first;
  }

  /** A cycle took so many of those that it was offered. */
  observe(member: MspId, offered: number, taken: number): void {
    if (taken < offered) this.#counts.set(member, Math.max(least, 2 * taken));
    else if (offered >= this.of(member)) this.#counts.set(member, Math.min(most, 2 * offered));
  }

  /** A cycle failed that was offered so many. */
  shrink(member: MspId, offered: number): void {
    this.#counts.set(member, Math.max(least, Math.min(this.of(member), offered) >> 1));
  }
}
