import { describe, expect, test } from '@jest/globals';
import { grouped, seconds } from './number-format';

describe('numbers for people', () => {
  test.each([
    [0n, 0, '0'],
    [999n, 0, '999'],
    [1_000n, 0, '1,000'],
    [-1_234_567n, 0, '-1,234,567'],
    [2n ** 63n - 1n, 0, '9,223,372,036,854,775,807'],
    [5n, 2, '0.05'],
    [123_456n, 2, '1,234.56'],
    [-5n, 1, '-0.5'],
  ])('%s with %d decimals is %s', (value, decimals, text) => {
    expect(grouped(value, decimals)).toBe(text);
  });

  test('seconds have one decimal', () => {
    expect(seconds(1_249)).toBe('1.2');
  });
});
