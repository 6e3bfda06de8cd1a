import { type BusinessId, type MspId, type Rejection, refuse } from '@kessai/interface';
import {
  type Context,
  type HalfPaidSplits,
  type Instrument,
  type Reader,
  type SnapshotHeader,
  type Splits,
  type UnitTerms,
  calendarRef,
  halfPaidSplitsRef,
  instrumentAt,
  isComplete,
  load,
  moneyAt,
  moneyTerms,
  noSplits,
  securityTerms,
  snapshotAt,
  splitsOf,
} from '@kessai/ledger';
import { type CorporateEvent, eventAt } from './event';
import { registerDateOf } from './register-date';

/** An event that can be run: the snapshot of its record date is complete. */
export interface RunningEvent {
  readonly event: CorporateEvent;
  readonly instrument: Instrument;
  readonly splits: Splits;
  /** Splits of the whole market that are paid in part. */
  readonly halfPaid: HalfPaidSplits;
  readonly snapshot: SnapshotHeader;
  /** What the holders are credited in. */
  readonly credited: UnitTerms;
}

export async function loadEvent(
  reader: Reader,
  issuer: MspId,
  eventId: BusinessId,
  { clock }: Context,
): Promise<RunningEvent | Rejection> {
  const { event } = await load(reader, { event: eventAt(issuer, eventId) });
  if (!event) return refuse('EventUnknown', { field: 'eventId', eventId });
  if (event.status === 'withdrawn') return refuse('EventWithdrawn', { field: 'eventId', eventId });
  const { isin, recordDate } = event.terms;
  const {
    instrument,
    splits = noSplits,
    halfPaid = { splits: [] },
    calendar,
    monies,
  } = await load(reader, {
    instrument: instrumentAt(isin),
    splits: splitsOf(isin),
    halfPaid: halfPaidSplitsRef,
    calendar: calendarRef,
    monies: event.terms.kind === 'cash-dividend' ? [moneyAt(event.terms.unit)] : [],
  });
  if (!instrument) return refuse('InstrumentUnknown', { field: 'eventId', isin });
  // Once a page has been paid the others are of the same register, however the calendar may have been changed.
  const date = event.registerDate ?? (await registerDateOf(reader, recordDate, clock, calendar)) ?? recordDate;
  const { snapshot } = await load(reader, { snapshot: snapshotAt(issuer, isin, date) });
  if (!snapshot || !isComplete(snapshot))
    return refuse('SnapshotMissing', { field: 'eventId', isin, recordDate: date });
  const refused = refusedRegister(event, splits, snapshot);
  if (refused) return refused;
  const [money] = monies;
  const credited = money ? moneyTerms(money) : securityTerms(instrument);
  return { event, instrument, splits, halfPaid, snapshot, credited };
}

/** A split that comes before an event must be in the event's register. Of one record date all events are computed from the same one. */
function refusedRegister(
  { eventId, terms, status }: CorporateEvent,
  { open, completed }: Splits,
  { businessDate, cycle }: SnapshotHeader,
): Rejection | undefined {
  if (status === 'completed') return undefined;
  const field = 'eventId';
  if (open && open.eventId !== eventId && open.recordDate < businessDate) {
    return refuse('SplitOpen', { field, eventId: open.eventId });
  }
  const missing = completed.find(
    (split) => split.cycle > cycle && (terms.kind === 'stock-split' || split.recordDate < businessDate),
  );
  return missing ? refuse('RegisterBeforeSplit', { field, recordDate: missing.recordDate }) : undefined;
}
