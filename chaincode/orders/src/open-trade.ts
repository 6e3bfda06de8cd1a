import { type AccountId, type BusinessId, type MspId, type Rejection, refuse } from '@kessai/interface';
import {
  type Clock,
  type NewTrade,
  type OpenBilateralTrade,
  type PartyLine,
  type Reader,
  Rows,
  type Trade,
  type TradeBook,
  type TradeState,
  type Write,
  bilateralName,
  bilateralViewOf,
  isLapsed,
  load,
  openBilateralTradesOf,
  openTrades,
  present,
  put,
  recalled,
} from '@kessai/ledger';

/** The records in which an open trade is kept: whole, and as each party sees it. */
export interface OpenRecords {
  readonly open: Rows<OpenBilateralTrade>;
  readonly ours: Rows<PartyLine>;
  readonly theirs: Rows<PartyLine>;
}

export type Parties = Readonly<Record<'recordedBy' | 'counterparty', MspId>>;

export async function loadOpen(reader: Reader, { recordedBy, counterparty }: Parties): Promise<OpenRecords> {
  const found = await load(reader, {
    open: openBilateralTradesOf(recordedBy),
    ours: bilateralViewOf(recordedBy),
    theirs: bilateralViewOf(counterparty),
  });
  return {
    open: found.open ?? Rows.of<OpenBilateralTrade>([]),
    ours: found.ours ?? Rows.of<PartyLine>([]),
    theirs: found.theirs ?? Rows.of<PartyLine>([]),
  };
}

/** The trade is no longer open. */
export function closed(
  { open, ours, theirs, trade }: OpenRecords & { readonly trade: OpenBilateralTrade },
  recordedBy: MspId,
): readonly Write[] {
  const { tradeId, counterparty } = trade;
  const name = bilateralName(recordedBy, tradeId);
  return [
    put(openBilateralTradesOf(recordedBy), open.without(tradeId)),
    put(bilateralViewOf(recordedBy), ours.without(name)),
    put(bilateralViewOf(counterparty), theirs.without(name)),
  ];
}

/** The trade as it stands on a page; where it was never affirmed, the counterparty has named no account. */
export function answeredTrade(
  { account, counterparty, side, isin, quantity, amount, unit, tradeId, tradeDate }: OpenBilateralTrade,
  recordedBy: MspId,
  answeringAccount?: AccountId,
): NewTrade {
  const recording = { institution: recordedBy, account };
  const answering = { institution: counterparty, ...present({ account: answeringAccount }) };
  const [seller, buyer] = side === 'sell' ? [recording, answering] : [answering, recording];
  return { origin: 'otc', isin, quantity, amount, unit, seller, buyer, recordedBy, tradeId, tradeDate };
}

/** Under this its recording party finds a trade that is no longer open. */
export function answeredName(tradeId: BusinessId): string {
  return `otc ${tradeId}`;
}

/** A trade that is no longer open, and where it stands. */
export interface Answered {
  readonly answered: Trade;
  readonly state: TradeState;
}

/** What the caller speaks of: a trade that is open, or one that is no longer. */
export type Answering =
  (OpenRecords & { readonly trade: OpenBilateralTrade; readonly tradeBook: TradeBook }) | Answered;

/** What has lapsed waits for the operators to clear it away. */
export function refusedLapsed(answering: Answering, clock: Clock): Rejection | undefined {
  const lapsed = 'trade' in answering && isLapsed(answering.trade, clock);
  return lapsed ? refuse('TradeNotOpen', { field: 'tradeId', status: 'lapsed' }) : undefined;
}

/** A trade of one of its parties that is no longer open; undefined where there is none, or it was long ago. */
export async function answeredBefore(
  reader: Reader,
  { recordedBy, tradeId }: { readonly recordedBy: MspId; readonly tradeId: BusinessId },
  party: MspId,
  cycle: number,
): Promise<Answered | undefined> {
  const pages = await recalled(reader, recordedBy, answeredName(tradeId));
  const tradeBook: TradeBook = await openTrades(reader, cycle, pages);
  for (const page of pages) {
    const trades = tradeBook.trades(page) ?? [];
    const number = trades.findIndex(
      (one) => one.recordedBy === recordedBy && one.tradeId === tradeId && partiesOf(one).includes(party),
    );
    const answered = trades[number];
    if (answered) return { answered, state: tradeBook.state(page, number) };
  }
  return undefined;
}

function partiesOf({ seller, buyer }: NewTrade): readonly MspId[] {
  return [seller.institution, buyer.institution];
}
