import { FieldError } from '@kessai/interface';
import { describe, expect, test } from '@jest/globals';
import { parsePositive } from './decimal';

describe('a number as people write it, in smallest units', () => {
  test.each([
    ['1', 0, 1n],
    ['21000', 0, 21_000n],
    ['0.25', 2, 25n],
    ['1.5', 4, 15_000n],
    ['007', 0, 7n],
    ['9223372036854775807', 0, 2n ** 63n - 1n],
  ])('%s with %d decimals', (text, decimals, units) => {
    expect(parsePositive(text, decimals)).toBe(units);
  });

  test.each([
    ['0', 0, 'FieldOutOfRange'],
    ['0.00', 2, 'FieldOutOfRange'],
    ['-1', 0, 'FieldOutOfRange'],
    ['1.5', 0, 'FieldMalformed'],
    ['1.234', 2, 'FieldMalformed'],
    ['1,000', 0, 'FieldMalformed'],
    ['1e3', 0, 'FieldMalformed'],
    ['.5', 1, 'FieldMalformed'],
    ['9223372036854775808', 0, 'FieldOutOfRange'],
    ['9223372036854775807', 1, 'FieldOutOfRange'],
  ])('%s with %d decimals is refused as %s', (text, decimals, code) => {
    expect(() => parsePositive(text, decimals)).toThrow(FieldError);
    expect(() => parsePositive(text, decimals)).toThrow(expect.objectContaining({ code }));
  });
});
