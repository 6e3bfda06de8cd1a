import { describe, expect, test } from '@jest/globals';
import { type Codec, type Isin, type MspId, decodeText, encodeText } from '@kessai/interface';
import { Rows } from '@kessai/ledger';
import fc from 'fast-check';
import { type Owner, ownersAt, ownersInOrder } from './board';
import { type Order, endedOrdersAt } from './order';

const alpha = 'AlphaMSP' as MspId;
const value = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const account = fc.constantFrom('A-1', 'A-2', 'CLIENT-17');

const orders = fc.array(
  fc.record({
    ...{ orderId: fc.stringMatching(/^[a-z0-9]{1,8}$/), isin: fc.constantFrom('JP3371200001', 'JP3190000004') },
    ...{ side: fc.constantFrom('buy', 'sell'), account, price: value, quantity: value },
    ...{ remaining: fc.oneof(value, fc.constant(0n)), timeInForce: fc.constantFrom('day', 'immediate-or-cancel') },
    ...{ status: fc.constantFrom('pending', 'standing', 'filled', 'cancelled', 'expired'), sequence: value },
    time: fc.constantFrom('2023-03-01T09:00:00.000Z', '2023-03-01T09:00:01.000Z'),
    businessDate: fc.constantFrom('2023-03-01', '2023-03-02'),
  }),
  { maxLength: 12 },
);
const owners = fc.uniqueArray(
  fc.record({
    sequence: value,
    orderId: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    institution: fc.constant('BetaMSP'),
    account,
  }),
  { maxLength: 12, selector: ({ sequence }) => sequence },
);

function readBack<T>(codec: Codec<T>, stored: T): T {
  const text = encodeText(codec, stored);
  const read = decodeText(codec, text);
  expect(encodeText(codec, read)).toBe(text);
  return read;
}

describe('What is stored of orders reads back as it was written', () => {
  test('the orders of a page, whatever they have in common', () => {
    const { codec } = endedOrdersAt(alpha, 7);
    fc.assert(
      fc.property(orders, (made) => {
        const lines = made as unknown as readonly Order[];
        expect(readBack(codec, { lines })).toEqual({ lines });
      }),
    );
  });

  test('who stands behind the orders of a board', () => {
    const { codec } = ownersAt('JP3371200001' as Isin);
    fc.assert(
      fc.property(owners, (made) => {
        const rows = Rows.of(
          (made as unknown as readonly Owner[]).map((one) => [one.sequence.toString(), one] as const),
        );
        expect(ownersInOrder(readBack(codec, rows))).toEqual(ownersInOrder(rows));
      }),
    );
  });
});
