import { type Clock, type Reader, lastTick } from '@kessai/ledger';

/** The last advance of the clock until an instant. */
export async function intervalOf(reader: Reader, clock: Clock, instant: string): Promise<Clock> {
  const interval = await lastTick(reader, clock, ({ time }) => time <= instant);
  if (!interval) throw new Error('The instant lies before the market');
  return interval;
}
