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
  receivingAccount,
} from '@kessai/ledger';
import { holderAccountAt, refusedHolder, sameAccount } from './holder';

type Request = RequestOf<typeof MoneyTokens.methods.Transfer>;

interface State {
  readonly books: Books;
  readonly from: Position;
  readonly to: Position;
}

/** Payment free of delivery. */
export const transfer: SubmitHandler<Request, State> = {
  async load(reader, request, { caller, market }) {
    const from = { institution: caller.mspId, account: request.from };
    const { unit, to } = request;
    const refused = refusedHolder(market, to, 'to');
    if (refused) return refused;
    if (sameAccount(from, to)) return refuse('SameAccount', { field: 'to' });
    const state = await load(reader, { money: moneyAt(unit), from: holderAccountAt(from), to: holderAccountAt(to) });
    if (!state.money) return refuse('MoneyUnknown', { field: 'unit', unit });
    if (!isAccount(from.account, state.from)) return refuse('AccountUnknown', { field: 'from', ...from });
    const receiver = receivingAccount(to, state.to, caller.mspId);
    if (!receiver) return refuse('AccountUnknown', { field: 'to.account', ...to });
    const terms = moneyTerms(state.money);
    const positions = { from: { ...from, terms }, to: { ...receiver, terms } };
    return { ...positions, books: await openBooks(reader, [positions.from, positions.to]) };
  },

  decide({ books, from, to }, { amount }) {
    const refused = books.post([
      { position: from, part: 'available', change: -amount, field: 'amount' },
      { position: to, part: 'available', change: amount, field: 'amount' },
    ]);
    return refused ?? created();
  },
};
