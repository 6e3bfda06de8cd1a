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
} from '@kessai/interface';
import { type Ref, table } from '@kessai/ledger';
import type { CorporateEvent } from './event';

/** What an issuer has announced of an instrument for the current business date and later ones, in the issuer's collection. */
const agendaCodec = object({
  events: list(object({ eventId: businessId, kind: eventKind, recordDate: businessDate }), { max: 100_000 }),
});
export type Agenda = Infer<typeof agendaCodec>;
type Line = Agenda['events'][number];

const agendas = table('corporate-action-agenda', agendaCodec);

/** Nothing announced. */
export const emptyAgenda: Agenda = { events: [] };

export function agendaAt(issuer: MspId, isin: Isin): Ref<Agenda> {
  return agendas.at(collectionOf(issuer), isin);
}

/** The event of the same kind and record date. */
export function sameIn(
  { events }: Agenda,
  { terms: { kind, recordDate } }: Pick<CorporateEvent, 'terms'>,
): Line | undefined {
  return events.find((one) => one.kind === kind && one.recordDate === recordDate);
}

/** With the event, and without those whose record date is over: none can be announced for it any more. */
export function withEvent(
  { events }: Agenda,
  { eventId, terms: { kind, recordDate } }: Pick<CorporateEvent, 'eventId' | 'terms'>,
  today: BusinessDate,
): Agenda {
  return { events: [...events.filter((one) => one.recordDate >= today), { eventId, kind, recordDate }] };
}

export function withoutEvent({ events }: Agenda, { eventId }: Pick<CorporateEvent, 'eventId'>): Agenda {
  return { events: events.filter((one) => one.eventId !== eventId) };
}
