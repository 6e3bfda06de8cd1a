import { type MoneyTokens, type RequestOf, maxQuantity, moneyUnit, refuse } from '@kessai/interface';
import {
  type Books,
  type Position,
  type SubmitHandler,
  created,
  load,
  moneyAt,
  moneyTerms,
  openBooks,
  put,
  receivingAccount,
} from '@kessai/ledger';
import { refusedHolder, holderAccountAt } from './holder';
import { creditedAgain, depositAt } from './reference';

type Request = RequestOf<typeof MoneyTokens.methods.Mint>;

interface State {
  readonly books: Books;
  readonly to: Position;
  /** What was credited for the deposit before. */
  readonly credited: Request | undefined;
}

/** The bank's own word that the deposit stands behind the tokens: the issued-supply account is debited, the holder credited. */
export const mint: SubmitHandler<Request, State> = {
  async load(reader, request, { caller, market }) {
    const { currency, to } = request;
    const unit = moneyUnit(currency, caller.mspId);
    const refused = refusedHolder(market, to, 'to');
    if (refused) return refused;
    const { money, account, credited } = await load(reader, {
      ...{ money: moneyAt(unit), account: holderAccountAt(to) },
      credited: depositAt(caller.mspId, request),
    });
    if (!money) return refuse('MoneyUnknown', { field: 'currency', unit });
    const receiver = receivingAccount(to, account, caller.mspId);
    if (!receiver) return refuse('AccountUnknown', { field: 'to.account', ...to });
    const terms = moneyTerms(money);
    const position = { ...receiver, terms };
    return { to: position, credited, books: await openBooks(reader, [position], [terms]) };
  },

  decide({ books, to, credited }, request, { caller }) {
    if (credited) return creditedAgain(credited, request);
    const {
      amount,
      to: { account },
    } = request;
    // All of a money must be countable like any balance of it, or its issuer could not be told what is outstanding.
    if (books.issued(to.terms) + amount > maxQuantity) {
      return refuse('BalanceTooLarge', { field: 'amount', account, unit: to.terms.unit });
    }
    const refused = books.post([
      { supply: to.terms, change: -amount },
      { position: to, part: 'available', change: amount, field: 'amount' },
    ]);
    return refused ?? created(put(depositAt(caller.mspId, request), request));
  },
};
