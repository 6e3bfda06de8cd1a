import { describe, expect, test } from '@jest/globals';
import { BookError, OrderBook, type BookEntry, type Side } from './index';

/** Orders arrive in the order written: "A buy 100 @ 50". */
function bookOf(...orders: string[]): OrderBook {
  const book = new OrderBook();
  for (const [index, text] of orders.entries()) book.place(orderOf(text, BigInt(index + 1)));
  return book;
}

function orderOf(text: string, sequence: bigint) {
  const [ref = '', side, quantity = '', , price = ''] = text.split(' ');
  return { ref, side: side as Side, quantity: BigInt(quantity), price: BigInt(price), sequence };
}

function standing(book: OrderBook): string[] {
  return book.entries().map(({ ref, side, remaining, price }) => `${ref} ${side} ${remaining} @ ${price}`);
}

function refusal(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    if (error instanceof BookError) return error.fault;
    throw error;
  }
  return 'accepted';
}

describe('a limit order', () => {
  test('that meets no counterpart stands', () => {
    const book = bookOf('A sell 100 @ 51');
    const match = book.place(orderOf('B buy 40 @ 50', 2n));
    expect(match).toEqual({ fills: [], unfilled: 40n });
    expect(standing(book)).toEqual(['B buy 40 @ 50', 'A sell 100 @ 51']);
  });

  test('takes the best price first, then the earlier order, each at the standing price; the rest stands', () => {
    const book = bookOf('A sell 30 @ 51', 'B sell 30 @ 50', 'C sell 30 @ 50', 'D sell 30 @ 52');
    const match = book.place(orderOf('E buy 100 @ 51', 5n));
    expect(match).toEqual({
      fills: [
        { ref: 'B', price: 50n, quantity: 30n, remaining: 0n },
        { ref: 'C', price: 50n, quantity: 30n, remaining: 0n },
        { ref: 'A', price: 51n, quantity: 30n, remaining: 0n },
      ],
      unfilled: 10n,
    });
    expect(standing(book)).toEqual(['E buy 10 @ 51', 'D sell 30 @ 52']);
  });

  test('that is filled in full leaves the standing order what it has left, in its place', () => {
    const book = bookOf('A buy 100 @ 50', 'B buy 100 @ 50');
    book.place(orderOf('C sell 60 @ 49', 3n));
    expect(standing(book)).toEqual(['A buy 40 @ 50', 'B buy 100 @ 50']);
  });

  test('has time priority by its sequence, not by when it was placed', () => {
    const book = new OrderBook();
    book.place(orderOf('late buy 10 @ 50', 9n));
    book.place(orderOf('early buy 10 @ 50', 2n));
    book.place(orderOf('between buy 10 @ 50', 5n));
    expect(book.queue('buy', 50n).map(({ ref }) => ref)).toEqual(['early', 'between', 'late']);
  });

  test('may have a price and a quantity far above 2^53', () => {
    const price = 2n ** 80n + 1n;
    const book = bookOf(`A sell ${2n ** 70n} @ ${price}`);
    const match = book.place(orderOf(`B buy ${2n ** 70n - 1n} @ ${price}`, 2n));
    expect(match.fills).toEqual([{ ref: 'A', price, quantity: 2n ** 70n - 1n, remaining: 1n }]);
    expect(book.place(orderOf(`C buy 1 @ ${price - 1n}`, 3n)).fills).toEqual([]);
  });
});

describe('an order that comes upon one of its own owner', () => {
  const isB = (ref: string): boolean => ref === 'B';

  test('keeps what it has traded, and what is left neither trades on nor stands', () => {
    const book = bookOf('A sell 30 @ 50', 'B sell 30 @ 50', 'C sell 30 @ 50');
    const match = book.place({ ...orderOf('D buy 100 @ 51', 4n), meetsOwn: isB });
    expect(match).toEqual({
      ...{ fills: [{ ref: 'A', price: 50n, quantity: 30n, remaining: 0n }], unfilled: 70n, metOwn: true },
    });
    expect(standing(book)).toEqual(['B sell 30 @ 50', 'C sell 30 @ 50']);
  });

  test('that is filled before it does not come upon it', () => {
    const book = bookOf('A sell 30 @ 50', 'B sell 30 @ 51');
    const match = book.place({ ...orderOf('D buy 30 @ 51', 4n), meetsOwn: isB });
    expect(match).toEqual({ fills: [{ ref: 'A', price: 50n, quantity: 30n, remaining: 0n }], unfilled: 0n });
  });

  test('takes no further either, nor beyond a better price', () => {
    const book = bookOf('A sell 30 @ 52', 'B sell 30 @ 51');
    expect(book.take({ side: 'buy', quantity: 10n, meetsOwn: isB })).toEqual({
      fills: [],
      unfilled: 10n,
      metOwn: true,
    });
    expect(standing(book)).toEqual(['B sell 30 @ 51', 'A sell 30 @ 52']);
  });
});

