import {
  type AccountId,
  type BusinessDate,
  type BusinessId,
  type Isin,
  type MspId,
  type Side,
  type Unit,
  accountId,
  businessDate,
  businessId,
  collectionOf,
  isin,
  mspId,
  operatorsCollection,
  quantity,
  row,
  side,
  unit,
} from '@kessai/interface';
import type { Clock } from '../reference';
import { type Rows, byName, lineCodec, rowsCodec, rowsOn } from '../kernel/rows';
import { type Ref, type Table, table } from '../kernel/state';
import { partyLinesCodec } from './trade-pages';
import type { PartyLine } from './trades';

/**
 * Bilateral trades that one party has recorded and the other has not answered. They stand on no page of trades until they are answered,
 * so what is kept of them is bounded by open business. Owned by Orders.
 */
export interface OpenBilateralTrade {
  readonly tradeId: BusinessId;
  readonly counterparty: MspId;
  readonly isin: Isin;
  /** The recording party's side. */
  readonly side: Side;
  /** The recording party's account. */
  readonly account: AccountId;
  readonly quantity: bigint;
  readonly amount: bigint;
  readonly unit: Unit;
  readonly tradeDate: BusinessDate;
}

const openLine = lineCodec(
  row(businessId, mspId, isin, side, accountId, quantity, quantity, unit, businessDate),
  ([tradeId, counterparty, code, ourSide, account, traded, amount, money, tradeDate]): OpenBilateralTrade => ({
    ...{ tradeId, counterparty, isin: code, side: ourSide, account, quantity: traded, amount, unit: money, tradeDate },
  }),
  (one) =>
    [
      ...([one.tradeId, one.counterparty, one.isin, one.side, one.account] as const),
      ...([one.quantity, one.amount, one.unit, one.tradeDate] as const),
    ] as const,
);
const idOf = ({ tradeId }: OpenBilateralTrade): string => tradeId;
const openCodec = rowsCodec(openLine, idOf, byName(idOf));
const partyCodec = rowsOn(partyLinesCodec, nameOfParty, byName(nameOfParty));

/** Whole, in the operators' collection, by the member that recorded them. */
export const openBilateralTrades: Table<Rows<OpenBilateralTrade>> = table('otc', openCodec);
/** What each of the two parties may see, in its own collection. */
const partyViews: Table<Rows<PartyLine>> = table('otc-party', partyCodec);

export function openBilateralTradesOf(recordedBy: MspId): Ref<Rows<OpenBilateralTrade>> {
  return openBilateralTrades.at(operatorsCollection, recordedBy);
}

export function bilateralViewOf(party: MspId): Ref<Rows<PartyLine>> {
  return partyViews.at(collectionOf(party), 'open');
}

export function bilateralName(recordedBy: MspId, tradeId: BusinessId): string {
  return `${recordedBy}/${tradeId}`;
}

function nameOfParty({ recordedBy, tradeId }: PartyLine): string {
  if (recordedBy === undefined || tradeId === undefined) throw new Error('A bilateral trade says who recorded it');
  return bilateralName(recordedBy, tradeId);
}

/** A recorded trade waits for its counterparty until its business day is over. */
export function isLapsed({ tradeDate }: { readonly tradeDate: BusinessDate }, { businessDate, phase }: Clock): boolean {
  return tradeDate < businessDate || phase === 'closed';
}
