import type { MemoryLedger } from './memory-ledger';

/**
 * Adds up the books from what is stored, knowing nothing of how it came there: the stored texts are parsed here once more, so that a
 * defect of the kernel's own reading does not hide one of its writing.
 */

interface StoredLock {
  readonly id: string;
  readonly reason: string;
  readonly quantity: string;
}

interface StoredPage {
  readonly rows: readonly { readonly account: string; readonly available: string; readonly locks?: StoredLock[] }[];
}

interface StoredJournal {
  readonly entries: readonly {
    readonly account: string;
    readonly unit: string;
    readonly change: string;
    readonly lockedChange: string;
  }[];
  readonly supply?: readonly { readonly unit: string; readonly change: string }[];
}

export interface StoredOrder {
  readonly orderId: string;
  readonly isin: string;
  readonly side: 'buy' | 'sell';
  readonly account: string;
  readonly price: string;
  readonly remaining: string;
  readonly status: string;
}

interface StoredParty {
  readonly institution: string;
  readonly account?: string;
  readonly orderId?: string;
  readonly reserved?: string;
}

export interface StoredTrade {
  readonly number: number;
  readonly isin: string;
  readonly unit: string;
  readonly quantity: string;
  readonly amount: string;
  readonly status: string;
  readonly seller: StoredParty;
  readonly buyer: StoredParty;
}

export interface StoredBoard {
  readonly isin: string;
  readonly entries: readonly {
    readonly sequence: string;
    readonly side: 'buy' | 'sell';
    readonly price: string;
    readonly remaining: string;
  }[];
  readonly owners: readonly { readonly sequence: string; readonly institution: string; readonly orderId: string }[];
}

/** A row of the books by `institution/account/unit`. */
export interface AuditedHolding {
  readonly available: bigint;
  readonly locked: bigint;
  readonly locks: ReadonlyMap<string, bigint>;
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
  readonly orders: readonly (StoredOrder & { readonly institution: string })[];
  readonly trades: readonly (StoredTrade & { readonly page: string })[];
  readonly boards: readonly StoredBoard[];
}

/** Reads everything there is, and adds it up. */
export function audit(ledger: MemoryLedger, collections: readonly string[]): Audit {
  const holdings = new Map<string, AuditedHolding>();
  const issued = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  const journal = new Map<string, { change: bigint; lockedChange: bigint }>();
  const journalSupply = new Map<string, bigint>();
  const caps = new Map<string, bigint>();
  const orders: (StoredOrder & { institution: string })[] = [];
  const trades: (StoredTrade & { page: string })[] = [];
  const entries = new Map<string, StoredBoard['entries']>();
  const owners = new Map<string, StoredBoard['owners']>();
  for (const collection of collections) {
    for (const { key, value } of ledger.contents(collection)) {
      const [kind = '', first = ''] = key.split('/');
      if (kind === 'holding') {
        for (const { account, available, locks = [] } of (JSON.parse(value) as StoredPage).rows) {
          const name = `${collection}/${account}/${first}`;
          if (holdings.has(name)) throw new Error(`${name} stands on two pages`);
          const parts = new Map(locks.map(({ id, quantity }) => [id, BigInt(quantity)]));
          const locked = [...parts.values()].reduce((sum, quantity) => sum + quantity, 0n);
          holdings.set(name, { available: BigInt(available), locked, locks: parts });
          held.set(first, (held.get(first) ?? 0n) + BigInt(available) + locked);
        }
      } else if (kind === 'supply') {
        issued.set(first, BigInt((JSON.parse(value) as { issued: string }).issued));
      } else if (kind === 'journal') {
        const page = JSON.parse(value) as StoredJournal;
        for (const { account, unit, change, lockedChange } of page.entries) {
          const name = `${collection}/${account}/${unit}`;
          const sum = journal.get(name) ?? { change: 0n, lockedChange: 0n };
          journal.set(name, {
            change: sum.change + BigInt(change),
            lockedChange: sum.lockedChange + BigInt(lockedChange),
          });
        }
        for (const { unit, change } of page.supply ?? []) {
          journalSupply.set(unit, (journalSupply.get(unit) ?? 0n) + BigInt(change));
        }
      } else if (kind === 'instrument') {
        caps.set(first, BigInt((JSON.parse(value) as { supplyCap: string }).supplyCap));
      } else if (kind === 'order') {
        orders.push({ ...(JSON.parse(value) as StoredOrder), institution: collection });
      } else if (kind === 'trades') {
        const page = JSON.parse(value) as { trades: StoredTrade[] };
        trades.push(...page.trades.map((trade) => ({ ...trade, page: first })));
      } else if (kind === 'board') {
        entries.set(first, (JSON.parse(value) as { entries: StoredBoard['entries'] }).entries);
      } else if (kind === 'board-owners') {
        owners.set(first, (JSON.parse(value) as { owners: StoredBoard['owners'] }).owners);
      }
    }
  }
  const boards = [...entries].map(([isin, standing]) => ({ isin, entries: standing, owners: owners.get(isin) ?? [] }));
  return { holdings, issued, held, journal, journalSupply, caps, orders, trades, boards };
}

