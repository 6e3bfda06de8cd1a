import { type RequestOf, Securities, refuse } from '@kessai/interface';
import {
  type Books,
  type Instrument,
  type Position,
  type SubmitHandler,
  accountAt,
  created,
  instrumentAt,
  isAccount,
  load,
  openBooks,
  put,
  registeredAgain,
  securityTerms,
} from '@kessai/ledger';
import { issuanceAt } from './acts';

type Request = RequestOf<typeof Securities.methods.Issue>;

interface State {
  readonly instrument: Instrument;
  readonly books: Books;
  readonly to: Position;
  /** What was issued under the id before. */
  readonly before: Request | undefined;
}

/** New securities stand in the issuer's account (section III.2 (a) of the paper), against the issued-supply account. */
export const issue: SubmitHandler<Request, State> = {
  async load(reader, { id, isin, account }) {
    const { instrument } = await load(reader, { instrument: instrumentAt(isin) });
    if (!instrument) return refuse('InstrumentUnknown', { field: 'isin', isin });
    const { issuer } = instrument;
    const terms = securityTerms(instrument);
    const to = { institution: issuer, account, terms };
    const [{ holder, before }, books] = await Promise.all([
      load(reader, { holder: accountAt(issuer, account), before: issuanceAt(issuer, id) }),
      openBooks(reader, [to], [terms]),
    ]);
    if (!isAccount(account, holder))
      return refuse('AccountUnknown', { field: 'account', institution: issuer, account });
    return { instrument, to, books, before };
  },

  decide({ instrument, to, books, before }, request) {
    if (before) return registeredAgain(Securities.methods.Issue.request, before, request);
    const { id, quantity } = request;
    const issued = books.issued(to.terms);
    if (issued + quantity > instrument.supplyCap) {
      return refuse('SupplyCapExceeded', { field: 'quantity', cap: instrument.supplyCap, issued });
    }
    const refused = books.post([
      { supply: to.terms, change: -quantity },
      { position: to, part: 'available', change: quantity, field: 'quantity' },
    ]);
    return refused ?? created(put(issuanceAt(instrument.issuer, id), request));
  },
};
