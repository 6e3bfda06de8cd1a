import { type RequestOf, type Settlement, isRejection } from '@kessai/interface';
import { type SettlementBooks, type SubmitHandler, created, openLegs, settleTrade } from '@kessai/ledger';
import { type Selection, selectTrades } from './selection';

type Request = RequestOf<typeof Settlement.methods.Settle>;

interface State extends SettlementBooks, Selection {}

/** An operator's sign-off: from one trade to thousands in one instruction. */
export const settle: SubmitHandler<Request, State> = {
  async load(reader, request, context) {
    const selection = await selectTrades(reader, request, context);
    if (isRejection(selection)) return selection;
    const legs = await openLegs(
      reader,
      selection.chosen.map(({ trade }) => trade),
    );
    return { ...legs, ...selection };
  },

  decide(state, _request, { clock }) {
    const { tradeBook, chosen } = state;
    for (const { page, number, trade } of chosen) {
      const before = tradeBook.state(page, number);
      const next = settleTrade(state, trade, clock.businessDate);
      if (isRejection(next)) return next;
      if (next.status === before.status && next.reason === before.reason) continue;
      tradeBook.set(page, number, next);
    }
    return created();
  },
};
