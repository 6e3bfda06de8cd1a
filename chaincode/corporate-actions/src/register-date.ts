import { type BusinessDate, isBusinessDay } from '@kessai/interface';
import { type Calendar, type Clock, type Reader, addDays, lastTick, yearOf } from '@kessai/ledger';

/**
 * The business day at whose end the register of a record date stands: the record date itself, or the last day before it on which the market
 * was open. Undefined while that day is not known. Nothing is posted between that end and the next business day, so it is the same register.
 */
export async function registerDateOf(
  reader: Reader,
  recordDate: BusinessDate,
  clock: Clock,
  calendar: Calendar | undefined,
): Promise<BusinessDate | undefined> {
  const { businessDate: today } = clock;
  if (recordDate === today) return today;
  if (recordDate > today) return mayOpenUntil(calendar, today, recordDate) ? undefined : today;
  // On which days the market has really been open its clock knows, whatever the calendar says.
  return (await lastTick(reader, clock, ({ businessDate }) => businessDate <= recordDate))?.businessDate;
}

/** Whether there may be a business day after one date, and not after another. Of years that the calendar does not name all days may be. */
function mayOpenUntil(calendar: Calendar | undefined, after: BusinessDate, until: BusinessDate): boolean {
  for (let date = addDays(after, 1); date <= until; date = addDays(date, 1)) {
    const year = calendar?.years.find((one) => one.year === yearOf(date));
    if (!year || isBusinessDay(date, year.holidays)) return true;
  }
  return false;
}
