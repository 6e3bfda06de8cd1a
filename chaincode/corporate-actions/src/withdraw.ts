import { type CorporateActions, type RequestOf, refuse } from '@kessai/interface';
import { type SubmitHandler, alreadyDone, created, load, put } from '@kessai/ledger';
import { type Agenda, loadAgenda, putAgenda, putSplits, withoutEvent } from './agenda';
import { type CorporateEvent, eventAt } from './event';

type Request = RequestOf<typeof CorporateActions.methods.Withdraw>;

interface State {
  readonly event: CorporateEvent;
  readonly agenda: Agenda;
}

/** The issuer takes its announcement back. Once a holder has been paid it stands. */
export const withdraw: SubmitHandler<Request, State> = {
  async load(reader, { eventId }, { caller: { mspId: issuer } }) {
    const { event } = await load(reader, { event: eventAt(issuer, eventId) });
    if (!event) return refuse('EventUnknown', { field: 'eventId', eventId });
    return { event, agenda: await loadAgenda(reader, issuer, event.terms.isin) };
  },

  decide({ event, agenda: before }, { eventId }, { caller: { mspId: issuer } }) {
    const { status, terms } = event;
    if (status === 'withdrawn') return alreadyDone;
    if (status !== 'announced') return refuse('EventStarted', { field: 'eventId', eventId, status });
    const { isin, kind } = terms;
    const agenda = withoutEvent(before, event);
    const { completed } = agenda.splits;
    return created(
      put(eventAt(issuer, eventId), { ...event, status: 'withdrawn' }),
      kind === 'stock-split' ? putSplits(issuer, isin, agenda, { completed }) : putAgenda(issuer, isin, agenda),
    );
  },
};