describe('an order that takes', () => {
  test('at the market goes through all prices and drops what it cannot fill', () => {
    const book = bookOf('A buy 10 @ 50', 'B buy 10 @ 1');
    const match = book.take({ side: 'sell', quantity: 25n });
    expect(match.fills.map(({ ref, price }) => `${ref} @ ${price}`)).toEqual(['A @ 50', 'B @ 1']);
    expect(match.unfilled).toBe(5n);
    expect(book.size).toBe(0);
  });

  test('with a limit goes no further than its limit', () => {
    const book = bookOf('A sell 10 @ 50', 'B sell 10 @ 51');
    expect(book.take({ side: 'buy', quantity: 15n, limit: 50n }).unfilled).toBe(5n);
    expect(standing(book)).toEqual(['B sell 10 @ 51']);
  });

  test('can be previewed', () => {
    const book = bookOf('A sell 10 @ 50', 'B sell 10 @ 51');
    const preview = book.preview({ side: 'buy', quantity: 15n });
    expect(standing(book)).toEqual(['A sell 10 @ 50', 'B sell 10 @ 51']);
    expect(book.take({ side: 'buy', quantity: 15n })).toEqual(preview);
  });
});

describe('a withdrawal', () => {
  test('of a part keeps the place in the queue', () => {
    const book = bookOf('A buy 100 @ 50', 'B buy 100 @ 50');
    expect(book.reduce('A', 99n)).toBe(1n);
    expect(standing(book)).toEqual(['A buy 1 @ 50', 'B buy 100 @ 50']);
  });

  test('of everything removes the order, and its price when it was alone there', () => {
    const book = bookOf('A buy 100 @ 50', 'B buy 100 @ 49');
    expect(book.reduce('A', 100n)).toBe(0n);
    expect(book.has('A')).toBe(false);
    expect(book.best('buy')).toEqual({ price: 49n, quantity: 100n, orders: 1 });
  });

  test('by cancel tells what was withdrawn, and does nothing the second time', () => {
    const book = bookOf('A buy 100 @ 50', 'B buy 5 @ 50');
    expect(book.cancel('A')).toBe(100n);
    expect(book.cancel('A')).toBe(0n);
    expect(book.cancel('never')).toBe(0n);
    expect(standing(book)).toEqual(['B buy 5 @ 50']);
  });
});

test('depth adds up each price, best first, as many as asked', () => {
  const book = bookOf('A sell 10 @ 52', 'B sell 20 @ 51', 'C sell 30 @ 51', 'D sell 1 @ 53', 'E buy 7 @ 50');
  expect(book.depth('sell', 2)).toEqual([
    { price: 51n, quantity: 50n, orders: 2 },
    { price: 52n, quantity: 10n, orders: 1 },
  ]);
  expect(book.depth('buy')).toEqual([{ price: 50n, quantity: 7n, orders: 1 }]);
  expect(book.best('sell')).toEqual({ price: 51n, quantity: 50n, orders: 2 });
  expect(new OrderBook().best('buy')).toBeUndefined();
});

describe('the book refuses', () => {
  const refused: [string, (book: OrderBook) => unknown, object][] = [
    ['a quantity of zero', (b) => b.place(orderOf('X buy 0 @ 9', 9n)), { code: 'QuantityNotPositive', quantity: 0n }],
    [
      'a negative quantity',
      (b) => b.take({ side: 'buy', quantity: -1n }),
      { code: 'QuantityNotPositive', quantity: -1n },
    ],
    ['a reduction by zero', (b) => b.reduce('A', 0n), { code: 'QuantityNotPositive', quantity: 0n }],
    ['a price of zero', (b) => b.place(orderOf('X buy 1 @ 0', 9n)), { code: 'PriceNotPositive', price: 0n }],
    [
      'a limit of zero',
      (b) => b.preview({ side: 'sell', quantity: 1n, limit: 0n }),
      { code: 'PriceNotPositive', price: 0n },
    ],
    ['an order that stands', (b) => b.place(orderOf('A sell 1 @ 9', 9n)), { code: 'OrderStanding', ref: 'A' }],
    ['to reduce what does not stand', (b) => b.reduce('X', 1n), { code: 'OrderNotStanding', ref: 'X' }],
    [
      'to reduce by more than is left',
      (b) => b.reduce('A', 101n),
      { code: 'ReductionExceedsRemaining', ref: 'A', remaining: 100n },
    ],
    [
      'two orders of one sequence at one price',
      (b) => b.place(orderOf('X buy 1 @ 50', 1n)),
      { code: 'SequenceTaken', ref: 'X', by: 'A', sequence: 1n },
    ],
  ];

  test.each(refused)('%s, and stays as it was', (_, operation, fault) => {
    const book = bookOf('A buy 100 @ 50', 'B sell 100 @ 60');
    const before = book.entries();
    expect(refusal(() => operation(book))).toEqual(fault);
    expect(book.entries()).toEqual(before);
    expect(book.depth('buy')).toEqual([{ price: 50n, quantity: 100n, orders: 1 }]);
  });

  const bid: BookEntry = { ref: 'A', side: 'buy', price: 50n, remaining: 1n, sequence: 1n };
  const imports: [string, BookEntry, object][] = [
    [
      'an import that is crossed',
      { ...bid, ref: 'B', side: 'sell' },
      { code: 'BookCrossed', ref: 'B', side: 'sell', price: 50n },
    ],
    ['an import with an order twice', { ...bid, price: 49n }, { code: 'OrderStanding', ref: 'A' }],
    [
      'an import with a sequence twice at one price',
      { ...bid, ref: 'B' },
      { code: 'SequenceTaken', ref: 'B', by: 'A', sequence: 1n },
    ],
    ['an import of nothing left', { ...bid, ref: 'B', remaining: 0n }, { code: 'QuantityNotPositive', quantity: 0n }],
  ];

  test.each(imports)('%s', (_, entry, fault) => {
    expect(refusal(() => OrderBook.fromEntries([bid, entry]))).toEqual(fault);
  });
});
