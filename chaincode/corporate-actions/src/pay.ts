import {
  type BusinessId,
  type CorporateActions,
  type MspId,
  type Rejection,
  type RequestOf,
  type Unit,
  isRejection,
  refuse,
} from '@kessai/interface';
import {
  type Advised,
  type Books,
  type Position,
  type Posting,
  type SnapshotPage,
  type SubmitHandler,
  type Write,
  alreadyDone,
  created,
  load,
  openBooks,
  put,
  snapshotPageAt,
} from '@kessai/ledger';
import { authorise, issuedNow } from './authorised-quantity';
import { halfPaid } from './half-paid';
import { type Entitlement, entitlementOf, taxOf } from './entitlement';
import { type CorporateEvent, type HolderPage, type PaidPage, eventAt, paidPageAt, pagesOf } from './event';
import { type RunningEvent, loadEvent } from './running';

type Request = RequestOf<typeof CorporateActions.methods.Pay>;

/** Sums over holders. */
type Totals = Pick<CorporateEvent, 'holders' | 'held' | 'gross' | 'tax'>;

interface DuePage extends HolderPage {
  readonly holders: SnapshotPage['rows'];
}

interface State extends RunningEvent {
  readonly due: readonly DuePage[];
  readonly books: Books;
}

/**
 * Pays some pages of holders. A page that has been paid is passed over, so schedulers may repeat each other and go on where one
 * stopped: each holder is paid once.
 */
export const pay: SubmitHandler<Request, State> = {
  async load(reader, { issuer, eventId, pages }, context) {
    const ready = await loadEvent(reader, issuer, eventId, context);
    if (isRejection(ready)) return ready;
    const unknown = unknownPage(ready, issuer, pages);
    if (unknown !== undefined) return refuse('EventPageUnknown', { field: `pages[${unknown.toString()}]` });
    const wanted = distinct(pages);
    const { isin } = ready.event.terms;
    const { businessDate } = ready.snapshot;
    const state = await load(reader, {
      paid: wanted.map(({ institution, page }) => paidPageAt(issuer, eventId, institution, page)),
      holders: wanted.map(({ institution, page }) => snapshotPageAt(issuer, isin, businessDate, institution, page)),
    });
    const due = wanted
      .map((page, index) => ({ ...page, holders: state.holders[index]?.rows ?? [] }))
      .filter((_, index) => state.paid[index] === undefined);
    const supplies = ready.event.terms.kind === 'stock-split' ? [ready.credited] : [];
    return { ...ready, due, books: await openBooks(reader, positionsOf(ready, issuer, due), supplies) };
  },

  decide(state, { issuer, eventId }) {
    if (state.due.length === 0) return alreadyDone;
    const issuedBefore = issuedNow(state, state.books);
    let event: CorporateEvent = { ...state.event, registerDate: state.snapshot.businessDate };
    const marks: Write[] = [];
    const told = new Map<MspId, Totals>();
    for (const page of state.due) {
      const paid = payPage(state, issuer, page);
      if (isRejection(paid)) return paid;
      marks.push(put(paidPageAt(issuer, eventId, page.institution, page.page), paid));
      const totals = totalsOf(paid);
      event = withPage(event, paid, totals);
      told.set(page.institution, sumOf(told.get(page.institution), totals));
    }
    const authorised = authorise(state, issuedBefore);
    if (isRejection(authorised)) return authorised;
    return {
      ...created(marks, authorised, halfPaid(state), put(eventAt(issuer, eventId), event)),
      advices: [...told].flatMap(([to, totals]) =>
        advisedOf(to, { issuer, eventId, unit: state.credited.unit }, totals),
      ),
    };
  },
};

function payPage(
  { event, credited, books }: State,
  issuer: MspId,
  { institution, holders }: DuePage,
): PaidPage | Rejection {
  const rows: PaidPage['rows'][number][] = [];
  for (const { account, quantity: held } of holders) {
    const earned = entitlementOf(event.terms, held);
    const holder = { institution, account, terms: credited };
    const refused = earned.gross === 0n ? undefined : books.post(postingsOf(event, issuer, credited, holder, earned));
    if (refused) return refused;
    rows.push({ account, held, gross: earned.gross, taxes: earned.taxes });
  }
  return { rows };
}

function postingsOf(
  { terms }: CorporateEvent,
  issuer: MspId,
  credited: State['credited'],
  holder: Position,
  { gross, taxes }: Entitlement,
): readonly Posting[] {
  const field = 'eventId';
  const credit: Posting = { position: holder, part: 'available', change: gross - taxOf({ taxes }), field };
  if (terms.kind === 'stock-split') return [{ supply: credited, change: -gross }, credit];
  const own = (account: Position['account']): Position => ({ institution: issuer, account, terms: credited });
  const debit: Posting = { position: own(terms.payer), part: 'available', change: -gross, field };
  const kept = (terms.withholding ?? []).flatMap(({ account }, index): Posting[] => {
    const tax = taxes[index] ?? 0n;
    return tax === 0n ? [] : [{ position: own(account), part: 'available', change: tax, field }];
  });
  return [debit, credit, ...kept];
}

function positionsOf(
  { event: { terms }, credited }: RunningEvent,
  issuer: MspId,
  due: readonly DuePage[],
): readonly Position[] {
  const holders = due.flatMap(({ institution, holders: rows }) =>
    rows.map(({ account }) => ({ institution, account, terms: credited })),
  );
  if (terms.kind === 'stock-split') return holders;
  const own = [terms.payer, ...(terms.withholding ?? []).map(({ account }) => account)];
  return [...holders, ...own.map((account) => ({ institution: issuer, account, terms: credited }))];
}

function totalsOf({ rows }: PaidPage): Totals {
  const totals = { holders: rows.length, held: 0n, gross: 0n, tax: 0n };
  for (const { held, gross, taxes } of rows) {
    totals.held += held;
    totals.gross += gross;
    totals.tax += taxOf({ taxes });
  }
  return totals;
}

function sumOf(a: Totals = { holders: 0, held: 0n, gross: 0n, tax: 0n }, b: Totals): Totals {
  return { holders: a.holders + b.holders, held: a.held + b.held, gross: a.gross + b.gross, tax: a.tax + b.tax };
}

function withPage(event: CorporateEvent, { rows }: PaidPage, totals: Totals): CorporateEvent {
  const residue = rows.reduce((sum, { held }) => sum + entitlementOf(event.terms, held).residueNumerator, 0n);
  return {
    ...event,
    ...sumOf(event, totals),
    status: 'paying',
    paidPages: event.paidPages + 1,
    residueNumerator: event.residueNumerator + residue,
  };
}

/** An institution learns what its clients have received; one without holders on these pages has nothing to learn. */
function advisedOf(
  to: MspId,
  event: { readonly issuer: MspId; readonly eventId: BusinessId; readonly unit: Unit },
  { holders, gross, tax }: Totals,
): readonly Advised[] {
  return holders === 0 ? [] : [{ to, advice: { kind: 'entitlement', ...event, holders, gross, tax } }];
}

function unknownPage({ event, snapshot }: RunningEvent, issuer: MspId, pages: Request['pages']): number | undefined {
  const known = new Set(pagesOf(event, issuer, snapshot).map(nameOf));
  const index = pages.findIndex((page) => !known.has(nameOf(page)));
  return index < 0 ? undefined : index;
}

function distinct(pages: Request['pages']): readonly HolderPage[] {
  return [...new Map(pages.map((page) => [nameOf(page), page])).values()];
}

function nameOf({ institution, page }: HolderPage): string {
  return `${institution}/${page.toString()}`;
}
