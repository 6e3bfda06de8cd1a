import type { BusinessDate } from './identifiers';

/**
 * MM-DD. The Tokyo Stock Exchange does not open on these days, whatever day of the week they are; of the holidays of Japan only the 1st of
 * January is among them.
 */
const turnOfYear: readonly string[] = ['12-31', '01-01', '01-02', '01-03'];

/** Whether a market is open on a day of a year with these holidays: a weekday that is neither a holiday nor at the turn of the year. */
export function isBusinessDay(date: BusinessDate, holidays: readonly BusinessDate[]): boolean {
  const weekday = weekdayOf(date);
  return weekday !== 0 && weekday !== 6 && !turnOfYear.includes(date.slice(5)) && !holidays.includes(date);
}

/** 0 is Sunday. */
function weekdayOf(date: BusinessDate): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  // Sakamoto: months are counted from March, so that the leap day ends the year.
  const offset = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1] ?? 0;
  const y = month < 3 ? year - 1 : year;
  return (y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + offset + day) % 7;
}
