import {
  type BusinessId,
  type Infer,
  type Isin,
  type MspId,
  type QuotationTerms,
  collectionOf,
  flag,
  instant,
  object,
  optional,
  orderFields,
  text,
} from '@kessai/interface';
import {
  type Instrument,
  type Money,
  type Position,
  type Ref,
  type Write,
  moneyTerms,
  orderLock,
  put,
  securityTerms,
  table,
} from '@kessai/ledger';

/** An order as its owner keeps it. */
const orderCodec = object({
  ...orderFields,
  /** The owner asked to cancel it while it stood on the board; the next matching obeys. */
  cancelRequested: optional(flag),
});
export type Order = Infer<typeof orderCodec>;

export const orders = table('order', orderCodec);

/** Marks that let operators find what waits, without reading orders that have ended. */
const waitingCodec = object({ time: instant, transactionId: text({ maxLength: 64 }) });
type Waiting = Infer<typeof waitingCodec>;
export const pendingOrders = table('order-pending', waitingCodec);
export const pendingCancels = table('order-cancel', waitingCodec);

export interface OwnedOrder {
  readonly institution: MspId;
  readonly order: Order;
}

export function orderAt(institution: MspId, orderId: BusinessId): Ref<Order> {
  return orders.at(collectionOf(institution), orderId);
}

export function pendingOrderAt(institution: MspId, code: Isin, orderId: BusinessId): Ref<Waiting> {
  return pendingOrders.at(collectionOf(institution), code, orderId);
}

export function pendingCancelAt(institution: MspId, code: Isin, orderId: BusinessId): Ref<Waiting> {
  return pendingCancels.at(collectionOf(institution), code, orderId);
}

export function removed({ collection, key }: Ref<unknown>): Write {
  return { collection, key, value: undefined };
}

/** The order in its new state, and its marks taken away. */
export function putEnded({ institution, order }: OwnedOrder): readonly Write[] {
  const { cancelRequested, ...rest } = order;
  return [
    put(orderAt(institution, order.orderId), rest),
    ...(cancelRequested ? [removed(pendingCancelAt(institution, order.isin, order.orderId))] : []),
  ];
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

/** The balance on which an order's lock stands. */
export function lockedPosition({ institution, order }: OwnedOrder, instrument: Instrument, money: Money): Position {
  const terms = order.side === 'sell' ? securityTerms(instrument) : moneyTerms(money);
  return { institution, account: order.account, terms };
}

export function lockPart(orderId: BusinessId): { readonly lock: string; readonly reason: 'order' } {
  return { lock: orderLock(orderId), reason: 'order' };
}
