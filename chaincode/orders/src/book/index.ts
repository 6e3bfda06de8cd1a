export { BookError, type BookFault, type OrderRef } from './book-error';
export {
  OrderBook,
  type DepthLevel,
  type Fill,
  type LimitOrder,
  type Match,
  type MeetsOwn,
  type TakingOrder,
} from './order-book';
export { isBetter, opposite, type Side } from './side';
export type { BookEntry } from './standing-order';
