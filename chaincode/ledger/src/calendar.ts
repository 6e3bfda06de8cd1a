import type { BusinessDate, Instant } from '@kessai/interface';

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

/** Whether a market is open on a day of a year with these holidays. */
export function isBusinessDay(date: BusinessDate, holidays: readonly BusinessDate[]): boolean {
  const weekday = weekdayOf(date);
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date);
}

/** The same time of day some days later. */
export function addDaysToInstant(time: Instant, days: number): Instant {
  return `${addDays(time.slice(0, 10) as BusinessDate, days)}${time.slice(10)}` as Instant;
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}
