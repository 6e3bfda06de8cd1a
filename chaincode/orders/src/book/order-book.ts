import { BookError, type OrderRef } from './book-error';
import { BookSide } from './book-side';
import type { PriceLevel } from './price-level';
import { isBetter, opposite, type Side } from './side';
import { StandingOrder, type BookEntry } from './standing-order';

/** An order that may stand: it trades up to its price, and what is left waits in the book. */
export interface LimitOrder<Ref extends OrderRef = string> {
  readonly ref: Ref;
  readonly side: Side;
  readonly price: bigint;
  readonly quantity: bigint;
  /** Time priority: the caller numbers orders as they arrive. No two at one price may share a number. */
  readonly sequence: bigint;
  readonly meetsOwn?: MeetsOwn<Ref>;
}

/** Whether a standing order is of the same owner as the one that comes in: the two do not trade, and what is left of the new one is dropped. */
export type MeetsOwn<Ref extends OrderRef = string> = (standing: Ref) => boolean;

/** An order that never stands. With a `limit` it is immediate-or-cancel, without one a market order. */
export interface TakingOrder<Ref extends OrderRef = string> {
  readonly side: Side;
  readonly quantity: bigint;
  readonly limit?: bigint;
  readonly meetsOwn?: MeetsOwn<Ref>;
}

/** One execution of a standing order, at the standing order's price. */
export interface Fill<Ref extends OrderRef = string> {
  readonly ref: Ref;
  readonly price: bigint;
  readonly quantity: bigint;
  /** What the standing order has left; 0 when it left the book. */
  readonly remaining: bigint;
}

export interface Match<Ref extends OrderRef = string> {
  /** Best price first, and at one price by ascending sequence. */
  readonly fills: readonly Fill<Ref>[];
  /** What found no counterpart: it stands after `place`, and is dropped after `take`. */
  readonly unfilled: bigint;
  /** It ended at an order of its own owner: what is left is dropped after `place` too. */
  readonly metOwn?: true;
}

/** All that stands at one price. */
export interface DepthLevel {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly orders: number;
}

/**
 * A central limit order book with price-time priority.
 *
 * Laws: no buy order stands at or above a standing sell order; every quantity that enters is filled, stands, was
 * withdrawn, or was reported as unfilled; a refused operation changes nothing. Order size and price are whole numbers of
 * any length.
 */
export class OrderBook<Ref extends OrderRef = string> {
  readonly #orders = new Map<Ref, StandingOrder<Ref>>();
  readonly #buy = new BookSide<Ref>('buy');
  readonly #sell = new BookSide<Ref>('sell');

  /**
   * The book in which exactly these orders stand, given in any order.
   * @throws BookError BookCrossed, OrderStanding, SequenceTaken, QuantityNotPositive or PriceNotPositive
   */
  static fromEntries<Ref extends OrderRef>(entries: Iterable<BookEntry<Ref>>): OrderBook<Ref> {
    const book = new OrderBook<Ref>();
    for (const entry of entries) book.restore(entry);
    return book;
  }

