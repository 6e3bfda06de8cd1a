import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Codec } from './codec';
import { FieldError } from './field-error';
import {
  balance,
  consideration,
  divideFloor,
  divideHalfEven,
  maxQuantity,
  price,
  quantity,
  ratio,
  signed,
} from './quantity';

const runs = 1_000;

function refusal(codec: Codec<unknown>, value: unknown): string | undefined {
  try {
    codec.decode(value, 'quantity');
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return error.code;
    throw error;
  }
}

describe('a quantity', () => {
  test.each([
    ['0', 'FieldOutOfRange'],
    ['-1', 'FieldOutOfRange'],
    ['9223372036854775808', 'FieldOutOfRange'],
    ['1.5', 'FieldMalformed'],
    ['1e3', 'FieldMalformed'],
    ['+1', 'FieldMalformed'],
    ['01', 'FieldMalformed'],
    ['-0', 'FieldMalformed'],
    [' 1', 'FieldMalformed'],
    ['0x10', 'FieldMalformed'],
    ['１', 'FieldMalformed'],
    ['1\n', 'FieldMalformed'],
    ['', 'FieldMalformed'],
    ['1'.repeat(41), 'FieldTooLong'],
    [100, 'FieldType'],
    [null, 'FieldType'],
    [{}, 'FieldType'],
  ])('%j is refused: %s', (value, code) => {
    expect(refusal(quantity, value)).toBe(code);
  });

  test('says of a fraction that smallest units have none', () => {
    expect(() => quantity.decode('1.5', 'quantity')).toThrow('without a fraction');
  });

  test('goes up to 2^63 - 1', () => {
    expect(quantity.decode('9223372036854775807', '')).toBe(maxQuantity);
    expect(price.decode('9223372036854775807', '')).toBe(maxQuantity);
    expect(balance.decode('0', '')).toBe(0n);
    expect(signed.decode('-5', '')).toBe(-5n);
  });

  test('has one text', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, maxQuantity), (value) => {
        const text = quantity.encode(value);
        expect(quantity.decode(text, '')).toBe(value);
        expect(text).toBe(value.toString());
      }),
      { numRuns: runs },
    );
  });
});

describe('a ratio', () => {
  test('has no denominator of zero', () => {
    expect(refusal(ratio, { numerator: '5', denominator: '0' })).toBe('FieldOutOfRange');
    expect(ratio.decode({ numerator: '5', denominator: '1' }, '')).toEqual({ numerator: 5n, denominator: 1n });
  });
});

const numerator = fc.bigInt(0n, 10n ** 30n);
const denominator = fc.bigInt(1n, 10n ** 18n);

describe('dividing', () => {
  test('floor: the largest whole number that does not exceed it', () => {
    fc.assert(
      fc.property(numerator, denominator, (n, d) => {
        const floor = divideFloor(n, d);
        expect(floor * d <= n && n < (floor + 1n) * d).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  test('half-even: nearest, a half to the even one', () => {
    fc.assert(
      fc.property(numerator, fc.oneof(denominator, fc.bigInt(1n, 6n)), (n, d) => {
        const nearest = divideHalfEven(n, d);
        const distance = nearest * d > n ? nearest * d - n : n - nearest * d;
        expect(distance * 2n <= d).toBe(true);
        if (distance * 2n === d) expect(nearest % 2n).toBe(0n);
      }),
      { numRuns: runs },
    );
  });

  test.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
  ])('half-even of %s / %s is %s', (n, d, expected) => {
    expect(divideHalfEven(n, d)).toBe(expected);
  });
});

describe('the consideration of a trade', () => {
  test.each([
    ['100 shares at 4,257.5 yen', 100n, 42_575n, { decimals: 0, priceDecimals: 1 }, 425_750n],
    ['1 share at 4,257.5 yen: a half goes to the even yen', 1n, 42_575n, { decimals: 0, priceDecimals: 1 }, 4_258n],
    ['3 shares at 0.5 yen', 3n, 5n, { decimals: 0, priceDecimals: 1 }, 2n],
    ['0.25 units of a fund at 10,000 yen', 25n, 10_000n, { decimals: 2, priceDecimals: 0 }, 2_500n],
  ] as const)('%s', (_what, traded, at, terms, amount) => {
    expect(consideration(traded, at, terms)).toBe(amount);
  });

  test('is exact beyond what 64 bits hold', () => {
    expect(consideration(maxQuantity, maxQuantity, { decimals: 0, priceDecimals: 0 })).toBe(maxQuantity * maxQuantity);
  });
});
