import { type Infer, count, flag, list, object, oneOf, optional, text } from '../codec';
import { anyPhase, defineContract, evaluate, submit } from '../api';
import {
  accountId,
  accountRef,
  businessDate,
  businessId,
  instant,
  isin,
  mspId,
  reasonText,
  unit,
} from '../identifiers';
import { balance, price, quantity } from '../quantity';
import { fieldPath, rejection } from '../rejection';
import { transactionId } from '../transaction-id';

export const side = oneOf('buy', 'sell');
export type Side = Infer<typeof side>;

/** `day`: what is not filled stands until the day's end. `immediate-or-cancel`: takes what stands, the rest is dropped. */
export const timeInForce = oneOf('day', 'immediate-or-cancel');

export const orderStatus = oneOf('pending', 'standing', 'filled', 'cancelled', 'expired');

/** Why an order was cancelled that its owner did not cancel: what was left of it would have traded with an order of the same account. */
export const cancelReason = oneOf('self-trade');
export type CancelReason = Infer<typeof cancelReason>;

/** What is kept of an order, and what its owner is shown. */
export const orderFields = {
  orderId: businessId,
  isin,
  side,
  account: accountId,
  price,
  quantity,
  remaining: balance,
  timeInForce,
  status: orderStatus,
  time: instant,
  /** The day for which it stands. */
  businessDate,
} as const;

/** An order and the one who placed it; operators sequence orders by this. */
export const orderRef = object({ institution: mspId, orderId: businessId });

/**
 * Where a trade is in its life. `recorded`: one party's word, waiting for the other. `rejected`: the other's answer. `lapsed`: not answered by
 * the end of the business day. `matched`: both are bound (by the board, or by an affirmation). `pending`: settlement was tried, and why it
 * waits is the reason. `cancelled`: withdrawn by who recorded it, or cancelled by both parties. `settled`: final.
 */
export const tradeStatus = oneOf('recorded', 'rejected', 'matched', 'pending', 'settled', 'cancelled', 'lapsed');

/**
 * Why settlement waits: ISO 20022 pending reasons LACK (securities) and MONY (money). SPLF, after the ISO 20022 event of that name: its
 * instrument was split after it was traded. Such a trade does not settle, since its quantity is one of before the split; its parties cancel it
 * and agree it anew.
 */
export const pendingReason = oneOf('LACK', 'MONY', 'SPLF');

/** Names a page of trades: the number of the cycle that made them. */
export const pageName = text({
  maxLength: 10,
  pattern: /^(0|[1-9][0-9]*)$/,
  description: 'a page of trades: the number of the cycle that made them',
});

/** A trade by its page and its number there. */
export const tradeRef = object({ page: pageName, number: count(0, 999_999) });

/** `board`: matched here. `otc`: recorded and affirmed by its parties. `captured`: matched by an outside engine. */
export const tradeOrigin = oneOf('board', 'otc', 'captured');

/** A trade as one of its parties sees it. Until it is matched it stands on no page. */
export const partyTrade = object({
  page: optional(pageName),
  /** Its number among the trades of this party on the page. */
  number: optional(count(0, 999_999)),
  origin: tradeOrigin,
  side,
  isin,
  quantity,
  price: optional(price),
  amount: quantity,
  unit,
  account: optional(accountId),
  orderId: optional(businessId),
  /** Not told for trades of the board, which is anonymous. */
  counterparty: optional(mspId),
  /** For OTC: the id that the recording party chose, and whether that was this party. */
  tradeId: optional(businessId),
  recordedByUs: optional(flag),
  tradeDate: businessDate,
  status: tradeStatus,
  reason: optional(pendingReason),
  rejectionReason: optional(reasonText),
  /** When the cycle that made it was dated, and the transaction of that cycle; of a trade on a page. */
  time: optional(instant),
  transactionId: optional(transactionId),
});

/** What a party may ask for of its orders and trades, beside the cursor. */
const period = {
  account: optional(accountId),
  isin: optional(isin),
  /** The first business date: of orders that for which they stand, of trades the trade date. */
  fromDate: optional(businessDate),
  /** The last one. */
  toDate: optional(businessDate),
} as const;

/** Trades of an outside engine in one instruction. */
const capturedAtOnce = 5_000;

const level = object({ price, quantity, orders: count(1, 1_000_000) });

