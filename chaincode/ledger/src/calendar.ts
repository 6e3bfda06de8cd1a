import { type BusinessDate, type Instant, type Rejection, isBusinessDay, refuse } from '@kessai/interface';
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

export function yearOf(date: BusinessDate): number {
  return Number(date.slice(0, 4));
}

/** Days; more than any market closes by its calendar: the exchange's longest closing was of ten, in 2019. */
const longestClosing = 31;

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
 * Refuses a business date that lies further ahead of a day than a market closes: a mistyped year would be the market's date for good, since
 * its clock does not go back.
 * @param days how far; by default the longest closing
 */
export function refusedDistance(
  from: BusinessDate,
  date: BusinessDate,
  field: string,
  days = longestClosing,
): Rejection | undefined {
  const latest = addDays(from, days);
  return date > latest ? refuse('BusinessDateTooFar', { field, businessDate: date, latest }) : undefined;
}

/** The day, in UTC, of an instant. */
export function dateOf(time: Instant): BusinessDate {
  return time.slice(0, 10) as BusinessDate;
}

/**
 * The date itself where it is a business day, else the last business day before it: at whose end stands the register of a record date on
 * which the market is closed. Undefined where the calendar does not tell.
 */
export function lastBusinessDayOnOrBefore(
  calendar: Calendar | undefined,
  date: BusinessDate,
): BusinessDate | undefined {
  return firstBusinessDay(calendar, date, -1);
}

/** The first business day after a date. Undefined where the calendar does not tell. */
export function nextBusinessDay(calendar: Calendar | undefined, date: BusinessDate): BusinessDate | undefined {
  return firstBusinessDay(calendar, addDays(date, 1), 1);
}

/** The first one from a date on, forwards or backwards, as far as any market closes. */
function firstBusinessDay(calendar: Calendar | undefined, from: BusinessDate, step: 1 | -1): BusinessDate | undefined {
  for (let days = 0; days <= longestClosing; days += 1) {
    const day = addDays(from, step * days);
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
  return `${addDays(dateOf(time), days)}${time.slice(10)}` as Instant;
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}
