import { type BusinessDate, type Instant, type Rejection, publicState, refuse } from '@kessai/interface';
import {
  type Clock,
  type Context,
  type Reader,
  calendarRef,
  clockTicks,
  lastTick,
  load,
  refusedDate,
} from '@kessai/ledger';

/** The last cycle of a business day, and the time from which nothing of the day can come any more. */
export interface DayEnd {
  readonly cycle: number;
  readonly time: Instant;
}

/**
 * Where an earlier business day ended: with the cycle that closed it; a day on which the market did not open though it might have, with the
 * last cycle before the next one.
 */
export async function endOfDay(reader: Reader, date: BusinessDate, context: Context): Promise<DayEnd | Rejection> {
  const { clock, market } = context;
  const field = 'businessDate';
  const { calendar, founding } = await load(reader, { calendar: calendarRef, founding: clockTicks.at(publicState, 0) });
  if (founding && date < founding.businessDate) return refuse('AsOfTooEarly', { field, founded: market.founded });
  const closed = refusedDate(calendar, date, field);
  if (closed) return closed;
  const last = await lastTick(reader, clock, (tick) => isBeforeEnd(tick, date));
  if (!last) throw new Error('The founding comes before every day’s end');
  const { next } = await load(reader, { next: clockTicks.at(publicState, last.sequence + 1) });
  if (!next) return refuse('DayNotOver', { field, businessDate: date });
  // Two cycles with a day's end between them are told apart by the clock; what one cycle posts before and after it is not.
  const cycle = next.businessDate === date ? next.cycle : Math.max(last.cycle, next.cycle - 1);
  return { cycle, time: next.time };
}

/** Of all advances of the clock those that come first: before the one that ends the day. */
function isBeforeEnd({ businessDate, phase, sequence }: Clock, date: BusinessDate): boolean {
  // The founding day begins closed.
  if (businessDate === date) return phase !== 'closed' || sequence === 0;
  return businessDate < date;
}
