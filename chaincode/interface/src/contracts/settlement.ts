import { count, list, object, optional } from '../codec';
import { businessHours, defineContract, evaluate, submit } from '../api';
import { businessDate, businessId, isin, mspId, unit } from '../identifiers';
import { quantity } from '../quantity';
import { fieldPath, rejection } from '../rejection';
import { pageName, pendingReason, tradeOrigin, tradeRef, tradeStatus } from './orders';

/** Delivery versus payment, model 1 of the BIS: securities and money trade by trade, gross, both legs or neither. */
export const Settlement = defineContract({
  name: 'Settlement',
  summary: 'Settles matched trades on the sign-off of an operator, delivery versus payment.',
  methods: {
    Settle: submit({
      summary:
        'Signs off trades for settlement: each is settled, both legs at once, or stays pending with its reason. Order decides who gets what is scarce.',
      roles: ['operator'],
      phases: businessHours,
      idField: 'id',
      request: object({
        id: businessId,
        /** Whole pages of trades. */
        pages: optional(list(pageName, { min: 1, max: 5_000 })),
        /** Single trades. */
        trades: optional(list(tradeRef, { min: 1, max: 5_000 })),
      }),
    }),
    Instructions: evaluate({
      summary: 'Trades with both parties and where they stand in settlement.',
      roles: ['operator', 'auditor'],
      answeredBy: 'own',
      request: object({
        status: optional(tradeStatus),
        isin: optional(isin),
        page: optional(pageName),
        /** Pages before this one are left out. */
        from: optional(count(0, 9_999_999_999)),
      }),
      response: object({
        instructions: list(
          object({
            /** Absent while it is recorded and not yet affirmed. */
            page: optional(pageName),
            number: optional(count(0, 999_999)),
            origin: tradeOrigin,
            isin,
            quantity,
            amount: quantity,
            unit,
            seller: mspId,
            /** Its number among the seller's own trades on the page, as `Orders:Trades` shows it. */
            sellerNumber: optional(count(0, 999_999)),
            buyer: mspId,
            buyerNumber: optional(count(0, 999_999)),
            /** Of a bilateral trade: who recorded it, under which id; of a captured one the engine's id; of the board's the id of the matching. */
            recordedBy: optional(mspId),
            tradeId: optional(businessId),
            tradeDate: businessDate,
            status: tradeStatus,
            reason: optional(pendingReason),
            settledOn: optional(businessDate),
          }),
          { max: 1_000_000 },
        ),
        /** There are more pages: ask from this one. */
        next: optional(count(0, 9_999_999_999)),
      }),
    }),
  },
  rejections: {
    NothingToSettle: rejection({ field: fieldPath }, (r) => `${r.field}: name pages, trades, or both.`),
    PageUnknown: rejection(
      { field: fieldPath, page: pageName },
      (r) => `${r.field}: there is no page of trades ${r.page}. "Settlement:Instructions" lists them.`,
    ),
    TradeNumberUnknown: rejection(
      { field: fieldPath, number: count(0, 999_999) },
      (r) => `${r.field}: the page has no trade ${r.number.toString()}.`,
    ),
    TradeNotMatched: rejection(
      { field: fieldPath, status: tradeStatus },
      (r) => `${r.field}: the trade is ${r.status}; only a matched one can be settled.`,
    ),
  },
});
