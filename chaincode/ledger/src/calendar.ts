import { type BusinessDate, type Instant, type Rejection, refuse } from '@kessai/interface';
import type { Calendar } from './reference';

/** Calendar arithmetic on texts: contracts have no clock and no Date. */

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (lengths[month - 1] ?? 0);
}

/** Some days later; some days earlier where `days` is below zero. */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  let [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  for (let left = days; left > 0; left -= 1) {
    day += 1;
    if (day <= daysInMonth(year, month)) continue;
    day = 1;
    month += 1;
    if (month <= 12) continue;
    month = 1;
    year += 1;
  }
  for (let left = days; left < 0; left += 1) {
    day -= 1;
    if (day >= 1) continue;
    month -= 1;
    if (month < 1) {
      month = 12;
      year -= 1;
    }
    day = daysInMonth(year, month);
  }
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as BusinessDate;
}

/** 0 is Sunday. */
export function weekdayOf(date: BusinessDate): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  // Sakamoto: months are counted from March, so that the leap day ends the year.
  const offset = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1] ?? 0;
  const y = month < 3 ? year - 1 : year;
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + offset + day) % 7;
}

export function yearOf(date: BusinessDate): number {
  return Number(date.slice(0, 4));
}

/**
 * MM-DD. The Tokyo Stock Exchange does not open on these days, whatever day of the week they are; of the holidays of Japan only the 1st of
 * January is among them.
 */
const turnOfYear: readonly string[] = ['12-31', '01-01', '01-02', '01-03'];

/** The longest that a market closes by its calendar and more: the exchange's longest closing was of ten days, in 2019. */
const longestClosing = 31;

/** Whether a market is open on a day of a year with these holidays: a weekday that is neither a holiday nor at the turn of the year. */
export function isBusinessDay(date: BusinessDate, holidays: readonly BusinessDate[]): boolean {
  const weekday = weekdayOf(date);
  return weekday !== 0 && weekday !== 6 && !turnOfYear.includes(date.slice(5)) && !holidays.includes(date);
}

/**
 * Refuses a date that is no business day. Where operators have named the holidays of some years, dates of other years are refused too and
 * not guessed; where they have named none, weekends and the turn of the year are what is known.
 */
export function refusedDate(calendar: Calendar | undefined, date: BusinessDate, field: string): Rejection | undefined {
  const holidays = holidaysOf(calendar, date);
  if (!holidays) return refuse('CalendarMissing', { field, year: yearOf(date) });
  return isBusinessDay(date, holidays) ? undefined : refuse('NotABusinessDay', { field, businessDate: date });
}

/**
 * The date itself where it is a business day, else the last business day before it: at whose end stands the register of a record date on
 * which the market is closed. Undefined where the calendar does not tell.
 */
export function lastBusinessDayOnOrBefore(
  calendar: Calendar | undefined,
  date: BusinessDate,
): BusinessDate | undefined {
  for (let days = 0; days <= longestClosing; days += 1) {
    const day = addDays(date, -days);
    const holidays = holidaysOf(calendar, day);
    if (!holidays) return undefined;
    if (isBusinessDay(day, holidays)) return day;
  }
  return undefined;
}

/** The first business day after a date. Undefined where the calendar does not tell. */
export function nextBusinessDay(calendar: Calendar | undefined, date: BusinessDate): BusinessDate | undefined {
  for (let days = 1; days <= longestClosing; days += 1) {
    const day = addDays(date, days);
    const holidays = holidaysOf(calendar, day);
    if (!holidays) return undefined;
    if (isBusinessDay(day, holidays)) return day;
  }
  return undefined;
}

/** Undefined where operators have named the holidays of other years only. */
function holidaysOf(calendar: Calendar | undefined, date: BusinessDate): readonly BusinessDate[] | undefined {
  if (!calendar || calendar.years.length === 0) return [];
  const year = yearOf(date);
  return calendar.years.find((one) => one.year === year)?.holidays;
}

/** The same time of day some days later. */
export function addDaysToInstant(time: Instant, days: number): Instant {
  return `${addDays(time.slice(0, 10) as BusinessDate, days)}${time.slice(10)}` as Instant;
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}
