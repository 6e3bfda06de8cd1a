import { type Entry, kindOf } from '../kernel/state';
import { present } from '../value/trades';
import type { MemoryLedger } from './memory-ledger';

/**
 * Adds up the books from what is stored, knowing nothing of how it came there: the stored texts are parsed here once more, so that a
 * defect of the kernel's own reading does not hide one of its writing.
 */

interface StoredPage {
  /** Account, available, locked by reason. */
  readonly rows: readonly (readonly [string, string, Readonly<Record<string, string>>])[];
}

interface StoredJournal {
  /** Unit and account. */
  readonly balances: readonly (readonly [string, string])[];
  /** Method, id; balance, change, change of what is locked; unit and change of supply. */
  readonly lines: readonly (readonly [
    number,
    string | 0,
    readonly (readonly [number, string, string])[],
    readonly (readonly [string, string])[],
  ])[];
}

interface StoredInstrument {
  readonly supplyCap: string;
  readonly settlementCurrency: string;
  readonly settlementBank: string;
}

export interface StoredOrder {
  readonly orderId: string;
  readonly isin: string;
  readonly side: 'buy' | 'sell';
  readonly account: string;
  readonly price: string;
  readonly quantity: string;
  readonly remaining: string;
  readonly status: string;
  /** Its number on the board; 0 where it never came onto it. */
  readonly sequence: string;
}

interface StoredOrders {
  /** Instrument, side, time in force, status. */
  readonly terms: readonly (readonly string[])[];
  readonly accounts: readonly (readonly string[])[];
  /** Id, terms, account, time, price, quantity, what remains, number on the board. */
  readonly lines: readonly (readonly Cell[])[];
}

interface StoredParty {
  readonly institution: string;
  readonly account?: string;
  readonly orderId?: string;
  readonly reserved?: string;
  readonly line: number;
}

/** A trade that is bound, or was rejected. */
export interface StoredTrade {
  readonly isin: string;
  readonly unit: string;
  readonly origin: string;
  readonly quantity: string;
  readonly amount: string;
  readonly tradeDate: string;
  readonly recordedBy?: string;
  readonly tradeId?: string;
  readonly seller: StoredParty;
  readonly buyer: StoredParty;
}

type Cell = string | number;

interface StoredOwners {
  /** Institution and account. */
  readonly parties: readonly (readonly string[])[];
  /** Number on the board, order, party. */
  readonly lines: readonly (readonly [string, string, number])[];
}

interface StoredTrades {
  /** Origin, instrument, money, date, who recorded it, why it was rejected; 0 where there is none. */
  readonly terms: readonly (readonly Cell[])[];
  /** Institution and account. */
  readonly parties: readonly (readonly Cell[])[];
  /** Terms, quantity, price, amount, id; of the seller, then of the buyer: party, order, what is reserved. */
  readonly lines: readonly (readonly Cell[])[];
}

interface StoredStatus {
  readonly groups: readonly {
    readonly status: string;
    readonly reason?: string;
    readonly lines: readonly { readonly from: number; readonly to: number }[];
  }[];
}

export interface AuditedTrade extends StoredTrade {
  readonly page: string;
  readonly number: number;
  readonly status: string;
  readonly reason: string | undefined;
}

/** A bilateral trade that the counterparty has not answered. */
export interface RecordedTrade {
  readonly recordedBy: string;
  readonly tradeId: string;
  readonly counterparty: string;
  readonly isin: string;
  /** The recording party's. */
  readonly side: string;
  readonly account: string;
  readonly quantity: string;
  readonly amount: string;
}

interface BoardEntry {
  readonly sequence: string;
  readonly side: string;
  readonly price: string;
  readonly remaining: string;
}

interface BoardOwner {
  readonly sequence: string;
  readonly institution: string;
  readonly orderId: string;
}

