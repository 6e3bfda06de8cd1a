import {
  type BusinessDate,
  CorporateActions,
  type EventTerms,
  type Ratio,
  type Rejection,
  type RequestOf,
  exceedsWhole,
  refuse,
} from '@kessai/interface';
import {
  type Account,
  type Calendar,
  type Context,
  type Instrument,
  type Money,
  type SubmitHandler,
  accountAt,
  addDays,
  calendarRef,
  created,
  instrumentAt,
  isAccount,
  load,
  moneyAt,
  nextBusinessDay,
  openBooks,
  put,
  registeredAgain,
  securityTerms,
} from '@kessai/ledger';
import { type Agenda, loadAgenda, putAgenda, putSplits, sameIn, withEvent } from './agenda';
import { type CorporateEvent, eventAt } from './event';

type Request = RequestOf<typeof CorporateActions.methods.Announce>;

interface State {
  readonly announced: CorporateEvent | undefined;
  readonly agenda: Agenda;
  readonly calendar: Calendar | undefined;
  /** Of a split: what is issued of the instrument. */
  readonly issued: bigint;
  readonly instrument: Instrument | undefined;
  readonly monies: readonly (Money | undefined)[];
  readonly accounts: readonly (Account | undefined)[];
}

/**
 * The issuer's request; nothing moves until an operator runs it. All that it reads is public or the issuer's own, so a check before it is
 * sealed answers as the cycle will.
 */
export const announce: SubmitHandler<Request, State> = {
  async load(reader, { eventId, terms }, { caller }) {
    const [state, agenda] = await Promise.all([
      load(reader, {
        announced: eventAt(caller.mspId, eventId),
        calendar: calendarRef,
        instrument: instrumentAt(terms.isin),
        monies: terms.kind === 'cash-dividend' ? [moneyAt(terms.unit)] : [],
        accounts: accountsOf(terms).map(({ account }) => accountAt(caller.mspId, account)),
      }),
      loadAgenda(reader, caller.mspId, terms.isin),
    ]);
    const { instrument } = state;
    // What another issuer has issued is none of the caller's affair.
    const isOwnSplit = terms.kind === 'stock-split' && instrument?.issuer === caller.mspId;
    const units = isOwnSplit ? [securityTerms(instrument)] : [];
    const books = await openBooks(reader, [], units);
    const issued = units.reduce((sum, unit) => sum + books.issued(unit), 0n);
    return { ...state, agenda, issued };
  },

  decide(state, request, context) {
    const { eventId, terms } = request;
    if (state.announced) return registeredAgain(CorporateActions.methods.Announce.request, state.announced, request);
    const refused = refusedTerms(state, terms, context) ?? refusedPlace(state, request);
    if (refused) return refused;
    const { mspId: issuer } = context.caller;
    const { isin, recordDate } = terms;
    const agenda = withEvent(state.agenda, request, context.clock.businessDate);
    return created(
      put(eventAt(issuer, eventId), newEvent(request)),
      terms.kind === 'stock-split'
        ? putSplits(issuer, isin, agenda, { ...agenda.splits, open: { eventId, recordDate } })
        : putAgenda(issuer, isin, agenda),
    );
  },
};

function newEvent({ eventId, terms }: Request): CorporateEvent {
  return {
    ...{ eventId, terms, status: 'announced', paidPages: 0 },
    ...{ holders: 0, held: 0n, gross: 0n, tax: 0n, residueNumerator: 0n },
  };
}

/** The same twice would be paid twice; two splits at once would each be computed from a register without the other. */
function refusedPlace({ agenda, calendar }: State, request: Request): Rejection | undefined {
  const { kind } = request.terms;
  const { splits } = agenda;
  const same = sameIn(agenda, request, calendar);
  if (same) return refuse('EventAnnounced', { field: 'terms.recordDate', eventId: same.eventId });
  return kind === 'stock-split' && splits.open
    ? refuse('SplitOpen', { field: 'terms.recordDate', eventId: splits.open.eventId })
    : undefined;
}

function refusedTerms(
  { instrument, monies, accounts, issued, calendar }: State,
  terms: EventTerms,
  { caller, clock }: Context,
): Rejection | undefined {
  const { isin, recordDate } = terms;
  if (!instrument) return refuse('InstrumentUnknown', { field: 'terms.isin', isin });
  if (instrument.issuer !== caller.mspId) return refuse('NotIssuerOf', { field: 'terms.isin', isin });
  if (recordDate < clock.businessDate) {
    return refuse('RecordDatePassed', { field: 'terms.recordDate', businessDate: clock.businessDate });
  }
  const earliest = earliestRecordDate(clock, calendar);
  if (recordDate < earliest) return refuse('RecordDateTooSoon', { field: 'terms.recordDate', earliest });
  if (terms.kind === 'cash-dividend') {
    if (!monies[0]) return refuse('MoneyUnknown', { field: 'terms.unit', unit: terms.unit });
    const nothing = zeroRate(terms);
    if (nothing !== undefined) return refuse('RateZero', { field: nothing });
    const beyond = taxBeyondIncome(terms.withholding ?? []);
    if (beyond !== undefined) return refuse('RatioTooLarge', { field: `terms.withholding[${beyond.toString()}].rate` });
  } else {
    const { numerator, denominator } = terms.ratio;
    if (numerator <= denominator) return refuse('RatioNotForward', { field: 'terms.ratio' });
    const after = (issued * numerator) / denominator;
    const needed = after > instrument.supplyCap ? after : instrument.supplyCap;
    if (terms.supplyCap < needed) return refuse('CapTooLow', { field: 'terms.supplyCap', needed });
  }
  for (const [index, { field, account }] of accountsOf(terms).entries()) {
    if (!isAccount(account, accounts[index]))
      return refuse('AccountUnknown', { field, institution: caller.mspId, account });
  }
  return undefined;
}

/**
 * A record date is the last day that is traded with the event, and the next business day the ex-date, since trades settle on their day. So that
 * nobody trades without knowing, an event is announced on an earlier business day at the latest. Before a market's first opening nobody has
 * traded.
 */
function earliestRecordDate(
  { businessDate, sequence }: Context['clock'],
  calendar: Calendar | undefined,
): BusinessDate {
  if (sequence === 0) return businessDate;
  return nextBusinessDay(calendar, businessDate) ?? addDays(businessDate, 1);
}

/** The issuer's accounts that the terms name. */
function accountsOf(terms: EventTerms): readonly { readonly field: string; readonly account: Account['account'] }[] {
  if (terms.kind === 'stock-split') return [{ field: 'terms.residue', account: terms.residue }];
  const payer = { field: 'terms.payer', account: terms.payer };
  const keepers = (terms.withholding ?? []).map(({ account }, index) => ({
    field: `terms.withholding[${index.toString()}].account`,
    account,
  }));
  return [payer, ...keepers];
}

/** The rate that gives or keeps back nothing. */
function zeroRate({ rate, withholding = [] }: Extract<EventTerms, { kind: 'cash-dividend' }>): string | undefined {
  if (rate.numerator === 0n) return 'terms.rate';
  const index = withholding.findIndex((tax) => tax.rate.numerator === 0n);
  return index < 0 ? undefined : `terms.withholding[${index.toString()}].rate`;
}

/** The first tax with which all so far are more than the income. */
function taxBeyondIncome(taxes: readonly { readonly rate: Ratio }[]): number | undefined {
  const rates = taxes.map(({ rate }) => rate);
  const index = rates.findIndex((_, last) => exceedsWhole(rates.slice(0, last + 1)));
  return index < 0 ? undefined : index;
}
