import { BookError, type OrderRef } from './book-error';
import type { Side } from './side';
import type { StandingOrder } from './standing-order';

/** The queue of orders that stand at one price, by ascending sequence. */
export class PriceLevel<Ref extends OrderRef> {
  #first: StandingOrder<Ref> | undefined = undefined;
  #last: StandingOrder<Ref> | undefined = undefined;
  #quantity = 0n;
  #orders = 0;

  constructor(
    readonly side: Side,
    readonly price: bigint,
  ) {}

  get first(): StandingOrder<Ref> | undefined {
    return this.#first;
  }

  /** What all orders of the queue have left together. */
  get quantity(): bigint {
    return this.#quantity;
  }

  get orders(): number {
    return this.#orders;
  }

  /**
   * Puts an order behind those of lower sequence. The usual order is the youngest, so the search starts at the end; one whose fill is taken
   * back is the oldest.
   * @throws BookError SequenceTaken
   */
  add(order: StandingOrder<Ref>): void {
    let before = this.#first !== undefined && order.sequence < this.#first.sequence ? undefined : this.#last;
    while (before !== undefined && before.sequence > order.sequence) before = before.previous;
    if (before?.sequence === order.sequence) {
      throw new BookError({ code: 'SequenceTaken', ref: order.ref, by: before.ref, sequence: order.sequence });
    }
    const after = before === undefined ? this.#first : before.next;
    order.previous = before;
    order.next = after;
    if (before === undefined) this.#first = order;
    else before.next = order;
    if (after === undefined) this.#last = order;
    else after.previous = order;
    this.#quantity += order.remaining;
    this.#orders += 1;
  }

  /** Takes a quantity off an order of this queue, and the order out of it when nothing is left. */
  reduce(order: StandingOrder<Ref>, by: bigint): void {
    order.remaining -= by;
    this.#quantity -= by;
    if (order.remaining === 0n) this.#unlink(order);
  }

  *[Symbol.iterator](): IterableIterator<StandingOrder<Ref>> {
    for (let order = this.#first; order !== undefined; order = order.next) yield order;
  }

  #unlink(order: StandingOrder<Ref>): void {
    const { previous, next } = order;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#orders -= 1;
  }
}
