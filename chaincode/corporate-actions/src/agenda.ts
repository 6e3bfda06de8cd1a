import {
  type BusinessDate,
  type Infer,
  type Isin,
  type MspId,
  businessDate,
  businessId,
  collectionOf,
  eventKind,
  list,
  object,
  optional,
} from '@kessai/interface';
import {
  type Calendar,
  type Reader,
  type Ref,
  type Splits,
  type Write,
  lastBusinessDayOnOrBefore,
  load,
  noSplits,
  put,
  splitsCodec,
  splitsOf,
  table,
} from '@kessai/ledger';
import type { CorporateEvent } from './event';

const lineCodec = object({ eventId: businessId, kind: eventKind, recordDate: businessDate });
const storedAgenda = object({
  events: list(lineCodec, { max: 100_000 }),
  /** Absent on what was written before they were kept here too. */
  splits: optional(splitsCodec),
});
type StoredAgenda = Infer<typeof storedAgenda>;

/**
 * What an issuer has announced of an instrument for the current business date and later ones, in the issuer's collection; and the splits of the
 * instrument as the operators have them, so that all that an announcement depends on is the issuer's own to read.
 */
export interface Agenda {
  readonly events: readonly Line[];
  readonly splits: Splits;
}
type Line = Infer<typeof lineCodec>;

const agendas = table('corporate-action-agenda', storedAgenda);

function agendaAt(issuer: MspId, isin: Isin): Ref<StoredAgenda> {
  return agendas.at(collectionOf(issuer), isin);
}

export async function loadAgenda(reader: Reader, issuer: MspId, isin: Isin): Promise<Agenda> {
  const { agenda } = await load(reader, { agenda: agendaAt(issuer, isin) });
  // Nothing has ever been announced.
  if (!agenda) return { events: [], splits: noSplits };
  const { events, splits } = agenda;
  if (splits) return { events, splits };
  const { kept = noSplits } = await load(reader, { kept: splitsOf(isin) });
  return { events, splits: kept };
}

export function putAgenda(issuer: MspId, isin: Isin, agenda: Agenda): Write {
  return put(agendaAt(issuer, isin), agenda);
}

/** With other splits: of the issuer and of the operators, who settle trades by them. */
export function putSplits(issuer: MspId, isin: Isin, agenda: Agenda, splits: Splits): readonly Write[] {
  return [putAgenda(issuer, isin, { ...agenda, splits }), put(splitsOf(isin), splits)];
}

/** The event of the same kind that follows from the same register. */
export function sameIn(
  { events }: Agenda,
  { terms: { kind, recordDate } }: Pick<CorporateEvent, 'terms'>,
  calendar: Calendar | undefined,
): Line | undefined {
  const registerDay = (date: BusinessDate): BusinessDate => lastBusinessDayOnOrBefore(calendar, date) ?? date;
  return events.find((one) => one.kind === kind && registerDay(one.recordDate) === registerDay(recordDate));
}

/** With the event, and without those whose record date is over: none can be announced for it any more. */
export function withEvent(
  { events, splits }: Agenda,
  { eventId, terms: { kind, recordDate } }: Pick<CorporateEvent, 'eventId' | 'terms'>,
  today: BusinessDate,
): Agenda {
  return { events: [...events.filter((one) => one.recordDate >= today), { eventId, kind, recordDate }], splits };
}

export function withoutEvent({ events, splits }: Agenda, { eventId }: Pick<CorporateEvent, 'eventId'>): Agenda {
  return { events: events.filter((one) => one.eventId !== eventId), splits };
}