export interface StoredBoard {
  readonly isin: string;
  readonly entries: readonly BoardEntry[];
  readonly owners: readonly BoardOwner[];
  /** Who waits to be matched, as `institution/order`, in the order in which they came. */
  readonly waiting: readonly string[];
}

/** A row of the books by `institution/account/unit`. */
export interface AuditedHolding {
  readonly available: bigint;
  readonly locked: bigint;
  /** By reason. */
  readonly reasons: ReadonlyMap<string, bigint>;
}

export interface Audit {
  readonly holdings: ReadonlyMap<string, AuditedHolding>;
  /** Per unit: the supply account, and the sum of all holdings. */
  readonly issued: ReadonlyMap<string, bigint>;
  readonly held: ReadonlyMap<string, bigint>;
  /** By `institution/account/unit` and by unit: what the journal adds up to. */
  readonly journal: ReadonlyMap<string, { readonly change: bigint; readonly lockedChange: bigint }>;
  readonly journalSupply: ReadonlyMap<string, bigint>;
  readonly caps: ReadonlyMap<string, bigint>;
  /** The money in which each instrument trades. */
  readonly monies: ReadonlyMap<string, string>;
  /** Those that have ended, then those that are pending or stand. */
  readonly orders: readonly (StoredOrder & { readonly institution: string })[];
  readonly trades: readonly AuditedTrade[];
  /** What parties are shown of their trades: by member, page and line its status and quantity. */
  readonly partyLines: ReadonlyMap<string, string>;
  readonly recorded: readonly RecordedTrade[];
  readonly boards: readonly StoredBoard[];
}

interface Lines<T> {
  readonly lines: readonly T[];
}
type Row = readonly string[];

/** What stands under one kind of key, parsed. */
interface Found<T> {
  readonly collection: string;
  readonly parts: readonly string[];
  readonly value: T;
}

/** Reads everything there is, and adds it up. */
export function audit(ledger: MemoryLedger, collections: readonly string[]): Audit {
  const byKind = new Map<string, Found<unknown>[]>();
  for (const collection of collections) {
    for (const [kind, found] of foundIn(collection, ledger.contents(collection))) {
      const before = byKind.get(kind);
      byKind.set(kind, before ? [...before, ...found] : found);
    }
  }
  const of = <T>(kind: string): readonly Found<T>[] => (byKind.get(kind) ?? []) as readonly Found<T>[];
  const instruments = of<StoredInstrument>('instrument');
  return {
    ...valueOf(of<StoredPage>('holding'), of<StoredJournal>('journal')),
    issued: new Map(of<{ issued: string }>('supply').map(({ parts, value }) => [parts[0] ?? '', BigInt(value.issued)])),
    caps: new Map(instruments.map(({ parts, value }) => [parts[0] ?? '', BigInt(value.supplyCap)])),
    monies: new Map(
      instruments.map(({ parts, value }) => [parts[0] ?? '', `${value.settlementCurrency}@${value.settlementBank}`]),
    ),
    orders: [...of<StoredOrders>('orders-ended'), ...of<StoredOrders>('orders')].flatMap(({ collection, value }) =>
      ordersOn(value).map((order) => ({ ...order, institution: collection })),
    ),
    trades: tradesOf(of<StoredTrades>('trades'), of<StoredStatus>('trade-status')),
    partyLines: partyLinesOf(of<Lines<Row>>('party-trades'), of<StoredStatus>('party-trade-status')),
    recorded: of<Lines<Row>>('otc').flatMap(({ parts: [recordedBy = ''], value }) =>
      value.lines.map(
        ([tradeId = '', counterparty = '', isin = '', side = '', account = '', quantity = '', amount = '']) => ({
          ...{ recordedBy, tradeId, counterparty, isin, side, account, quantity, amount },
        }),
      ),
    ),
    boards: boardsOf(of<Lines<Row>>('board'), of<StoredOwners>('board-owners'), of<{ orders: Lines<Row> }>('pending')),
  };
}