/** What is wrong with the books of value: empty where each law holds. */
export function faultsOfValue({ holdings, issued, held, journal, journalSupply, caps }: Audit): readonly string[] {
  const faults: string[] = [];
  for (const [name, { available, locked, locks }] of holdings) {
    if (available < 0n) faults.push(`${name} is below zero`);
    for (const [id, quantity] of locks) if (quantity <= 0n) faults.push(`${name} has the lock ${id} of nothing`);
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
  const standing = new Set(orders.filter(({ status }) => status === 'standing').map(nameOfOrder));
  for (const { isin, entries, owners } of boards) {
    const prices = (side: string): bigint[] =>
      entries.filter((entry) => entry.side === side).map(({ price }) => BigInt(price));
    for (const bid of prices('buy')) {
      if (prices('sell').some((ask) => bid >= ask)) faults.push(`The board of ${isin} is crossed`);
    }
    if (owners.length !== entries.length) faults.push(`The board of ${isin} has orders without owners`);
    for (const { sequence, institution, orderId } of owners) {
      const entry = entries.find((one) => one.sequence === sequence);
      const order = orders.find((one) => one.institution === institution && one.orderId === orderId);
      standing.delete(`${institution}/${orderId}`);
      if (order?.status !== 'standing') faults.push(`${orderId} is on the board of ${isin}, and does not stand`);
      if (order?.remaining !== entry?.remaining) faults.push(`${orderId} has another quantity on the board`);
      if (order?.price !== entry?.price || order?.side !== entry?.side) faults.push(`${orderId} has other terms there`);
    }
  }
  return [...faults, ...[...standing].map((name) => `${name} stands on no board`)];
}

/**
 * What is wrong with the locks: each is what its order needs for its rest, and what its fills reserved that have not settled. `needOf`
 * says what an order locks for a quantity.
 */
export function faultsOfLocks(
  { holdings, orders, trades }: Audit,
  needOf: (order: StoredOrder) => bigint,
): readonly string[] {
  const expected = new Map<string, bigint>();
  const add = (name: string, quantity: bigint): void => {
    if (quantity > 0n) expected.set(name, (expected.get(name) ?? 0n) + quantity);
  };
  for (const order of orders) {
    if (order.status === 'pending' || order.status === 'standing') add(nameOfOrder(order), needOf(order));
  }
  for (const { seller, buyer, status } of trades) {
    if (status === 'settled') continue;
    for (const { institution, orderId, reserved } of [seller, buyer]) {
      if (orderId !== undefined) add(`${institution}/${orderId}`, BigInt(reserved ?? 0));
    }
  }
  const actual = new Map<string, bigint>();
  for (const [name, { locks }] of holdings) {
    const [institution = ''] = name.split('/');
    for (const [id, quantity] of locks) actual.set(`${institution}/${id.replace(/^order\./, '')}`, quantity);
  }
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((name) => expected.get(name) !== actual.get(name))
    .map((name) => `${name} has locked ${String(actual.get(name))} and needs ${String(expected.get(name))}`);
}

function nameOfOrder({ institution, orderId }: StoredOrder & { readonly institution: string }): string {
  return `${institution}/${orderId}`;
}
