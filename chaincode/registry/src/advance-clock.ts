import { type Registry, type Rejection, type RequestOf, phases, publicState, refuse } from '@kessai/interface';
import { type Clock, type SubmitHandler, alreadyDone, clockRef, clockTicks, created, put } from '@kessai/ledger';

type Request = RequestOf<typeof Registry.methods.AdvanceClock>;

/** Moves the clock on. What was endorsed under the sequence before fails to commit from here on, by MVCC. */
export const advanceClock: SubmitHandler<Request, undefined> = {
  // The kernel has read the clock for every transaction.
  load: () => Promise.resolve(undefined),
  decide(_state, request, { clock, time }) {
    const { from, businessDate, phase } = request;
    if (clock.sequence !== from) {
      const moved = clock.sequence === from + 1 && clock.businessDate === businessDate && clock.phase === phase;
      return moved
        ? alreadyDone
        : refuse('ClockMoved', { sequence: clock.sequence, businessDate: clock.businessDate, phase: clock.phase });
    }
    const backwards = refusedStep(clock, request);
    if (backwards) return backwards;
    const next: Clock = { businessDate, phase, sequence: clock.sequence + 1, time };
    return created(put(clockRef, next), put(clockTicks.at(publicState, next.sequence), next));
  },
};

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