const auditedKinds: ReadonlySet<string> = new Set([
  ...['holding', 'supply', 'journal', 'instrument', 'orders', 'orders-ended', 'pending', 'board', 'board-owners'],
  ...['trades', 'trade-status', 'party-trades', 'party-trade-status', 'otc'],
]);

type FoundByKind = ReadonlyMap<string, Found<unknown>[]>;
/** Contents that have been looked at before: an audit after each cycle would parse everything again, most of which has not changed. */
const foundBefore = new WeakMap<readonly Entry[], FoundByKind>();
const parsedBefore = new WeakMap<Entry, Found<unknown>>();

function foundIn(collection: string, entries: readonly Entry[]): FoundByKind {
  const known = foundBefore.get(entries);
  if (known) return known;
  const byKind = new Map<string, Found<unknown>[]>();
  for (const entry of entries) {
    const kind = kindOf(entry.key);
    if (!auditedKinds.has(kind)) continue;
    const found = byKind.get(kind) ?? [];
    byKind.set(kind, found);
    found.push(parsed(collection, entry));
  }
  foundBefore.set(entries, byKind);
  return byKind;
}

function parsed(collection: string, entry: Entry): Found<unknown> {
  const known = parsedBefore.get(entry);
  if (known) return known;
  const found = { collection, parts: entry.key.split('/').slice(1), value: JSON.parse(entry.value) as unknown };
  parsedBefore.set(entry, found);
  return found;
}

function valueOf(
  pages: readonly Found<StoredPage>[],
  journals: readonly Found<StoredJournal>[],
): Pick<Audit, 'holdings' | 'held' | 'journal' | 'journalSupply'> {
  const holdings = new Map<string, AuditedHolding>();
  const held = new Map<string, bigint>();
  const journal = new Map<string, { change: bigint; lockedChange: bigint }>();
  const journalSupply = new Map<string, bigint>();
  for (const { collection, parts, value } of pages) {
    const [unit = ''] = parts;
    for (const [account, available, reasons] of value.rows) {
      const name = `${collection}/${account}/${unit}`;
      if (holdings.has(name)) throw new Error(`${name} stands on two pages`);
      const byReason = new Map(Object.entries(reasons).map(([reason, quantity]) => [reason, BigInt(quantity)]));
      const locked = [...byReason.values()].reduce((sum, quantity) => sum + quantity, 0n);
      holdings.set(name, { available: BigInt(available), locked, reasons: byReason });
      held.set(unit, (held.get(unit) ?? 0n) + BigInt(available) + locked);
    }
  }
  for (const page of journals) {
    for (const { name, change, lockedChange } of changesOn(page)) {
      const sum = journal.get(name) ?? { change: 0n, lockedChange: 0n };
      journal.set(name, { change: sum.change + change, lockedChange: sum.lockedChange + lockedChange });
    }
    for (const [, , , supply] of page.value.lines) {
      for (const [unit, change] of supply) {
        journalSupply.set(unit, (journalSupply.get(unit) ?? 0n) + BigInt(change));
      }
    }
  }
  return { holdings, held, journal, journalSupply };
}

interface Change {
  readonly name: string;
  readonly change: bigint;
  readonly lockedChange: bigint;
}
const changesBefore = new WeakMap<Found<StoredJournal>, readonly Change[]>();

/** By `institution/account/unit`: what a page of the journal changes. */
function changesOn(page: Found<StoredJournal>): readonly Change[] {
  const known = changesBefore.get(page);
  if (known) return known;
  const { balances, lines } = page.value;
  const changes = lines.flatMap(([, , changed]) =>
    changed.map(([balance, change, lockedChange]) => {
      const [unit = '', account = ''] = balances[balance] ?? [];
      return {
        name: `${page.collection}/${account}/${unit}`,
        ...{ change: BigInt(change), lockedChange: BigInt(lockedChange) },
      };
    }),
  );
  changesBefore.set(page, changes);
  return changes;
}

