import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type BusinessDate, type Instant, isBusinessDay } from '@kessai/interface';
import fc from 'fast-check';
import {
  addDays,
  addDaysToInstant,
  daysInMonth,
  lastBusinessDayOnOrBefore,
  nextBusinessDay,
  refusedDate,
  yearOf,
} from './calendar';
import type { Calendar } from './reference';

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

function dates(...texts: readonly string[]): BusinessDate[] {
  return texts as BusinessDate[];
}

/** Holidays of Japan as an operator might name them: the turn of the year is not among them. */
const japan: Calendar = {
  years: [
    { year: 2023, holidays: dates('2023-01-01', '2023-11-03', '2023-11-23') },
    { year: 2024, holidays: dates('2024-01-01', '2024-01-08', '2024-04-29', '2024-05-03', '2024-05-06') },
  ],
};

describe('a business day', () => {
  test.each(['2024-01-04', '2024-01-05', '2024-12-30', '2024-05-07'])('%s is one', (date) => {
    expect(refusedDate(japan, date as BusinessDate, 'recordDate')).toBeUndefined();
  });

  test.each([
    ['a Saturday', '2024-01-06'],
    ['a Sunday', '2024-03-31'],
    ['a holiday', '2024-04-29'],
    ['the day on which a holiday of a Sunday is kept', '2024-05-06'],
    ['the last day of the year', '2024-12-31'],
    ['the day after New Year', '2024-01-02'],
    ['the second day after New Year', '2024-01-03'],
  ])('is not %s: %s', (_what, date) => {
    expect(refusedDate(japan, date as BusinessDate, 'recordDate')).toEqual({
      code: 'NotABusinessDay',
      field: 'recordDate',
      businessDate: date,
    });
  });

  test('of a year whose holidays nobody has named is not guessed', () => {
    const missing = { code: 'CalendarMissing', field: 'recordDate', year: 2204 };
    expect(refusedDate(japan, '2204-04-02' as BusinessDate, 'recordDate')).toEqual(missing);
  });

  test('is no weekend and not at the turn of the year where no holidays have been named at all', () => {
    const closed = dates('2023-03-04', '2023-03-05', '2019-12-31', '2020-01-01', '2020-01-02', '2020-01-03');
    for (const calendar of [undefined, { years: [] }]) {
      expect(closed.filter((date) => refusedDate(calendar, date, '') === undefined)).toEqual([]);
      expect(refusedDate(calendar, '2023-03-06' as BusinessDate, '')).toBeUndefined();
    }
  });
});

describe('the business day after a date', () => {
  test.each([
    ['a Thursday', '2024-03-28', '2024-03-29'],
    ['a Friday', '2024-03-29', '2024-04-01'],
    ['the last Friday of the year', '2023-12-29', '2024-01-04'],
    ['a Thursday before a weekend of holidays', '2024-05-02', '2024-05-07'],
  ])('leaves out what is closed after %s: %s, %s', (_what, date, next) => {
    expect(nextBusinessDay(japan, date as BusinessDate)).toBe(next);
  });

  test('is not guessed where it would lie in a year whose holidays nobody has named', () => {
    expect(nextBusinessDay(japan, '2024-12-30' as BusinessDate)).toBeUndefined();
  });
});

describe('a record date on which the market is closed', () => {
  test.each([
    ['is itself a business day', '2024-03-29', '2024-03-29'],
    ['on a Sunday, the end of a quarter', '2024-03-31', '2024-03-29'],
    ['on a holiday after a weekend', '2024-05-06', '2024-05-02'],
    ['at the turn of the year, the end of a business year', '2023-12-31', '2023-12-29'],
    ['in January, with the turn of the year before it', '2024-01-03', '2023-12-29'],
  ])('%s: %s means the register at the end of %s', (_what, date, day) => {
    expect(lastBusinessDayOnOrBefore(japan, date as BusinessDate)).toBe(day);
  });

  test('means nothing that is known where the year before has no holidays named', () => {
    const only2024 = { years: japan.years.slice(1) };
    expect(lastBusinessDayOnOrBefore(only2024, '2024-01-03' as BusinessDate)).toBeUndefined();
    expect(lastBusinessDayOnOrBefore(only2024, '2204-04-02' as BusinessDate)).toBeUndefined();
  });

  const listed = join(__dirname, '../../../../shared/data/holidays-jp/syukujitsu.utf8.csv');
  const withHolidays = existsSync(listed) ? test : test.skip;
  withHolidays(
    'is what 22 of the 52 ends of a quarter from 2015 to 2027 are, and each has a business day before it',
    () => {
      const holidays = [...readFileSync(listed, 'utf8').matchAll(/^(\d+)\/(\d+)\/(\d+),/gm)].map(
        ([, year = '', month = '', day = '']) =>
          `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` as BusinessDate,
      );
      const years = [...new Set(holidays.map(yearOf))];
      const calendar = {
        years: years.map((year) => ({ year, holidays: holidays.filter((date) => yearOf(date) === year) })),
      };
      const quarters = Array.from({ length: 13 }, (_, n) => 2015 + n).flatMap((year) =>
        dates(...['03-31', '06-30', '09-30', '12-31'].map((end) => `${year.toString()}-${end}`)),
      );
      const closed = quarters.filter((date) => !isBusinessDay(date, holidays));
      expect([quarters.length, closed.length]).toEqual([52, 22]);
      for (const date of quarters) {
        const day = lastBusinessDayOnOrBefore(calendar, date);
        expect(day !== undefined && isBusinessDay(day, holidays) && day <= date).toBe(true);
        expect(day !== undefined && addDays(day, 7) > date).toBe(true);
      }
    },
  );
});
