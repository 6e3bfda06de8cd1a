import { type CorporateActions, type RequestOf, isRejection, refuse } from '@kessai/interface';
import { type Books, type Position, type SubmitHandler, alreadyDone, created, openBooks, put } from '@kessai/ledger';
import { type Agenda, loadAgenda } from './agenda';
import { authorise, issuedNow } from './authorised-quantity';
import { eventAt, pagesOf } from './event';
import { paidInFull } from './half-paid';
import { type RunningEvent, loadEvent } from './running';

type Request = RequestOf<typeof CorporateActions.methods.Complete>;

interface State extends RunningEvent {
  readonly books: Books;
  readonly agenda: Agenda;
  /** Of a split: the issuer's account for what the fractions add up to. */
  readonly residue: Position | undefined;
}

export const complete: SubmitHandler<Request, State> = {
  async load(reader, { issuer, eventId }, context) {
    const running = await loadEvent(reader, issuer, eventId, context);
    if (isRejection(running)) return running;
    const { terms } = running.event;
    const residue =
      terms.kind === 'stock-split'
        ? { institution: issuer, account: terms.residue, terms: running.credited }
        : undefined;
    const [agenda, books] = await Promise.all([
      loadAgenda(reader, issuer, terms.isin),
      openBooks(reader, residue ? [residue] : [], residue ? [running.credited] : []),
    ]);
    return { ...running, residue, books, agenda };
  },

  decide(state, { issuer, eventId }, context) {
    const { event, snapshot, books, residue } = state;
    const { businessDate: registerDate } = snapshot;
    if (event.status === 'completed') return alreadyDone;
    const unpaid = pagesOf(event, issuer, snapshot).length - event.paidPages;
    if (unpaid > 0) return refuse('PagesUnpaid', { field: 'eventId', unpaid });
    const issuedBefore = issuedNow(state, books);
    const whole = event.terms.kind === 'stock-split' ? event.residueNumerator / event.terms.ratio.denominator : 0n;
    if (residue && whole > 0n) {
      // The holders' fractions together are whole securities: they are issued too, so that the ratio holds for the total.
      const refused = books.post([
        { supply: residue.terms, change: -whole },
        { position: residue, part: 'available', change: whole, field: 'eventId' },
      ]);
      if (refused) return refused;
    }
    const authorised = authorise(state, issuedBefore);
    if (isRejection(authorised)) return authorised;
    const completed = put(eventAt(issuer, eventId), { ...event, registerDate, status: 'completed' });
    return created(authorised, completed, paidInFull(state, context));
  },
};
