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
} from '@kessai/ledger';
import { holderAccountAt } from './holder';

type Request = RequestOf<typeof MoneyTokens.methods.Burn>;

interface State {
  readonly books: Books;
  readonly from: Position;
}

/** The holder gives tokens up; the bank owes it the payout that the reference names. */
export const burn: SubmitHandler<Request, State> = {
  async load(reader, { unit, from }, { caller }) {
    const holder = { institution: caller.mspId, account: from };
    const { money, account } = await load(reader, { money: moneyAt(unit), account: holderAccountAt(holder) });
    if (!money) return refuse('MoneyUnknown', { field: 'unit', unit });
    if (!isAccount(from, account)) return refuse('AccountUnknown', { field: 'from', ...holder });
    const terms = moneyTerms(money);
    const position = { ...holder, terms };
    return { from: position, books: await openBooks(reader, [position], [terms]) };
  },

  decide({ books, from }, { amount }) {
    const refused = books.post([
      { position: from, part: 'available', change: -amount, field: 'amount' },
      { supply: from.terms, change: amount },
    ]);
    return refused ?? created();
  },
};
