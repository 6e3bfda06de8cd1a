import { type RequestOf, type Settlement, isRejection } from '@kessai/interface';
import { type SubmitHandler, type Trade, created, putTrades } from '@kessai/ledger';
import { type SettlementBooks, openLegs, settleTrade } from './delivery-versus-payment';
import { type Selection, selectTrades } from './selection';

type Request = RequestOf<typeof Settlement.methods.Settle>;

interface State extends SettlementBooks, Selection {}

/** An operator's sign-off: from one trade to thousands in one transaction. */
export const settle: SubmitHandler<Request, State> = {
  async load(reader, request) {
    const selection = await selectTrades(reader, request);
    if (isRejection(selection)) return selection;
    const legs = await openLegs(
      reader,
      selection.chosen.map(({ trade }) => trade),
    );
    return isRejection(legs) ? legs : { ...legs, ...selection };
  },

  decide(state, { id }, context) {
    const changed = new Map<string, Trade[]>();
    for (const { page, index, trade } of state.chosen) {
      const next = settleTrade(state, trade, context.clock.businessDate);
      if (isRejection(next)) return next;
      if (next.status === trade.status && next.reason === trade.reason) continue;
      const trades = changed.get(page) ?? [...(state.pages.get(page) ?? [])];
      trades[index] = next;
      changed.set(page, trades);
    }
    return created(...[...changed].map(([page, trades]) => putTrades(page, trades)), state.books.close(context, id));
  },
};
