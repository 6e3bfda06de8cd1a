import { publicState } from '@kessai/interface';
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
