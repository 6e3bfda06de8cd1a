import {
  type BusinessDate,
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
  side,
  text,
  tradeOrigin,
  tradeStatus,
  unit,
} from '@kessai/interface';
import { logTable } from '../kernel/log';
import { type Table, table } from '../kernel/state';

/**
 * Trades as Orders makes them and Settlement settles them. What was agreed is written once, all trades of a cycle on one page for the
 * operators and one for each party; where they stand in settlement is a record of its own, of ranges of lines.
 */

const party = object({
  institution: mspId,
  /** Of a bilateral trade that was rejected the rejecting party has named none. */
  account: optional(accountId),
  orderId: optional(businessId),
  /** What of the order's lock is meant for this trade: securities of the seller, money of the buyer. */
  reserved: optional(balance),
  /** Its line on the party's own page. */
  line: count(0, 999_999),
});

export const tradeCodec = object({
  origin: tradeOrigin,
  isin,
  quantity,
  price: optional(price),
  amount: quantity,
  unit,
  seller: party,
  buyer: party,
  /** Bilateral: who recorded it. */
  recordedBy: optional(mspId),
  /** The id of a bilateral trade with who recorded it, of a captured one with the engine, of the matching of a board's. */
  tradeId: optional(businessId),
  tradeDate: businessDate,
  /** Rejected by the other party: it never comes to be settled. */
  rejectionReason: optional(text({ maxLength: 140 })),
});
export type Trade = Infer<typeof tradeCodec>;
export type TradeParty = Trade['seller'];

/** Where a trade stands: `matched` unless it is said otherwise. */
export interface TradeState {
  readonly status: Infer<typeof tradeStatus>;
  readonly reason?: Infer<typeof pendingReason>;
  readonly settledOn?: BusinessDate;
}
export const matched: TradeState = { status: 'matched' };

const statusCodec = object({
  groups: list(
    object({
      status: tradeStatus,
      reason: optional(pendingReason),
      settledOn: optional(businessDate),
      lines: list(lineRange, { max: 1_000_000 }),
    }),
    { max: 100_000 },
  ),
});
export type TradeStatusPage = Infer<typeof statusCodec>;
export type StatusGroup = TradeStatusPage['groups'][number];

/** What a party sees of its side; the rest of what it is shown follows from the page and its status. */
export const partyLineCodec = object({
  origin: tradeOrigin,
  side,
  isin,
  quantity,
  price: optional(price),
  amount: quantity,
  unit,
  account: optional(accountId),
  orderId: optional(businessId),
  /** Not told of trades of the board, which is anonymous. */
  counterparty: optional(mspId),
  tradeId: optional(businessId),
  recordedBy: optional(mspId),
  tradeDate: businessDate,
  rejectionReason: optional(text({ maxLength: 140 })),
});
export type PartyLine = Infer<typeof partyLineCodec>;

/** Whole trades, in the operators' collection, by the cycle that made them. */
export const tradePages = logTable('trades', tradeCodec);
export const tradeStatuses: Table<TradeStatusPage> = table('trade-status', statusCodec);
/** What one party may see, in its own collection. */
export const partyPages = logTable('party-trades', partyLineCodec);
export const partyStatuses: Table<TradeStatusPage> = table('party-trade-status', statusCodec);

export const tradePageAt = (page: number) => tradePages.at(operatorsCollection, page);
export const tradeStatusAt = (page: number) => tradeStatuses.at(operatorsCollection, page);
export const partyPageAt = (member: MspId, page: number) => partyPages.at(collectionOf(member), page);
export const partyStatusAt = (member: MspId, page: number) => partyStatuses.at(collectionOf(member), page);

/** The state of each line of a page. */
export function statesOf(lines: number, status: TradeStatusPage | undefined): TradeState[] {
  const states = Array.from({ length: lines }, () => matched);
  for (const { lines: ranges, ...state } of status?.groups ?? []) {
    for (const { from, to } of ranges) states.fill(state, from, to + 1);
  }
  return states;
}

/** The other way: lines that stand alike, as ranges. What is matched is not said. */
export function groupsOf(states: readonly TradeState[]): StatusGroup[] {
  const groups = new Map<string, { state: TradeState; lines: { from: number; to: number }[] }>();
  for (const [line, state] of states.entries()) {
    if (state.status === 'matched') continue;
    const name = `${state.status}/${state.reason ?? ''}/${state.settledOn ?? ''}`;
    const group = groups.get(name) ?? { state, lines: [] };
    groups.set(name, group);
    addLine(group.lines, line);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { state, lines }]) => ({ ...state, lines }));
}

/** Adds a line to ranges, which come in order. */
export function addLine(lines: { from: number; to: number }[], line: number): void {
  const last = lines.at(-1);
  if (last?.to === line - 1) lines[lines.length - 1] = { from: last.from, to: line };
  else lines.push({ from: line, to: line });
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined: an absent field, not one that says undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const found: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) if (fields[name] !== undefined) found[name] = fields[name];
  return found as Present<T>;
}