  /**
   * Puts an order where its sequence says that it stood, and trades nothing.
   * @throws BookError BookCrossed, OrderStanding, SequenceTaken, QuantityNotPositive or PriceNotPositive
   */
  restore({ ref, side, price, remaining, sequence }: BookEntry<Ref>): void {
    this.#refuseUnfit(ref, price, remaining);
    if (this.#crosses(side, price)) throw new BookError({ code: 'BookCrossed', ref, side, price });
    this.#stand(ref, side, price, remaining, sequence);
  }

  /** Every standing order: buy side, then sell side, each by priority. `fromEntries` makes the same book of it. */
  entries(): BookEntry<Ref>[] {
    return [...this.queue('buy'), ...this.queue('sell')];
  }

  /** How many orders stand. */
  get size(): number {
    return this.#orders.size;
  }

  get(ref: Ref): BookEntry<Ref> | undefined {
    return this.#orders.get(ref)?.toEntry();
  }

  has(ref: Ref): boolean {
    return this.#orders.has(ref);
  }

  /** The best price of a side and what stands there. */
  best(side: Side): DepthLevel | undefined {
    const level = this.#side(side).best;
    return level && depthOf(level);
  }

  /** The aggregated levels of a side, best first, at most `limit` of them. */
  depth(side: Side, limit = Infinity): DepthLevel[] {
    const levels: DepthLevel[] = [];
    for (const level of this.#side(side).bestFirst()) {
      if (levels.length >= limit) break;
      levels.push(depthOf(level));
    }
    return levels;
  }

  /** The orders of a side by priority, or of one price of it. */
  queue(side: Side, price?: bigint): BookEntry<Ref>[] {
    const bookSide = this.#side(side);
    const levels = price === undefined ? bookSide.bestFirst() : [bookSide.find(price) ?? []];
    return Array.from(levels, (level) => Array.from(level, (order) => order.toEntry())).flat();
  }

  /**
   * Trades an order against the other side up to its price; what is left stands, unless it ended at an order of its own owner.
   * @throws BookError QuantityNotPositive, PriceNotPositive, OrderStanding or SequenceTaken
   */
  place(order: LimitOrder<Ref>): Match<Ref> {
    const { ref, side, price, quantity, sequence, meetsOwn } = order;
    this.#refuseUnfit(ref, price, quantity);
    if (!this.#crosses(side, price)) {
      this.#stand(ref, side, price, quantity, sequence);
      return { fills: [], unfilled: quantity };
    }
    // The own side has no level at a price that crosses, so standing cannot meet a taken sequence after fills were made.
    const match = this.#match(side, quantity, price, meetsOwn);
    this.#execute(match.fills);
    if (match.unfilled > 0n && match.metOwn !== true) this.#stand(ref, side, price, match.unfilled, sequence);
    return match;
  }

  /**
   * Trades an order against the other side; what is left is dropped.
   * @throws BookError QuantityNotPositive or PriceNotPositive
   */
  take(order: TakingOrder<Ref>): Match<Ref> {
    const match = this.preview(order);
    this.#execute(match.fills);
    return match;
  }

  /**
   * What `take` would do, with the book left as it is.
   * @throws BookError QuantityNotPositive or PriceNotPositive
   */
  preview({ side, quantity, limit, meetsOwn }: TakingOrder<Ref>): Match<Ref> {
    if (quantity <= 0n) throw new BookError({ code: 'QuantityNotPositive', quantity });
    if (limit !== undefined && limit <= 0n) throw new BookError({ code: 'PriceNotPositive', price: limit });
    return this.#match(side, quantity, limit, meetsOwn);
  }

  /**
   * Withdraws a part of a standing order, which keeps its place; withdrawing all of it removes it.
   * @returns what is left.
   * @throws BookError QuantityNotPositive, OrderNotStanding or ReductionExceedsRemaining
   */
  reduce(ref: Ref, by: bigint): bigint {
    if (by <= 0n) throw new BookError({ code: 'QuantityNotPositive', quantity: by });
    const order = this.#orders.get(ref);
    if (order === undefined) throw new BookError({ code: 'OrderNotStanding', ref });
    const { remaining } = order;
    if (by > remaining) throw new BookError({ code: 'ReductionExceedsRemaining', ref, remaining });
    this.#reduce(order, by);
    return order.remaining;
  }

  /** Withdraws an order. @returns the quantity withdrawn; 0 when it does not stand, so that cancelling twice is harmless. */
  cancel(ref: Ref): bigint {
    const order = this.#orders.get(ref);
    if (order === undefined) return 0n;
    const { remaining } = order;
    this.#reduce(order, remaining);
    return remaining;
  }

  #side(side: Side): BookSide<Ref> {
    return side === 'buy' ? this.#buy : this.#sell;
  }

  #refuseUnfit(ref: Ref, price: bigint, quantity: bigint): void {
    if (quantity <= 0n) throw new BookError({ code: 'QuantityNotPositive', quantity });
    if (price <= 0n) throw new BookError({ code: 'PriceNotPositive', price });
    if (this.#orders.has(ref)) throw new BookError({ code: 'OrderStanding', ref });
  }

  #crosses(side: Side, price: bigint): boolean {
    const other = opposite(side);
    const best = this.#side(other).best;
    return best !== undefined && !isBetter(other, price, best.price);
  }

  /** The one place where priority is decided. */
  #match(side: Side, quantity: bigint, limit: bigint | undefined, meetsOwn?: MeetsOwn<Ref>): Match<Ref> {
    const other = this.#side(opposite(side));
    const fills: Fill<Ref>[] = [];
    let unfilled = quantity;
    for (let rank = 0; unfilled > 0n; rank += 1) {
      const level = other.level(rank);
      if (level === undefined) break;
      if (limit !== undefined && isBetter(other.side, limit, level.price)) break;
      for (let order = level.first; order !== undefined && unfilled > 0n; order = order.next) {
        if (meetsOwn?.(order.ref) === true) return { fills, unfilled, metOwn: true };
        const filled = order.remaining < unfilled ? order.remaining : unfilled;
        fills.push({ ref: order.ref, price: level.price, quantity: filled, remaining: order.remaining - filled });
        unfilled -= filled;
      }
    }
    return { fills, unfilled };
  }

  #execute(fills: readonly Fill<Ref>[]): void {
    for (const { ref, quantity } of fills) this.reduce(ref, quantity);
  }

  #stand(ref: Ref, side: Side, price: bigint, quantity: bigint, sequence: bigint): void {
    const level = this.#side(side).open(price);
    const order = new StandingOrder(ref, level, sequence, quantity);
    level.add(order);
    this.#orders.set(ref, order);
  }

  #reduce(order: StandingOrder<Ref>, by: bigint): void {
    const { level } = order;
    level.reduce(order, by);
    if (order.remaining > 0n) return;
    this.#orders.delete(order.ref);
    if (level.orders === 0) this.#side(level.side).close(level);
  }
}

function depthOf<Ref extends OrderRef>({ price, quantity, orders }: PriceLevel<Ref>): DepthLevel {
  return { price, quantity, orders };
}
