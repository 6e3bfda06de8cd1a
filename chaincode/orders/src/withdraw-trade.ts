import { type Orders, type RequestOf, refuse } from '@kessai/interface';
import { type SubmitHandler, alreadyDone, created, load, openBilateralTradesOf, openTrades } from '@kessai/ledger';
import {
  type Answering,
  answeredBefore,
  answeredName,
  answeredTrade,
  closed,
  loadOpen,
  refusedLapsed,
} from './open-trade';

type Request = RequestOf<typeof Orders.methods.WithdrawTrade>;

/** Whoever recorded a trade takes its word back while the counterparty has not answered: it bound nobody. */
export const withdrawTrade: SubmitHandler<Request, Answering> = {
  async load(reader, { tradeId }, { caller: { mspId: recordedBy }, cycle }) {
    const { open } = await load(reader, { open: openBilateralTradesOf(recordedBy) });
    const trade = open?.get(tradeId);
    if (trade) {
      const records = await loadOpen(reader, { recordedBy, counterparty: trade.counterparty });
      return { ...records, trade, tradeBook: await openTrades(reader, cycle, []) };
    }
    const answered = await answeredBefore(reader, { recordedBy, tradeId }, recordedBy, cycle);
    return answered ?? refuse('TradeUnknown', { field: 'tradeId', tradeId });
  },

  decide(state, { tradeId }, { caller: { mspId: recordedBy }, clock }) {
    const lapsed = refusedLapsed(state, clock);
    if (lapsed) return lapsed;
    if ('answered' in state) {
      const { status } = state.state;
      return status === 'cancelled' ? alreadyDone : refuse('TradeNotOpen', { field: 'tradeId', status });
    }
    const { trade, tradeBook } = state;
    tradeBook.add(answeredTrade(trade, recordedBy), { status: 'cancelled' });
    return {
      ...created(closed(state, recordedBy)),
      remembered: [{ member: recordedBy, name: answeredName(tradeId) }],
    };
  },
};