function ordersOn({ terms, accounts, lines }: StoredOrders): readonly StoredOrder[] {
  return lines.map((row) => {
    const [orderId = '', price = '', quantity = '', remaining = '', sequence = ''] = row
      .map(said)
      .filter((cell) => cell !== undefined);
    const [isin = '', side = '', , status = ''] = terms[Number(row[1])] ?? [];
    const [account = ''] = accounts[Number(row[2])] ?? [];
    return { orderId, isin, side: side as StoredOrder['side'], account, price, quantity, remaining, status, sequence };
  });
}

/** Columns at which a trade's seller and buyer begin. */
const sellerAt = 5;
const buyerAt = 8;

function said(cell: Cell | undefined): string | undefined {
  return typeof cell === 'string' ? cell : undefined;
}

function tradesOn({ terms, parties, lines }: StoredTrades): readonly StoredTrade[] {
  const linesOf = new Map<string, number>();
  const partyOf = (row: readonly Cell[], at: number): StoredParty => {
    const [institution, account] = (parties[Number(row[at])] ?? []).map(said);
    if (institution === undefined) throw new Error('A trade has a party that its page does not have');
    const line = linesOf.get(institution) ?? 0;
    linesOf.set(institution, line + 1);
    return { institution, line, ...present({ account, orderId: said(row[at + 1]), reserved: said(row[at + 2]) }) };
  };
  let above: string | undefined;
  return lines.map((row) => {
    const [origin = '', isin = '', unit = '', tradeDate = '', recordedBy] = (terms[Number(row[0])] ?? []).map(said);
    const [quantity = '', , amount = '', id] = row.slice(1).map(said);
    const [seller, buyer] = [partyOf(row, sellerAt), partyOf(row, buyerAt)];
    const tradeId = id ?? [undefined, above, seller.orderId, buyer.orderId][Number(row[4])];
    above = tradeId;
    return { origin, isin, unit, quantity, amount, tradeDate, seller, buyer, ...present({ recordedBy, tradeId }) };
  });
}

function tradesOf(
  pages: readonly Found<StoredTrades>[],
  statuses: readonly Found<StoredStatus>[],
): readonly AuditedTrade[] {
  return pages.flatMap(({ parts: [key = ''], value }) => {
    const lines = tradesOn(value);
    const states = statesOf(lines.length, statuses.find(({ parts }) => parts[0] === key)?.value);
    return lines.map((trade, number) => ({
      ...trade,
      ...{ page: Number(key).toString(), number },
      status: states[number]?.status ?? 'matched',
      reason: states[number]?.reason,
    }));
  });
}

function statesOf(length: number, status: StoredStatus | undefined): { status: string; reason?: string | undefined }[] {
  const states: { status: string; reason?: string | undefined }[] = Array.from({ length }, () => ({
    status: 'matched',
  }));
  for (const { status: where, reason, lines } of status?.groups ?? []) {
    for (const { from, to } of lines) states.fill({ status: where, reason }, from, to + 1);
  }
  return states;
}

function partyLinesOf(
  pages: readonly Found<Lines<Row>>[],
  statuses: readonly Found<StoredStatus>[],
): ReadonlyMap<string, string> {
  return new Map(
    pages.flatMap(({ collection, parts: [key = ''], value: { lines } }) => {
      const status = statuses.find((one) => one.collection === collection && one.parts[0] === key);
      const states = statesOf(lines.length, status?.value);
      return lines.map(([, quantity = ''], line): [string, string] => [
        `${collection}/${Number(key)}/${line}`,
        `${states[line]?.status ?? ''} ${states[line]?.reason ?? ''} ${quantity}`,
      ]);
    }),
  );
}

function ownersOn(page: StoredOwners | undefined): readonly (readonly [string, string, string])[] {
  return (page?.lines ?? []).map(([sequence, orderId, party]) => [sequence, page?.parties[party]?.[0] ?? '', orderId]);
}

