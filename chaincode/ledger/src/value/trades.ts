import type {
  AccountId,
  BusinessDate,
  BusinessId,
  Infer,
  Isin,
  MspId,
  Side,
  Unit,
  pendingReason,
  tradeOrigin,
  tradeStatus,
} from '@kessai/interface';

/**
 * Trades as Orders makes them and Settlement settles them. What was agreed is written once, all trades of a cycle on one page for the
 * operators and one for each party; where they stand in settlement is a record of its own, of ranges of lines.
 */

type TradeOrigin = Infer<typeof tradeOrigin>;

export interface TradeParty {
  readonly institution: MspId;
  /** Of a bilateral trade that was rejected the rejecting party has named none. */
  readonly account?: AccountId;
  readonly orderId?: BusinessId;
  /** What of the order's lock is meant for this trade: securities of the seller, money of the buyer. */
  readonly reserved?: bigint;
  /** Its line on the party's own page. */
  readonly line: number;
}

export interface Trade {
  readonly origin: TradeOrigin;
  readonly isin: Isin;
  readonly quantity: bigint;
  readonly price?: bigint;
  readonly amount: bigint;
  readonly unit: Unit;
  readonly seller: TradeParty;
  readonly buyer: TradeParty;
  /** Bilateral: who recorded it. */
  readonly recordedBy?: MspId;
  /** The id of a bilateral trade with who recorded it, of a captured one with the engine, of the matching of a board's. */
  readonly tradeId?: BusinessId;
  readonly tradeDate: BusinessDate;
  /** Rejected by the other party: it never comes to be settled. */
  readonly rejectionReason?: string;
}

/** What a party sees of its side; the rest of what it is shown follows from the page and its status. */
export interface PartyLine {
  readonly origin: TradeOrigin;
  readonly side: Side;
  readonly isin: Isin;
  readonly quantity: bigint;
  readonly price?: bigint;
  readonly amount: bigint;
  readonly unit: Unit;
  readonly account?: AccountId;
  readonly orderId?: BusinessId;
  /** Not told of trades of the board, which is anonymous. */
  readonly counterparty?: MspId;
  readonly tradeId?: BusinessId;
  readonly recordedBy?: MspId;
  readonly tradeDate: BusinessDate;
  readonly rejectionReason?: string;
}

/** Where a trade stands: `matched` unless it is said otherwise. */
export interface TradeState {
  readonly status: Infer<typeof tradeStatus>;
  readonly reason?: Infer<typeof pendingReason>;
  readonly settledOn?: BusinessDate;
}
export const matched: TradeState = { status: 'matched' };

/** Lines of a page that stand alike. */
export interface StatusGroup extends TradeState {
  readonly lines: readonly { readonly from: number; readonly to: number }[];
}

export interface TradeStatusPage {
  readonly groups: readonly StatusGroup[];
}

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
  let last: { readonly state: TradeState; readonly lines: { from: number; to: number }[] } | undefined;
  for (const [line, state] of states.entries()) {
    if (state.status === 'matched') continue;
    if (last && standAlike(last.state, state)) {
      addLine(last.lines, line);
      continue;
    }
    const name = `${state.status}/${state.reason ?? ''}/${state.settledOn ?? ''}`;
    const group = groups.get(name) ?? { state, lines: [] };
    groups.set(name, group);
    addLine(group.lines, line);
    last = group;
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { state, lines }]) => ({ ...state, lines }));
}

function standAlike(a: TradeState, b: TradeState): boolean {
  return a === b || (a.status === b.status && a.reason === b.reason && a.settledOn === b.settledOn);
}

/** Adds a line to ranges, which come in order. */
export function addLine(lines: { from: number; to: number }[], line: number): void {
  const last = lines.at(-1);
  if (last?.to === line - 1) last.to = line;
  else lines.push({ from: line, to: line });
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined: an absent field, not one that says undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const found: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) if (fields[name] !== undefined) found[name] = fields[name];
  return found as Present<T>;
}
