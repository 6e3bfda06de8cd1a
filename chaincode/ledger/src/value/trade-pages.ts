import {
  type BusinessId,
  type Codec,
  type Infer,
  type MspId,
  accountId,
  balance,
  businessDate,
  businessId,
  collectionOf,
  count,
  isin,
  lineRange,
  list,
  mspId,
  object,
  operatorsCollection,
  optional,
  pendingReason,
  price,
  quantity,
  reasonText,
  row,
  side,
  tradeOrigin,
  tradeStatus,
  unit,
} from '@kessai/interface';
import type { Log } from '../kernel/log';
import { SaidOnce, maybe, partAt, partNumber, partsCodec } from '../kernel/said-once';
import { type Table, table } from '../kernel/state';
import { type PartyLine, type Trade, type TradeParty, type TradeStatusPage, present } from './trades';

/** How trades are stored: rows without names, of which what repeats on a page is said once. */

const linesMax = 1_000_000;

/** Instead of an id that the page says already, the operators' line refers to it. */
const idOfLineAbove = 1;
const idOfSellersOrder = 2;
const idOfBuyersOrder = 3;
const saidId = count(idOfLineAbove, idOfBuyersOrder);

const tradeIdColumn: Codec<BusinessId | number> = {
  schema: { oneOf: [businessId.schema, saidId.schema] },
  decode: (value, field) => (typeof value === 'number' ? saidId.decode(value, field) : businessId.decode(value, field)),
  encode: (value) => value,
};

const termsRow = row(tradeOrigin, isin, unit, businessDate, maybe(mspId), maybe(reasonText));
const partyRow = row(mspId, maybe(accountId));
const tradeRow = row(
  ...([partNumber, quantity, maybe(price), quantity, maybe(tradeIdColumn)] as const),
  ...([partNumber, maybe(businessId), maybe(balance)] as const),
  ...([partNumber, maybe(businessId), maybe(balance)] as const),
);
type TradeRow = Infer<typeof tradeRow>;

const storedTrades = object({
  /** Origin, instrument, money, date; who recorded it, and why it was rejected. */
  terms: partsCodec(termsRow),
  /** Institution and account. */
  parties: partsCodec(partyRow),
  /** Terms, quantity, price, amount, id; then of seller and buyer each: party, order, what is reserved. */
  lines: list(tradeRow, { max: linesMax }),
});

/** Whole trades. The lines that they have on their parties' own pages are not stored: they follow from the order of the page. */
export const tradesCodec: Codec<Log<Trade>> = {
  schema: storedTrades.schema,
  decode(value, field) {
    const page = storedTrades.decode(value, field);
    const numbering = new PartyLines();
    const lines: Trade[] = [];
    const partyOf = (number: number, orderId: TradeParty['orderId'], reserved: TradeParty['reserved']): TradeParty => {
      const [institution, account] = partAt(page.parties, number, field);
      return { institution, line: numbering.next(institution), ...present({ account, orderId, reserved }) };
    };
    for (const [
      terms,
      traded,
      atPrice,
      amount,
      id,
      seller,
      sellersOrder,
      ofSeller,
      buyer,
      buyersOrder,
      ofBuyer,
    ] of page.lines) {
      const [origin, code, money, tradeDate, recordedBy, rejectionReason] = partAt(page.terms, terms, field);
      const ids = [lines.at(-1)?.tradeId, sellersOrder, buyersOrder];
      const tradeId = typeof id === 'number' ? partAt(ids, id - 1, field) : id;
      lines.push({
        ...{ origin, isin: code, quantity: traded, amount, unit: money, tradeDate },
        seller: partyOf(seller, sellersOrder, ofSeller),
        buyer: partyOf(buyer, buyersOrder, ofBuyer),
        ...present({ price: atPrice, recordedBy, tradeId, rejectionReason }),
      });
    }
    return { lines };
  },
  encode({ lines }) {
    const [terms, parties] = [new SaidOnce<Infer<typeof termsRow>>(), new SaidOnce<Infer<typeof partyRow>>()];
    const numbering = new PartyLines();
    const partyOf = ({ institution, account, orderId, reserved, line }: TradeParty) => {
      if (line !== numbering.next(institution))
        throw new Error("A party's lines are numbered in the order of the page");
      return [parties.numberOf([institution, account]), orderId, reserved] as const;
    };
    const rows = lines.map((trade, index): TradeRow => {
      const { origin, isin: code, unit: money, tradeDate, recordedBy, rejectionReason } = trade;
      return [
        terms.numberOf([origin, code, money, tradeDate, recordedBy, rejectionReason]),
        ...([trade.quantity, trade.price, trade.amount, storedIdOf(trade, lines[index - 1])] as const),
        ...partyOf(trade.seller),
        ...partyOf(trade.buyer),
      ];
    });
    return storedTrades.encode({ terms: terms.parts, parties: parties.parts, lines: rows });
  },
};

