import {
  type BusinessDate,
  type Instant,
  type Registry,
  type Rejection,
  type RequestOf,
  phases,
  publicState,
  refuse,
} from '@kessai/interface';
import {
  type Calendar,
  type Clock,
  type HalfPaidSplits,
  type SubmitHandler,
  alreadyDone,
  calendarRef,
  clockRef,
  clockTicks,
  created,
  dateOf,
  halfPaidSplitsRef,
  load,
  put,
  refusedDate,
  refusedDistance,
} from '@kessai/ledger';

type Request = RequestOf<typeof Registry.methods.AdvanceClock>;

interface State {
  readonly calendar: Calendar | undefined;
  readonly halfPaid: HalfPaidSplits | undefined;
}

/** Moves the clock on: for the instructions that come after it in the same cycle too. */
export const advanceClock: SubmitHandler<Request, State> = {
  // The kernel has read the clock for every instruction.
  load: (reader) => load(reader, { calendar: calendarRef, halfPaid: halfPaidSplitsRef }),
  decide({ calendar, halfPaid }, request, { clock, time, cycle }) {
    const { from, businessDate, phase, notBefore } = request;
    if (clock.sequence !== from) {
      const moved = clock.sequence === from + 1 && clock.businessDate === businessDate && clock.phase === phase;
      return moved
        ? alreadyDone
        : refuse('ClockMoved', { sequence: clock.sequence, businessDate: clock.businessDate, phase: clock.phase });
    }
    if (notBefore !== undefined && time < notBefore) {
      return refuse('ClockTooEarly', { field: 'notBefore', notBefore, time });
    }
    const backwards = refusedStep(clock, request);
    if (backwards) return backwards;
    const closed = businessDate === clock.businessDate ? undefined : refusedDay(calendar, businessDate, clock, time);
    if (closed) return closed;
    const [unfinished] = halfPaid?.splits ?? [];
    if (businessDate > clock.businessDate && unfinished) {
      return refuse('SplitUnfinished', { field: 'businessDate', ...unfinished });
    }
    const next: Clock = { businessDate, phase, sequence: clock.sequence + 1, time, cycle };
    return created(put(clockRef, next), put(clockTicks.at(publicState, next.sequence), next));
  },
};

/** A day on which the market does not open, or that lies too far ahead: of the day before, and of today where it stood still for long. */
function refusedDay(
  calendar: Calendar | undefined,
  businessDate: BusinessDate,
  clock: Clock,
  time: Instant,
): Rejection | undefined {
  const field = 'businessDate';
  const today = dateOf(time);
  const from = today > clock.businessDate ? today : clock.businessDate;
  return refusedDate(calendar, businessDate, field) ?? refusedDistance(from, businessDate, field);
}

function refusedStep(clock: Clock, { businessDate, phase }: Request): Rejection | undefined {
  const backwards = (field: string): Rejection =>
    refuse('ClockBackwards', { field, businessDate: clock.businessDate, phase: clock.phase });
  if (businessDate < clock.businessDate) return backwards('businessDate');
  if (businessDate > clock.businessDate) {
    if (clock.phase !== 'closed') return backwards('businessDate');
    return phase === 'open' ? undefined : backwards('phase');
  }
  // The founding day begins closed and may still be opened.
  if (clock.sequence === 0) return undefined;
  return phases.indexOf(phase) < phases.indexOf(clock.phase) ? backwards('phase') : undefined;
}
