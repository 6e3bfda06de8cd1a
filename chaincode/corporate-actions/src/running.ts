import { type BusinessId, type MspId, type Rejection, refuse } from '@kessai/interface';
import {
  type Instrument,
  type Reader,
  type SnapshotHeader,
  type UnitTerms,
  instrumentAt,
  isComplete,
  load,
  moneyAt,
  moneyTerms,
  securityTerms,
  snapshotAt,
} from '@kessai/ledger';
import { type CorporateEvent, eventAt } from './event';

/** An event that can be run: its record date's snapshot is complete. */
export interface RunningEvent {
  readonly event: CorporateEvent;
  readonly instrument: Instrument;
  readonly snapshot: SnapshotHeader;
  /** What the holders are credited in. */
  readonly credited: UnitTerms;
}

export async function loadEvent(reader: Reader, issuer: MspId, eventId: BusinessId): Promise<RunningEvent | Rejection> {
  const { event } = await load(reader, { event: eventAt(issuer, eventId) });
  if (!event) return refuse('EventUnknown', { field: 'eventId', eventId });
  if (event.status === 'withdrawn') return refuse('EventWithdrawn', { field: 'eventId', eventId });
  const { isin, recordDate } = event.terms;
  const { instrument, snapshot, monies } = await load(reader, {
    instrument: instrumentAt(isin),
    snapshot: snapshotAt(issuer, isin, recordDate),
    monies: event.terms.kind === 'cash-dividend' ? [moneyAt(event.terms.unit)] : [],
  });
  if (!instrument) return refuse('InstrumentUnknown', { field: 'eventId', isin });
  if (!snapshot || !isComplete(snapshot)) return refuse('SnapshotMissing', { field: 'eventId', isin, recordDate });
  const [money] = monies;
  return { event, instrument, snapshot, credited: money ? moneyTerms(money) : securityTerms(instrument) };
}
