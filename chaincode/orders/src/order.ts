import {
  type BusinessId,
  type Codec,
  type Infer,
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
  list,
  object,
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
  SaidOnce,
  type Table,
  byName,
  moneyTerms,
  pageNumber,
  partAt,
  partNumber,
  partsCodec,
  rowsOn,
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

const termsRow = row(isin, side, timeInForce, orderStatus);
const accountRow = row(accountId);
const timeRow = row(instant, businessDate);
const orderRow = row(...([businessId, partNumber, partNumber, partNumber, price, quantity, balance, balance] as const));

const storedOrders = object({
  terms: partsCodec(termsRow),
  accounts: partsCodec(accountRow),
  times: partsCodec(timeRow),
  /** Id, terms, account, time, price, quantity, what remains, its number on the board. */
  lines: list(orderRow, { max: 1_000_000 }),
});

/** Rows without names, of which what many orders of a page have in common is said once. */
export const ordersCodec: Codec<Log<Order>> = {
  schema: storedOrders.schema,
  decode(value, field) {
    const page = storedOrders.decode(value, field);
    const lines = page.lines.map(([orderId, terms, number, placed, limit, wanted, remaining, sequence]): Order => {
      const [code, ofSide, force, status] = partAt(page.terms, terms, field);
      const [account] = partAt(page.accounts, number, field);
      const [time, date] = partAt(page.times, placed, field);
      return {
        ...{ orderId, isin: code, side: ofSide, account, price: limit, quantity: wanted, remaining },
        ...{ timeInForce: force, status, time, businessDate: date, sequence },
      };
    });
    return { lines };
  },
  encode({ lines }) {
    const terms = new SaidOnce<Infer<typeof termsRow>>();
    const placers = new SaidOnce<Infer<typeof accountRow>>();
    const times = new SaidOnce<Infer<typeof timeRow>>();
    const rows = lines.map((order): Infer<typeof orderRow> => [
      order.orderId,
      terms.numberOf([order.isin, order.side, order.timeInForce, order.status]),
      placers.numberOf([order.account]),
      times.numberOf([order.time, order.businessDate]),
      ...([order.price, order.quantity, order.remaining, order.sequence] as const),
    ]);
    return storedOrders.encode({ terms: terms.parts, accounts: placers.parts, times: times.parts, lines: rows });
  },
};
const idOf = ({ orderId }: Order): string => orderId;

const livePages: Table<Rows<Order>> = table('orders', rowsOn(ordersCodec, idOf, byName(idOf)));
/** Orders that have ended, on a page of the cycle in which they did. */
export const endedPages = table('orders-ended', ordersCodec);

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