function boardsOf(
  boards: readonly Found<Lines<Row>>[],
  owners: readonly Found<StoredOwners>[],
  pendings: readonly Found<{ readonly orders: Lines<Row> }>[],
): readonly StoredBoard[] {
  const isins = new Set([...boards, ...pendings].map(({ parts }) => parts[0] ?? ''));
  const linesOf = (found: readonly Found<Lines<Row>>[], isin: string): readonly Row[] =>
    found.find(({ parts }) => parts[0] === isin)?.value.lines ?? [];
  return [...isins].sort().map((isin) => ({
    isin,
    entries: linesOf(boards, isin).map(([sequence = '', side = '', price = '', remaining = '']) => ({
      ...{ sequence, side, price, remaining },
    })),
    owners: ownersOn(owners.find(({ parts }) => parts[0] === isin)?.value).map(([sequence, institution, orderId]) => ({
      ...{ sequence, institution, orderId },
    })),
    waiting: (pendings.find(({ parts }) => parts[0] === isin)?.value.orders.lines ?? []).map(
      ([, institution = '', orderId = '']) => `${institution}/${orderId}`,
    ),
  }));
}

/** What is wrong with the books of value: empty where each law holds. */
export function faultsOfValue({ holdings, issued, held, journal, journalSupply, caps }: Audit): readonly string[] {
  const faults: string[] = [];
  for (const [name, { available, locked, reasons }] of holdings) {
    if (available < 0n) faults.push(`${name} is below zero`);
    for (const [reason, quantity] of reasons)
      if (quantity <= 0n) faults.push(`${name} has nothing locked for ${reason}`);
    const sum = journal.get(name);
    if (sum?.change !== available + locked) faults.push(`${name} is not what its journal adds up to`);
    if (sum?.lockedChange !== locked) faults.push(`${name} has locked what its journal does not say`);
  }
  for (const [name, { change, lockedChange }] of journal) {
    if (!holdings.has(name) && (change !== 0n || lockedChange !== 0n)) faults.push(`${name} has gone from the books`);
  }
  for (const unit of new Set([...issued.keys(), ...held.keys()])) {
    if (issued.get(unit) !== (held.get(unit) ?? 0n)) faults.push(`${unit}: what is held is not what was issued`);
    if (issued.get(unit) !== journalSupply.get(unit)) faults.push(`${unit}: the journal of its supply is not complete`);
    const cap = caps.get(unit);
    if (cap !== undefined && (issued.get(unit) ?? 0n) > cap) faults.push(`${unit}: more is issued than authorised`);
  }
  return faults;
}

/** What is wrong with the boards: that one is crossed, or that orders, owners and entries do not tell the same. */
export function faultsOfBoards({ boards, orders }: Audit): readonly string[] {
  const faults: string[] = [];
  const namesOf = (status: string): Set<string> =>
    new Set(orders.filter((order) => order.status === status).map(nameOfOrder));
  const [standing, pending] = [namesOf('standing'), namesOf('pending')];
  for (const { isin, entries, owners, waiting } of boards) {
    const prices = (side: string): bigint[] =>
      entries.filter((entry) => entry.side === side).map(({ price }) => BigInt(price));
    for (const bid of prices('buy')) {
      if (prices('sell').some((ask) => bid >= ask)) faults.push(`The board of ${isin} is crossed`);
    }
    if (owners.length !== entries.length) faults.push(`The board of ${isin} has orders without owners`);
    for (const { sequence, institution, orderId } of owners) {
      const entry = entries.find((one) => one.sequence === sequence);
      const order = orders.findLast((one) => one.institution === institution && one.orderId === orderId);
      standing.delete(`${institution}/${orderId}`);
      if (order?.status !== 'standing') faults.push(`${orderId} is on the board of ${isin}, and does not stand`);
      if (order?.sequence !== sequence) faults.push(`${orderId} has another number on the board`);
      if (order?.remaining !== entry?.remaining) faults.push(`${orderId} has another quantity on the board`);
      if (order?.price !== entry?.price || order?.side !== entry?.side) faults.push(`${orderId} has other terms there`);
    }
    for (const name of waiting) if (!pending.delete(name)) faults.push(`${name} waits for ${isin}, and is not pending`);
  }
  return [
    ...faults,
    ...[...standing].map((name) => `${name} stands on no board`),
    ...[...pending].map((name) => `${name} is pending and waits for no matching`),
  ];
}

