import {
  type BusinessId,
  type MspId,
  type ObjectOf,
  type QuotationTerms,
  accountId,
  balance,
  businessDate,
  businessId,
  collectionOf,
  instant,
  isin,
  type orderFields,
  orderStatus,
  price,
  quantity,
  row,
  side,
  timeInForce,
} from '@kessai/interface';
import {
  type Instrument,
  type Log,
  type Money,
  type Position,
  type Ref,
  type Rows,
  type Table,
  byName,
  lineCodec,
  logTable,
  moneyTerms,
  pageNumber,
  rowsCodec,
  securityTerms,
  table,
} from '@kessai/ledger';

/** An order as its owner is shown it, and as it is kept. */
export interface Order extends ObjectOf<typeof orderFields> {
  /** Its number on the board; 0 where it has not come onto it. */
  readonly sequence: bigint;
}

export interface OwnedOrder {
  readonly institution: MspId;
  readonly order: Order;
}

export interface OrderName {
  readonly institution: MspId;
  readonly orderId: BusinessId;
}

/** In so many pages an institution's pending and standing orders are kept, by their ids: their size depends on open business alone. */
export const pagesOfOrders = 8;

const orderLine = lineCodec(
  row(
    ...([businessId, isin, side, accountId, price, quantity, balance] as const),
    ...([timeInForce, orderStatus, instant, businessDate, balance] as const),
  ),
  (line): Order => ({
    ...{ orderId: line[0], isin: line[1], side: line[2], account: line[3], price: line[4], quantity: line[5] },
    ...{ remaining: line[6], timeInForce: line[7], status: line[8], time: line[9], businessDate: line[10] },
    sequence: line[11],
  }),
  (order) =>
    [
      ...([order.orderId, order.isin, order.side, order.account, order.price, order.quantity] as const),
      ...([order.remaining, order.timeInForce, order.status, order.time, order.businessDate] as const),
      order.sequence,
    ] as const,
);
const idOf = ({ orderId }: Order): string => orderId;

const livePages: Table<Rows<Order>> = table('orders', rowsCodec(orderLine, idOf, byName(idOf)));
/** Orders that have ended, on a page of the cycle in which they did. */
export const endedPages = logTable('orders-ended', orderLine);

export function orderPageAt(institution: MspId, page: number): Ref<Rows<Order>> {
  return livePages.at(collectionOf(institution), page);
}

export function orderPageNumber(orderId: BusinessId): number {
  return pageNumber(orderId, pagesOfOrders);
}

export function endedOrdersAt(institution: MspId, cycle: number): Ref<Log<Order>> {
  return endedPages.at(collectionOf(institution), cycle);
}

/** Under this its institution finds an order that has ended. */
export function endedName(orderId: BusinessId): string {
  return `ended ${orderId}`;
}

export function nameOf({ institution, orderId }: OrderName): string {
  return `${institution}/${orderId}`;
}

export function orderNameOf({ institution, order: { orderId } }: OwnedOrder): OrderName {
  return { institution, orderId };
}

/**
 * What an order locks for a quantity, which is a multiple of the lot: the securities to deliver, or the money to pay at its limit. The
 * money is rounded up lot by lot, because each fill is a trade whose amount is rounded by itself: so the lock is enough for the order
 * however it is filled, and what fills use and what is left always come to the whole.
 */
export function needOf(
  { side: orderSide, price: limit }: Pick<Order, 'side' | 'price'>,
  forQuantity: bigint,
  { lot, decimals, priceDecimals }: QuotationTerms & Pick<Instrument, 'lot'>,
): bigint {
  if (orderSide === 'sell') return forQuantity;
  const scale = 10n ** BigInt(decimals + priceDecimals);
  const perLot = (lot * limit + scale - 1n) / scale;
  return (forQuantity / lot) * perLot;
}

/** The balance of which an order locks a part. */
export function lockedPosition({ institution, order }: OwnedOrder, instrument: Instrument, money: Money): Position {
  const terms = order.side === 'sell' ? securityTerms(instrument) : moneyTerms(money);
  return { institution, account: order.account, terms };
}
