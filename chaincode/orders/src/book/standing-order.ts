import type { OrderRef } from './book-error';
import type { PriceLevel } from './price-level';
import type { Side } from './side';

/**
 * An order that stands in the book, as plain data: the form in which a book is exported, stored and imported.
 * `price` and `remaining` are whole numbers of the smallest unit. `sequence` gives time priority: the lower came first.
 */
export interface BookEntry<Ref extends OrderRef = string> {
  readonly ref: Ref;
  readonly side: Side;
  readonly price: bigint;
  readonly remaining: bigint;
  readonly sequence: bigint;
}

/** An order in its place in the queue of one price. Never leaves the book: callers get a BookEntry. */
export class StandingOrder<Ref extends OrderRef> {
  next: StandingOrder<Ref> | undefined = undefined;
  previous: StandingOrder<Ref> | undefined = undefined;

  constructor(
    readonly ref: Ref,
    readonly level: PriceLevel<Ref>,
    readonly sequence: bigint,
    public remaining: bigint,
  ) {}

  toEntry(): BookEntry<Ref> {
    const { ref, level, remaining, sequence } = this;
    return { ref, side: level.side, price: level.price, remaining, sequence };
  }
}
