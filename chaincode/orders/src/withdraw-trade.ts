import { type Orders, type RequestOf, refuse } from '@kessai/interface';
import {
  type OpenBilateralTrade,
  type SubmitHandler,
  type TradeBook,
  alreadyDone,
  created,
  isLapsed,
  load,
  openBilateralTradesOf,
  openTrades,
} from '@kessai/ledger';
import {
  type Answered,
  type OpenRecords,
  answeredBefore,
  answeredName,
  answeredTrade,
  closed,
  loadOpen,
} from './open-trade';

type Request = RequestOf<typeof Orders.methods.WithdrawTrade>;
type State = (OpenRecords & { readonly trade: OpenBilateralTrade; readonly tradeBook: TradeBook }) | Answered;

/** Whoever recorded a trade takes its word back while the counterparty has not answered: it bound nobody. */
export const withdrawTrade: SubmitHandler<Request, State> = {
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
    const field = 'tradeId';
    if ('answered' in state) {
      const { status } = state.state;
      return status === 'cancelled' ? alreadyDone : refuse('TradeNotOpen', { field, status });
    }
    const { trade, tradeBook } = state;
    if (isLapsed(trade, clock)) return refuse('TradeNotOpen', { field, status: 'lapsed' });
    tradeBook.add(answeredTrade(trade, recordedBy), { status: 'cancelled' });
    return {
      ...created(closed(state, recordedBy)),
      remembered: [{ member: recordedBy, name: answeredName(tradeId) }],
    };
  },
};