/** Trading: the anonymous order board and bilateral trades. */
export const Orders = defineContract({
  name: 'Orders',
  summary:
    'Orders stand on the ledger and are matched by price and time; trades agreed elsewhere are recorded and affirmed.',
  methods: {
    Place: submit({
      summary:
        'Places a limit order and locks what it may need: the quantity to sell, or the money to buy at the limit. It does not trade with an order of the same account: what is left of it then is cancelled.',
      roles: ['institution'],
      phases: ['open'],
      idField: 'orderId',
      request: object({ orderId: businessId, isin, side, account: accountId, quantity, price, timeInForce }),
    }),
    Cancel: submit({
      summary: 'Cancels what is left of an own order and gives back what it had locked.',
      roles: ['institution'],
      phases: ['open', 'matching'],
      request: object({ orderId: businessId }),
    }),
    Pending: evaluate({
      summary: 'Orders of an instrument that wait to be matched, in the order in which they came.',
      roles: ['operator', 'auditor'],
      answeredBy: 'own',
      request: object({ isin }),
      response: object({
        /** In the order in which cycles took them. */
        orders: list(object({ institution: mspId, orderId: businessId, time: instant }), { max: 1_000_000 }),
      }),
    }),
    Match: submit({
      summary: 'Takes orders onto the board of one instrument, in this order, and records each pair as a trade.',
      roles: ['operator'],
      phases: ['open', 'matching'],
      idField: 'id',
      request: object({
        id: businessId,
        isin,
        orders: list(orderRef, { min: 1, max: 5_000 }),
      }),
    }),
    Expire: submit({
      summary:
        "Ends the day of an instrument's board: every pending or standing order expires, its locks are released. While the market trades: orders of an earlier day only.",
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      request: object({ id: businessId, isin }),
    }),
    Board: evaluate({
      summary: 'The board of an instrument: price levels without owners.',
      roles: ['operator', 'auditor', 'institution'],
      answeredBy: 'own',
      request: object({ isin }),
      response: object({
        isin,
        bids: list(level, { max: 100_000 }),
        asks: list(level, { max: 100_000 }),
      }),
    }),
    Orders: evaluate({
      summary: 'Orders of the calling institution; operators and auditors name the institution.',
      roles: ['institution', 'operator', 'auditor'],
      answeredBy: 'own',
      request: object({
        institution: optional(mspId),
        ...period,
        status: optional(orderStatus),
        /** Orders that ended before this cycle are left out. The cursor: the `next` of the answer before. */
        from: optional(count(0, 9_999_999_999)),
      }),
      response: object({
        /** Those that have ended in the order in which they did, then those that are pending or stand. */
        orders: list(object(orderFields), { max: 1_000_000 }),
        /** There are more that have ended: ask from this cycle. */
        next: optional(count(0, 9_999_999_999)),
      }),
    }),
    RecordTrade: submit({
      summary:
        'Records a bilateral trade agreed elsewhere; it binds nobody until the counterparty affirms it, and lapses at the end of the business day.',
      roles: ['institution'],
      phases: ['open', 'matching', 'settlement'],
      idField: 'tradeId',
      request: object({
        tradeId: businessId,
        counterparty: mspId,
        isin,
        /** Our side. */
        side,
        account: accountId,
        quantity,
        /** Money against the securities, in the smallest unit of the instrument's money. */
        amount: quantity,
      }),
    }),
    AffirmTrade: submit({
      summary:
        'Affirms what the counterparty recorded. Terms are compared field by field; the one that differs is named.',
      roles: ['institution'],
      phases: ['open', 'matching', 'settlement'],
      request: object({
        recordedBy: mspId,
        tradeId: businessId,
        isin,
        /** Our side: the other one than the recording party's. */
        side,
        account: accountId,
        quantity,
        amount: quantity,
      }),
    }),
    RejectTrade: submit({
      summary: 'Rejects what the counterparty recorded.',
      roles: ['institution'],
      phases: ['open', 'matching', 'settlement'],
      request: object({ recordedBy: mspId, tradeId: businessId, reason: reasonText }),
    }),
    WithdrawTrade: submit({
      summary:
        'Takes back what the calling institution recorded, while the counterparty has neither affirmed nor rejected it.',
      roles: ['institution'],
      phases: ['open', 'matching', 'settlement'],
      request: object({ tradeId: businessId }),
    }),
    CancelTrade: submit({
      summary:
        'Cancels an own trade that has not settled, when both of its parties have asked for it. Until the second has, the trade may settle.',
      roles: ['institution'],
      phases: ['open', 'matching', 'settlement'],
      request: object({
        page: pageName,
        /** Its number among the own trades of the page, as `Trades` shows it. */
        number: count(0, 999_999),
      }),
    }),
    LapseTrades: submit({
      summary:
        'Clears away recorded trades that were not affirmed by the end of their business day. They cannot be affirmed any more before that either.',
      roles: ['operator'],
      phases: anyPhase,
      idField: 'id',
      request: object({
        id: businessId,
        /** Those of some institutions, by who recorded them; by default of all. */
        recordedBy: optional(list(mspId, { min: 1, max: 1_000 })),
      }),
    }),
    CaptureTrades: submit({
      summary:
        'Records trades that an outside matching engine has made between accounts of members, thousands at once: all or none. Each is recorded once, under the id that the engine gave it.',
      roles: ['operator'],
      phases: ['open', 'matching', 'settlement'],
      idField: 'id',
      request: object({
        id: businessId,
        trades: list(
          object({
            /** The engine's own id: under it a trade is recorded once, whatever the instruction. Of several engines each needs a prefix. */
            tradeId: businessId,
            /** When the engine made it. */
            time: instant,
            isin,
            quantity,
            price,
            seller: accountRef,
            buyer: accountRef,
          }),
          { min: 1, max: capturedAtOnce },
        ),
      }),
    }),
    Trades: evaluate({
      summary: 'Trades of the calling institution, its side only; operators and auditors name the institution.',
      roles: ['institution', 'operator', 'auditor'],
      answeredBy: 'own',
      request: object({
        institution: optional(mspId),
        ...period,
        status: optional(tradeStatus),
        /** Trades on pages before this one are left out. The cursor: the `next` of the answer before. */
        from: optional(count(0, 9_999_999_999)),
      }),
      response: object({
        /** Those on pages in their order, then those that are recorded and not yet affirmed. */
        trades: list(partyTrade, { max: 1_000_000 }),
        /** There are more pages: ask from this one. */
        next: optional(count(0, 9_999_999_999)),
      }),
    }),
  },
  rejections: {
    SelfTrade: rejection({ field: fieldPath }, (r) => `${r.field} must be another institution than the calling one.`),
    OrderUnknown: rejection(
      { field: fieldPath, orderId: businessId },
      (r) => `${r.field}: there is no order ${r.orderId}. "Orders:Orders" lists them.`,
    ),
    OrderWrongInstrument: rejection({ field: fieldPath, isin }, (r) => `${r.field} is an order in ${r.isin}.`),
    OrderNotPending: rejection(
      { field: fieldPath, orderId: businessId, status: orderStatus },
      (r) => `${r.field}: order ${r.orderId} is ${r.status}; only a pending one can be taken onto the board.`,
    ),
    OrderEnded: rejection(
      { field: fieldPath, orderId: businessId, status: orderStatus },
      (r) => `${r.field}: order ${r.orderId} is ${r.status} already.`,
    ),
    OrdersNotExpired: rejection(
      { field: fieldPath, businessDate },
      (r) => `${r.field}: orders of ${r.businessDate} have not expired yet. Operators expire them with Orders:Expire.`,
    ),
    TradeBeforeSplit: rejection(
      { field: fieldPath, isin, recordDate: businessDate },
      (r) =>
        `${r.field}: the trade was made before the split of ${r.isin} with the record date ${r.recordDate} was completed, so its quantity is one of before it. Agree it anew.`,
    ),
    OrderNamedTwice: rejection({ field: fieldPath }, (r) => `${r.field} is named twice in the request.`),
    AmountTooLarge: rejection({ field: fieldPath }, (r) => `${r.field}: the money for it would exceed 2^63 - 1.`),
    AmountTooSmall: rejection({ field: fieldPath }, (r) => `${r.field}: the money for it would round to nothing.`),
    TradeCaptured: rejection(
      {
        field: fieldPath,
        tradeId: businessId,
        /** Places in the request of all trades that have been recorded, from 0. */
        indexes: list(count(0, capturedAtOnce - 1), { min: 1, max: capturedAtOnce }),
      },
      (r) =>
        `${r.field}: the engine's trade ${r.tradeId} has been recorded before${r.indexes.length > 1 ? `, and ${(r.indexes.length - 1).toString()} more of the request` : ''}. Leave out what was recorded; nothing of the request was.`,
    ),
    TradeRecorded: rejection(
      { field: fieldPath, tradeId: businessId, recordedBy: mspId },
      (r) =>
        `${r.field}: ${r.recordedBy} has recorded ${r.tradeId} with the same terms. Affirm it with Orders:AffirmTrade; another trade on these terms needs another id.`,
    ),
    TradeUnknown: rejection(
      { field: fieldPath, tradeId: businessId },
      (r) => `${r.field}: no trade ${r.tradeId} was recorded between the two parties.`,
    ),
    TradeNotOpen: rejection(
      { field: fieldPath, status: tradeStatus },
      (r) => `${r.field}: the trade is ${r.status}; only a recorded one can be affirmed, rejected or withdrawn.`,
    ),
    TradeNotCancellable: rejection(
      { field: fieldPath, status: tradeStatus },
      (r) =>
        `${r.field}: the trade is ${r.status}; only one that is matched or pending can be cancelled by its parties.`,
    ),
    TradeMismatch: rejection(
      { field: fieldPath, recorded: text({ maxLength: 80 }), affirmed: text({ maxLength: 80 }) },
      (r) =>
        `${r.field}: the counterparty recorded ${r.recorded}, you affirm ${r.affirmed}. Reject it, or affirm its terms.`,
    ),
  },
});