/** What is wrong with who traded with whom: no account trades with itself. */
export function faultsOfSelfTrades({ trades }: Audit): readonly string[] {
  return trades
    .filter(({ seller, buyer }) => seller.institution === buyer.institution && seller.account === buyer.account)
    .map(
      ({ page, number, seller }) =>
        `${seller.institution}/${String(seller.account)} trades with itself: ${page}/${number}`,
    );
}

/** What is wrong with what outside engines have traded: on a business day each of their trades is recorded once. */
export function faultsOfCaptured({ trades }: Audit): readonly string[] {
  const seen = new Set<string>();
  return trades.flatMap(({ origin, tradeDate, tradeId = '' }) => {
    if (origin !== 'captured') return [];
    const name = `${tradeDate} ${tradeId}`;
    const isAgain = seen.has(name);
    seen.add(name);
    return isAgain ? [`${name} was captured twice`] : [];
  });
}

/** What is wrong with the parties' pages: each line is that of a trade, and stands where the trade stands. */
export function faultsOfParties({ trades, partyLines }: Audit): readonly string[] {
  const expected = new Map<string, string>();
  for (const { page, status, reason = '', quantity, seller, buyer } of trades) {
    for (const { institution, line } of [seller, buyer]) {
      expected.set(`${institution}/${page}/${line}`, `${status} ${reason} ${quantity}`);
    }
  }
  return [...new Set([...expected.keys(), ...partyLines.keys()])]
    .filter((name) => expected.get(name) !== partyLines.get(name))
    .map((name) => `${name} shows ${String(partyLines.get(name))} and is ${String(expected.get(name))}`);
}

/**
 * What is wrong with what is locked: for each account and unit it is what its orders need for their rest, and what their fills reserved
 * that have neither settled nor been cancelled. `needOf` says what an order locks for what remains of it.
 */
export function faultsOfLocks(
  { holdings, orders, trades, monies }: Audit,
  needOf: (order: StoredOrder) => bigint,
): readonly string[] {
  const expected = new Map<string, bigint>();
  const add = (name: string, quantity: bigint): void => {
    if (quantity > 0n) expected.set(name, (expected.get(name) ?? 0n) + quantity);
  };
  for (const order of orders) {
    const { status, side, isin, institution, account } = order;
    if (status !== 'pending' && status !== 'standing') continue;
    add(`${institution}/${account}/${side === 'sell' ? isin : (monies.get(isin) ?? '')}`, needOf(order));
  }
  for (const { seller, buyer, status, isin, unit } of trades) {
    if (status === 'settled' || status === 'cancelled') continue;
    add(`${seller.institution}/${seller.account ?? ''}/${isin}`, BigInt(seller.reserved ?? 0));
    add(`${buyer.institution}/${buyer.account ?? ''}/${unit}`, BigInt(buyer.reserved ?? 0));
  }
  const actual = new Map<string, bigint>();
  for (const [name, { locked }] of holdings) if (locked !== 0n) actual.set(name, locked);
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((name) => expected.get(name) !== actual.get(name))
    .map((name) => `${name} has locked ${String(actual.get(name))} and needs ${String(expected.get(name))}`);
}

function nameOfOrder({ institution, orderId }: StoredOrder & { readonly institution: string }): string {
  return `${institution}/${orderId}`;
}