/** Numbers the lines that each party has on a page, the seller's of a trade before the buyer's. */
class PartyLines {
  readonly #next = new Map<MspId, number>();

  next(member: MspId): number {
    const line = this.#next.get(member) ?? 0;
    this.#next.set(member, line + 1);
    return line;
  }
}

function storedIdOf({ tradeId, seller, buyer }: Trade, above: Trade | undefined): BusinessId | number | undefined {
  if (tradeId === undefined) return undefined;
  if (tradeId === above?.tradeId) return idOfLineAbove;
  if (tradeId === seller.orderId) return idOfSellersOrder;
  return tradeId === buyer.orderId ? idOfBuyersOrder : tradeId;
}

const sideRow = row(tradeOrigin, side, isin, unit, businessDate, maybe(mspId), maybe(mspId), maybe(reasonText));
const accountRow = row(maybe(accountId));
const partyLineRow = row(
  ...([partNumber, quantity, maybe(price), quantity, partNumber, maybe(businessId), maybe(businessId)] as const),
);

const storedPartyLines = object({
  /** Origin, side, instrument, money, date; counterparty, who recorded it, why it was rejected. */
  terms: partsCodec(sideRow),
  accounts: partsCodec(accountRow),
  /** Terms, quantity, price, amount, account, order, trade id. */
  lines: list(partyLineRow, { max: linesMax }),
});

/** What one party may see. */
export const partyLinesCodec: Codec<Log<PartyLine>> = {
  schema: storedPartyLines.schema,
  decode(value, field) {
    const page = storedPartyLines.decode(value, field);
    const lines = page.lines.map(([terms, traded, atPrice, amount, number, orderId, tradeId]): PartyLine => {
      const [origin, ourSide, code, money, tradeDate, counterparty, recordedBy, rejectionReason] = partAt(
        page.terms,
        terms,
        field,
      );
      const [account] = partAt(page.accounts, number, field);
      return {
        ...{ origin, side: ourSide, isin: code, quantity: traded, amount, unit: money, tradeDate },
        ...present({ price: atPrice, account, orderId, counterparty, tradeId, recordedBy, rejectionReason }),
      };
    });
    return { lines };
  },
  encode({ lines }) {
    const [terms, accounts] = [new SaidOnce<Infer<typeof sideRow>>(), new SaidOnce<Infer<typeof accountRow>>()];
    const rows = lines.map((one): Infer<typeof partyLineRow> => {
      const { origin, side: ourSide, isin: code, unit: money, tradeDate } = one;
      return [
        terms.numberOf([
          origin,
          ourSide,
          code,
          money,
          tradeDate,
          one.counterparty,
          one.recordedBy,
          one.rejectionReason,
        ]),
        ...([one.quantity, one.price, one.amount, accounts.numberOf([one.account]), one.orderId, one.tradeId] as const),
      ];
    });
    return storedPartyLines.encode({ terms: terms.parts, accounts: accounts.parts, lines: rows });
  },
};

const statusCodec = object({
  groups: list(
    object({
      status: tradeStatus,
      reason: optional(pendingReason),
      settledOn: optional(businessDate),
      lines: list(lineRange, { max: linesMax }),
    }),
    { max: 100_000 },
  ),
});

/** Whole trades, in the operators' collection, by the cycle that made them. */
export const tradePages = table('trades', tradesCodec);
export const tradeStatuses: Table<TradeStatusPage> = table('trade-status', statusCodec);
/** What one party may see, in its own collection. */
export const partyPages = table('party-trades', partyLinesCodec);
export const partyStatuses: Table<TradeStatusPage> = table('party-trade-status', statusCodec);

export const tradePageAt = (page: number) => tradePages.at(operatorsCollection, page);
export const tradeStatusAt = (page: number) => tradeStatuses.at(operatorsCollection, page);
export const partyPageAt = (member: MspId, page: number) => partyPages.at(collectionOf(member), page);
export const partyStatusAt = (member: MspId, page: number) => partyStatuses.at(collectionOf(member), page);
