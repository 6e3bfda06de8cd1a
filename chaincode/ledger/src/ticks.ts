import { type BusinessDate, publicState } from '@kessai/interface';
import { type Reader, load } from './kernel/state';
import { type Clock, clockTicks } from './reference';

/** Advances read in one round: a market of a million advances is searched in five. */
const probesInRound = 16;

/**
 * The last advance of the clock of which `holds` is true. It must be true of all advances up to some, and of none after. Undefined:
 * not even of the founding.
 */
export async function lastTick(
  reader: Reader,
  clock: Clock,
  holds: (tick: Clock) => boolean,
): Promise<Clock | undefined> {
  let found: Clock | undefined;
  let below = -1;
  let above = clock.sequence + 1;
  while (above - below > 1) {
    const step = Math.ceil((above - below) / (probesInRound + 1));
    const probes = [];
    for (let sequence = below + step; sequence < above; sequence += step) {
      probes.push(clockTicks.at(publicState, sequence));
    }
    const { ticks } = await load(reader, { ticks: probes });
    for (const tick of ticks) {
      if (!tick) throw new Error('An advance of the clock is missing');
      if (!holds(tick)) {
        above = tick.sequence;
        break;
      }
      found = tick;
      below = tick.sequence;
    }
  }
  return found;
}

/** The last advance of the clock until an instant. */
export async function intervalOf(reader: Reader, clock: Clock, instant: string): Promise<Clock> {
  const interval = await lastTick(reader, clock, ({ time }) => time <= instant);
  if (!interval) throw new Error('The instant lies before the market');
  return interval;
}

/** The cycle in which the clock came to a business date or past it, so that what came before need not be read; 0 for the first date of all. */
export async function firstCycleOf(
  reader: Reader,
  { clock, cycle }: { readonly clock: Clock; readonly cycle: number },
  date: BusinessDate,
): Promise<number> {
  const before = await lastTick(reader, clock, ({ businessDate }) => businessDate < date);
  if (!before) return 0;
  const { first } = await load(reader, { first: clockTicks.at(publicState, before.sequence + 1) });
  return first ? first.cycle : cycle + 1;
}
