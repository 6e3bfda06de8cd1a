import { describe, expect, test } from '@jest/globals';
import type { BusinessDate, Instant } from '@kessai/interface';
import fc from 'fast-check';
import { addDays, addDaysToInstant, daysInMonth } from './calendar';

const day = 86_400_000;

describe('the calendar', () => {
  test('has 29 days in February of leap years, by the Gregorian rule', () => {
    expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 28, 29]);
  });

  test('counts days forward and back as UTC does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: -1_000, max: 1_000 }), (start, days) => {
        const date = (count: number): string => new Date(count * day).toISOString().slice(0, 10);
        expect(addDays(date(start) as BusinessDate, days)).toBe(date(start + days));
      }),
      { numRuns: 1_000 },
    );
  });

  test('keeps the time of day', () => {
    expect(addDaysToInstant('2023-12-31T15:00:00.001Z' as Instant, 1)).toBe('2024-01-01T15:00:00.001Z');
  });
});
