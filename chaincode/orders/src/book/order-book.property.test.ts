import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BookError, OrderBook, type BookEntry, type Fill, type Match, type Side } from './index';

const CASES = { numRuns: 1_000 };

type Operation =
  | { kind: 'place'; side: Side; price: bigint; quantity: bigint; age: number }
  | { kind: 'take'; side: Side; quantity: bigint; limit: bigint | undefined }
  | { kind: 'reduce'; target: number; quantity: bigint }
  | { kind: 'cancel'; target: number };

const side = fc.constantFrom<Side>('buy', 'sell');
const price = fc.bigInt({ min: 95n, max: 105n });
const quantity = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 1n, max: 50n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 2n ** 70n }) },
);
const target = fc.nat({ max: 30 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  // Older orders may come in late: their sequence is their own.
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('place'), side, price, quantity, age: fc.nat({ max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('take'), side, quantity, limit: fc.option(price, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reduce'), target, quantity }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), target }) },
);
const operations = fc.array(operation, { maxLength: 50 });

/** What an operation did: the match of an order, or the quantity withdrawn. */
type Effect = Match | { withdrawn: bigint };

interface Book {
  entries(): BookEntry[];
  place(order: { ref: string; side: Side; price: bigint; quantity: bigint; sequence: bigint }): Match;
  take(order: { side: Side; quantity: bigint; limit?: bigint }): Match;
  reduce(ref: string, by: bigint): bigint;
  cancel(ref: string): bigint;
}

/** `index` numbers the operation, and with it the order that it places. */
function apply(book: Book, item: Operation, index: number): Effect {
  switch (item.kind) {
    case 'place': {
      const sequence = BigInt(index - 10 * item.age) * 1_000n + BigInt(index);
      return book.place({
        ref: index.toString(),
        side: item.side,
        price: item.price,
        quantity: item.quantity,
        sequence,
      });
    }
    case 'take': {
      const limit = item.limit === undefined ? {} : { limit: item.limit };
      return book.take({ side: item.side, quantity: item.quantity, ...limit });
    }
    case 'cancel':
      return { withdrawn: book.cancel(item.target.toString()) };
    case 'reduce':
      try {
        book.reduce(item.target.toString(), item.quantity);
        return { withdrawn: item.quantity };
      } catch (error) {
        if (error instanceof BookError) return { withdrawn: 0n };
        throw error;
      }
  }
}

function bookAfter(items: readonly Operation[]): OrderBook {
  const book = new OrderBook();
  for (const [index, item] of items.entries()) apply(book, item, index);
  return book;
}

function total(quantities: readonly bigint[]): bigint {
  return quantities.reduce((sum, one) => sum + one, 0n);
}

/** The rules said as plainly as can be: a list of orders, sorted anew for every question. */
class ListBook implements Book {
  #orders: BookEntry[] = [];

  entries(): BookEntry[] {
    return [...this.#byPriority('buy'), ...this.#byPriority('sell')];
  }

  place(order: { ref: string; side: Side; price: bigint; quantity: bigint; sequence: bigint }): Match {
    const match = this.#trade(order.side, order.quantity, order.price);
    const { ref, side, price, sequence } = order;
    if (match.unfilled > 0n) this.#orders.push({ ref, side, price, remaining: match.unfilled, sequence });
    return match;
  }

  take(order: { side: Side; quantity: bigint; limit?: bigint }): Match {
    return this.#trade(order.side, order.quantity, order.limit);
  }

  reduce(ref: string, by: bigint): bigint {
    const found = this.#orders.find((order) => order.ref === ref);
    if (!found) throw new BookError({ code: 'OrderNotStanding', ref });
    const left = found.remaining - by;
    if (left < 0n) throw new BookError({ code: 'ReductionExceedsRemaining', ref, remaining: found.remaining });
    this.#orders = this.#orders
      .map((order) => (order.ref === ref ? { ...order, remaining: left } : order))
      .filter(({ remaining }) => remaining > 0n);
    return left;
  }

  cancel(ref: string): bigint {
    const remaining = this.#orders.find((order) => order.ref === ref)?.remaining ?? 0n;
    this.#orders = this.#orders.filter((order) => order.ref !== ref);
    return remaining;
  }

  #byPriority(side: Side): BookEntry[] {
    const sign = side === 'buy' ? -1 : 1;
    const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
    return this.#orders
      .filter((order) => order.side === side)
      .sort((a, b) => sign * ascending(a.price, b.price) || ascending(a.sequence, b.sequence));
  }

  #trade(side: Side, quantity: bigint, limit?: bigint): Match {
    const isInReach = (price: bigint) => limit === undefined || (side === 'buy' ? price <= limit : price >= limit);
    const fills: Fill[] = [];
    let unfilled = quantity;
    for (const order of this.#byPriority(side === 'buy' ? 'sell' : 'buy')) {
      if (unfilled === 0n || !isInReach(order.price)) break;
      const filled = order.remaining < unfilled ? order.remaining : unfilled;
      const remaining = this.reduce(order.ref, filled);
      fills.push({ ref: order.ref, price: order.price, quantity: filled, remaining });
      unfilled -= filled;
    }
    return { fills, unfilled };
  }
}

describe('laws of the order book', () => {
  test('price-time priority: fills and book are those of a sorted list', () => {
    fc.assert(
      fc.property(operations, (items) => {
        const book = new OrderBook();
        const list = new ListBook();
        for (const [index, item] of items.entries()) {
          expect(apply(book, item, index)).toEqual(apply(list, item, index));
          expect(book.entries()).toEqual(list.entries());
        }
      }),
      CASES,
    );
  });

  test('never crossed: after every operation the best bid is below the best offer', () => {
    fc.assert(
      fc.property(operations, (items) => {
        const book = new OrderBook();
        for (const [index, item] of items.entries()) {
          apply(book, item, index);
          const bid = book.best('buy');
          const offer = book.best('sell');
          if (bid && offer) expect(bid.price).toBeLessThan(offer.price);
        }
      }),
      CASES,
    );
  });

  test('conservation: what entered is filled on both sides, stands, was withdrawn or was dropped', () => {
    fc.assert(
      fc.property(operations, (items) => {
        const book = new OrderBook();
        let entered = 0n;
        let left = 0n;
        for (const [index, item] of items.entries()) {
          const effect = apply(book, item, index);
          if ('withdrawn' in effect) {
            left += effect.withdrawn;
            continue;
          }
          if (item.kind === 'place' || item.kind === 'take') entered += item.quantity;
          left += 2n * total(effect.fills.map((fill) => fill.quantity));
          if (item.kind === 'take') left += effect.unfilled;
        }
        expect(total(book.entries().map(({ remaining }) => remaining)) + left).toBe(entered);
      }),
      CASES,
    );
  });

  test('depth: each level is the sum of its orders, best first, none empty', () => {
    fc.assert(
      fc.property(operations, side, (items, one) => {
        const book = bookAfter(items);
        const levels = new Map<bigint, bigint[]>();
        for (const { price: at, remaining } of book.queue(one)) levels.set(at, [...(levels.get(at) ?? []), remaining]);
        const expected = Array.from(levels, ([at, quantities]) => {
          return { price: at, quantity: total(quantities), orders: quantities.length };
        });
        expect(book.depth(one)).toEqual(expected);
      }),
      CASES,
    );
  });

  test('export and import: the same book, whatever the order of the entries, and the same ever after', () => {
    const withKeys = fc.array(fc.nat(), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(operations, operations, withKeys, (items, later, keys) => {
        const book = bookAfter(items);
        const shuffled = book
          .entries()
          .map((entry, index) => ({ entry, key: keys[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ entry }) => entry);
        const imported = OrderBook.fromEntries(shuffled);
        expect(imported.entries()).toEqual(book.entries());
        for (const [index, item] of later.entries()) {
          expect(apply(imported, item, 100 + index)).toEqual(apply(book, item, 100 + index));
        }
        expect(imported.entries()).toEqual(book.entries());
      }),
      CASES,
    );
  });

  test('cancel: withdraws exactly the order, once', () => {
    fc.assert(
      fc.property(operations, target, (items, one) => {
        const book = bookAfter(items);
        const before = book.entries();
        const ref = one.toString();
        const withdrawn = book.cancel(ref);
        const after = before.filter((entry) => entry.ref !== ref);
        expect(withdrawn).toBe(before.find((entry) => entry.ref === ref)?.remaining ?? 0n);
        expect(book.entries()).toEqual(after);
        expect(book.cancel(ref)).toBe(0n);
        expect(book.entries()).toEqual(after);
      }),
      CASES,
    );
  });

  test('preview: foretells take and changes nothing', () => {
    fc.assert(
      fc.property(operations, side, quantity, (items, one, wanted) => {
        const book = bookAfter(items);
        const before = book.entries();
        const preview = book.preview({ side: one, quantity: wanted });
        expect(book.entries()).toEqual(before);
        expect(book.take({ side: one, quantity: wanted })).toEqual(preview);
      }),
      CASES,
    );
  });
});
