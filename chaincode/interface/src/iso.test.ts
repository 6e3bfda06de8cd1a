import { describe, expect, test } from '@jest/globals';
import type { Currency } from './identifiers';
import { isCountry, isIsinPrefix } from './iso-3166';
import { currencyDecimals } from './iso-4217';

const letters = Array.from({ length: 26 }, (_, n) => String.fromCharCode(65 + n));
const pairs = letters.flatMap((a) => letters.map((b) => a + b));

describe('countries', () => {
  test('are the 249 of ISO 3166-1 and Kosovo; an ISIN has nine prefixes more', () => {
    expect(pairs.filter(isCountry)).toHaveLength(250);
    expect(pairs.filter((pair) => isIsinPrefix(pair) && !isCountry(pair))).toEqual([
      ...['AN', 'EU', 'EZ', 'XA', 'XB', 'XC', 'XD', 'XS', 'XT'],
    ]);
  });

  test('have a name each in the Unicode locale data', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    expect(pairs.filter((pair) => isCountry(pair) && names.of(pair) === undefined)).toEqual([]);
  });
});

describe('currencies', () => {
  const decimalsOf = (code: string): number | undefined => currencyDecimals(code as Currency);
  const codes = pairs
    .flatMap((pair) => letters.map((letter) => pair + letter))
    .filter((code) => decimalsOf(code) !== undefined);

  test('are the 165 of ISO 4217 that have a minor unit', () => {
    expect(codes).toHaveLength(165);
    expect([0, 1, 2, 3, 4].map((decimals) => codes.filter((code) => decimalsOf(code) === decimals).length)).toEqual([
      ...[17, 0, 139, 7, 2],
    ]);
  });

  test.each([
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['USD', 2],
    ['EUR', 2],
  ])('%s has %i decimals', (code, decimals) => {
    expect(decimalsOf(code)).toBe(decimals);
  });

  test.each(['XAU', 'XAG', 'XDR', 'XTS', 'XXX', 'YEN', 'BTC', 'DEM'])('%s is none that has a minor unit', (code) => {
    expect(decimalsOf(code)).toBeUndefined();
  });
});
