import { type MoneyTokens, type RequestOf, refuse } from '@kessai/interface';
import {
  type Books,
  type Position,
  type SubmitHandler,
  created,
  isAccount,
  load,
  moneyAt,
  moneyTerms,
  openBooks,
  put,
} from '@kessai/ledger';
import { holderAccountAt } from './holder';
import { paidOutAgain, payoutAt } from './reference';

type Request = RequestOf<typeof MoneyTokens.methods.Burn>;

interface State {
  readonly books: Books;
  readonly from: Position;
  /** What was asked for under the reference before. */
  readonly paidOut: Request | undefined;
}

/** The holder gives tokens up; the bank owes it the payout that the reference names. */
export const burn: SubmitHandler<Request, State> = {
  async load(reader, request, { caller }) {
    const { unit, from } = request;
    const holder = { institution: caller.mspId, account: from };
    const { money, account, paidOut } = await load(reader, {
      ...{ money: moneyAt(unit), account: holderAccountAt(holder) },
      paidOut: payoutAt(caller.mspId, request),
    });
    if (!money) return refuse('MoneyUnknown', { field: 'unit', unit });
    if (!isAccount(from, account)) return refuse('AccountUnknown', { field: 'from', ...holder });
    const terms = moneyTerms(money);
    const position = { ...holder, terms };
    return { from: position, paidOut, books: await openBooks(reader, [position], [terms]) };
  },

  decide({ books, from, paidOut }, request, { caller }) {
    if (paidOut) return paidOutAgain(paidOut, request);
    const { amount } = request;
    const refused = books.post([
      { position: from, part: 'available', change: -amount, field: 'amount' },
      { supply: from.terms, change: amount },
    ]);
    return refused ?? created(put(payoutAt(caller.mspId, request), request));
  },
};
