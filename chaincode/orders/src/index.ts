import type { Orders } from '@kessai/interface';
import type { Implementation } from '@kessai/ledger';
import { affirmTrade, recordTrade, rejectTrade } from './bilateral';
import { cancel } from './cancel';
import { captureTrades } from './capture-trades';
import { expire } from './expire';
import { match } from './match';
import { place } from './place';
import { board, orders as ordersQuery, pending, trades } from './queries';

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
  CaptureTrades: captureTrades,
  Trades: trades,
};
