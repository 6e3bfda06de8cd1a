import {
  type Infer,
  type MspId,
  accountId,
  balance,
  businessDate,
  businessId,
  collectionOf,
  count,
  isin,
  list,
  mspId,
  object,
  oneOf,
  operatorsCollection,
  optional,
  partyTrade,
  pendingReason,
  price,
  quantity,
  text,
  tradeStatus,
  unit,
} from '@kessai/interface';
import { type Ref, type Table, type Write, put, table } from './state';

/** Trades as Orders makes them and Settlement settles them: in pages, one for each matching or bilateral trade. */

const party = object({
  institution: mspId,
  /** Unknown until the party has affirmed. */
  account: optional(accountId),
  orderId: optional(businessId),
  /** What of the order's lock is meant for this trade: securities of the seller, money of the buyer. */
  reserved: optional(balance),
});

const tradeCodec = object({
  number: count(0, 99_999),
  origin: oneOf('board', 'otc'),
  isin,
  quantity,
  price: optional(price),
  amount: quantity,
  unit,
  seller: party,
  buyer: party,
  /** OTC: who recorded it, under which id of its own. */
  recordedBy: optional(mspId),
  tradeId: optional(businessId),
  tradeDate: businessDate,
  status: tradeStatus,
  reason: optional(pendingReason),
  rejectionReason: optional(text({ maxLength: 140 })),
  settledOn: optional(businessDate),
});
export type Trade = Infer<typeof tradeCodec>;
export type PartyTrade = Infer<typeof partyTrade>;

const tradePageCodec = object({ trades: list(tradeCodec, { max: 100_000 }) });
export type TradePage = Infer<typeof tradePageCodec>;

const partyPageCodec = object({ trades: list(partyTrade, { max: 200_000 }) });

/** Whole trades, in the operators' collection. */
export const tradePages: Table<TradePage> = table('trades', tradePageCodec);
/** What one party may see of a page, in its own collection. */
export const partyPages: Table<Infer<typeof partyPageCodec>> = table('party-trades', partyPageCodec);

export function tradePageAt(page: string): Ref<TradePage> {
  return tradePages.at(operatorsCollection, page);
}

/** The page of a matching, and of one bilateral trade. */
export function boardPage(matchId: string): string {
  return `board.${matchId}`;
}

export function otcPage(recordedBy: MspId, tradeId: string): string {
  return `otc.${recordedBy}.${tradeId}`;
}

/** The lock that an order holds on what it may need. */
export function orderLock(orderId: string): string {
  return `order.${orderId}`;
}

/** Writes a page for the operators and what each party sees of it: parties' pages follow from the whole one, so they are never read. */
export function putTrades(page: string, trades: readonly Trade[]): readonly Write[] {
  const institutions = new Set(trades.flatMap(({ seller, buyer }) => [seller.institution, buyer.institution]));
  return [
    put(tradePageAt(page), { trades }),
    ...[...institutions].sort().map((institution) =>
      put(partyPages.at(collectionOf(institution), page), {
        trades: trades.flatMap((trade) => sidesSeenBy(institution, page, trade)),
      }),
    ),
  ];
}

function sidesSeenBy(institution: MspId, page: string, trade: Trade): readonly PartyTrade[] {
  const sides = [
    { side: 'sell', us: trade.seller, them: trade.buyer },
    { side: 'buy', us: trade.buyer, them: trade.seller },
  ] as const;
  return sides
    .filter(({ us }) => us.institution === institution)
    .map(({ side, us, them }) => ({
      page,
      number: trade.number,
      origin: trade.origin,
      side,
      isin: trade.isin,
      quantity: trade.quantity,
      amount: trade.amount,
      unit: trade.unit,
      tradeDate: trade.tradeDate,
      status: trade.status,
      ...present({ price: trade.price, account: us.account, orderId: us.orderId, reason: trade.reason }),
      ...(trade.origin === 'otc' ? { counterparty: them.institution } : {}),
      ...present({ tradeId: trade.tradeId, rejectionReason: trade.rejectionReason }),
      ...(trade.recordedBy === undefined ? {} : { recordedByUs: trade.recordedBy === institution }),
    }));
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined: an absent field, not one that says undefined. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
