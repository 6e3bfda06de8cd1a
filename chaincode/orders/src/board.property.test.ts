import { describe, expect, test } from '@jest/globals';
import { Version } from '@kessai/ledger';
import fc from 'fast-check';
import { Arrival, Withdrawal } from './board';
import { OrderBook } from './book';

const change = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price: fc.bigInt({ min: 10n, max: 16n }),
      quantity: fc.bigInt({ min: 1n, max: 9n }),
      timeInForce: fc.constantFrom('day' as const, 'day' as const, 'immediate-or-cancel' as const),
      owner: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ withdraw: fc.nat(40) }) },
);

describe('A board of which an earlier version is used again', () => {
  test('stands as it stood then, and goes on from there as if nothing had happened since', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.nat(3)), { minLength: 1, maxLength: 40 }), (changes) => {
        const versions: { readonly book: Version<OrderBook>; readonly entries: unknown }[] = [
          { book: Version.of(new OrderBook()), entries: [] },
        ];
        for (const [index, [one, back]] of changes.entries()) {
          // Mostly the last version goes on, sometimes one of those before it.
          const { book } = versions[Math.max(0, versions.length - 1 - back)] ?? { book: Version.of(new OrderBook()) };
          const isOwn = (ref: string): boolean => {
            const standing = changes[Number(ref)]?.[0];
            return 'owner' in one && standing !== undefined && 'owner' in standing && standing.owner === one.owner;
          };
          const next = book.with(
            'withdraw' in one ? new Withdrawal(BigInt(one.withdraw)) : new Arrival(one, BigInt(index), isOwn),
          );
          versions.push({ book: next, entries: next.state.entries() });
        }
        for (const { book, entries } of versions) expect(book.state.entries()).toEqual(entries);
        for (const { book, entries } of versions.reverse()) expect(book.state.entries()).toEqual(entries);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a book put together anew from its entries is the same', () => {
    const book = Version.of(new OrderBook())
      .with(new Arrival({ side: 'sell', price: 12n, quantity: 5n, timeInForce: 'day' }, 1n))
      .with(new Arrival({ side: 'buy', price: 12n, quantity: 2n, timeInForce: 'day' }, 2n));
    expect(OrderBook.fromEntries(book.state.entries()).depth('sell')).toEqual([
      { price: 12n, quantity: 3n, orders: 1 },
    ]);
  });
});
