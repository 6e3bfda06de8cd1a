import type { Orders } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { affirmTrade, rejectTrade } from './bilateral';
import { cancel } from './cancel';
import { cancelTrade } from './cancel-trade';
import { captureTrades } from './capture-trades';
import { expire } from './expire';
import { lapseTrades } from './lapse-trades';
import { match } from './match';
import { place } from './place';
import { board, orders as ordersQuery, pending, trades } from './queries';
import { recordTrade } from './record-trade';
import { withdrawTrade } from './withdraw-trade';

export * from './book';

/** The order board and bilateral trades. */
export const orders: Implementation<typeof Orders> = {
  Place: place,
  Cancel: cancel,
  Pending: pending,
  Match: match,
  Expire: expire,
  Board: board,
  Orders: ordersQuery,
  RecordTrade: recordTrade,
  AffirmTrade: affirmTrade,
  RejectTrade: rejectTrade,
  WithdrawTrade: withdrawTrade,
  CancelTrade: cancelTrade,
  LapseTrades: lapseTrades,
  CaptureTrades: captureTrades,
  Trades: trades,
};
