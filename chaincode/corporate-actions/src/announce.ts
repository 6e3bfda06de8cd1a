import {
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
  type Context,
  type Instrument,
  type Money,
  type SubmitHandler,
  accountAt,
  created,
  instrumentAt,
  isAccount,
  load,
  moneyAt,
  put,
  registeredAgain,
} from '@kessai/ledger';
import { type CorporateEvent, eventAt } from './event';

type Request = RequestOf<typeof CorporateActions.methods.Announce>;

interface State {
  readonly announced: CorporateEvent | undefined;
  readonly instrument: Instrument | undefined;
  readonly monies: readonly (Money | undefined)[];
  readonly accounts: readonly (Account | undefined)[];
}

/** The issuer's request; nothing moves until an operator runs it. */
export const announce: SubmitHandler<Request, State> = {
  load: (reader, { eventId, terms }, { caller }) =>
    load(reader, {
      announced: eventAt(caller.mspId, eventId),
      instrument: instrumentAt(terms.isin),
      monies: terms.kind === 'cash-dividend' ? [moneyAt(terms.unit)] : [],
      accounts: accountsOf(terms).map(({ account }) => accountAt(caller.mspId, account)),
    }),

  decide(state, request, context) {
    const { eventId, terms } = request;
    if (state.announced) return registeredAgain(CorporateActions.methods.Announce.request, state.announced, request);
    const refused = refusedTerms(state, terms, context);
    if (refused) return refused;
    return created(
      put(eventAt(context.caller.mspId, eventId), {
        eventId,
        terms,
        status: 'announced',
        paidPages: 0,
        holders: 0,
        held: 0n,
        gross: 0n,
        tax: 0n,
        residueNumerator: 0n,
      }),
    );
  },
};

function refusedTerms(
  { instrument, monies, accounts }: State,
  terms: EventTerms,
  context: Context,
): Rejection | undefined {
  const { isin, recordDate } = terms;
  const { caller, clock } = context;
  if (!instrument) return refuse('InstrumentUnknown', { field: 'terms.isin', isin });
  if (instrument.issuer !== caller.mspId) return refuse('NotIssuerOf', { field: 'terms.isin', isin });
  if (recordDate < clock.businessDate) {
    return refuse('RecordDatePassed', { field: 'terms.recordDate', businessDate: clock.businessDate });
  }
  if (terms.kind === 'cash-dividend') {
    if (!monies[0]) return refuse('MoneyUnknown', { field: 'terms.unit', unit: terms.unit });
    const beyond = taxBeyondIncome(terms.withholding ?? []);
    if (beyond !== undefined) return refuse('RatioTooLarge', { field: `terms.withholding[${beyond.toString()}].rate` });
  } else if (terms.ratio.numerator <= terms.ratio.denominator) {
    return refuse('RatioNotForward', { field: 'terms.ratio' });
  }
  for (const [index, { field, account }] of accountsOf(terms).entries()) {
    if (!isAccount(account, accounts[index]))
      return refuse('AccountUnknown', { field, institution: caller.mspId, account });
  }
  return undefined;
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

/** The first tax with which all so far are more than the income. */
function taxBeyondIncome(taxes: readonly { readonly rate: Ratio }[]): number | undefined {
  const rates = taxes.map(({ rate }) => rate);
  const index = rates.findIndex((_, last) => exceedsWhole(rates.slice(0, last + 1)));
  return index < 0 ? undefined : index;
}
