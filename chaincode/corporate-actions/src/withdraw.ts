import { type CorporateActions, type RequestOf, refuse } from '@kessai/interface';
import { type Splits, type SubmitHandler, alreadyDone, created, load, noSplits, put, splitsOf } from '@kessai/ledger';
import { type Agenda, agendaAt, emptyAgenda, withoutEvent } from './agenda';
import { type CorporateEvent, eventAt } from './event';

type Request = RequestOf<typeof CorporateActions.methods.Withdraw>;

interface State {
  readonly event: CorporateEvent;
  readonly agenda: Agenda;
  readonly splits: Splits;
}

/** The issuer takes its announcement back. Once a holder has been paid it stands. */
export const withdraw: SubmitHandler<Request, State> = {
  async load(reader, { eventId }, { caller: { mspId: issuer } }) {
    const { event } = await load(reader, { event: eventAt(issuer, eventId) });
    if (!event) return refuse('EventUnknown', { field: 'eventId', eventId });
    const { isin, kind } = event.terms;
    const { agenda = emptyAgenda, splits } = await load(reader, {
      agenda: agendaAt(issuer, isin),
      splits: kind === 'stock-split' ? [splitsOf(isin)] : [],
    });
    return { event, agenda, splits: splits[0] ?? noSplits };
  },

  decide({ event, agenda, splits }, { eventId }, { caller: { mspId: issuer } }) {
    const { status, terms } = event;
    if (status === 'withdrawn') return alreadyDone;
    if (status !== 'announced') return refuse('EventStarted', { field: 'eventId', eventId, status });
    const { completed } = splits;
    return created(
      put(eventAt(issuer, eventId), { ...event, status: 'withdrawn' }),
      put(agendaAt(issuer, terms.isin), withoutEvent(agenda, event)),
      terms.kind === 'stock-split' ? [put(splitsOf(terms.isin), { completed })] : [],
    );
  },
};
