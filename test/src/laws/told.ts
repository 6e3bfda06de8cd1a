import type { JsonObject } from '@kessai/interface';
import type { Audit, SampleDay } from '@kessai/ledger/tools';

/** A page of advices as a member asks for it. */
interface Page {
  readonly cycle: number;
  readonly advices: readonly Told[];
  readonly postings: readonly {
    readonly account: string;
    readonly unit: string;
    readonly change: string;
    readonly lockedChange: string;
  }[];
}

interface Told {
  readonly kind: string;
  readonly orderId: string;
  readonly status: string;
  readonly reason?: string;
  readonly remaining: string;
  readonly page: string;
  readonly lines: readonly { readonly from: number; readonly to: number }[];
  readonly recordedBy: string;
  readonly tradeId: string;
}

/**
 * Follows a market as its members' systems do, from their advices alone, and holds what they come to against the books: empty where
 * nothing was left out. `before` is where they begin, `first` the first cycle that they are told of.
 */
export async function faultsOfAdvices(
  day: SampleDay,
  first: number,
  before: Audit,
  now: Audit,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const member of day.members) {
    const { pages, last } = await day.ask<{ readonly pages: readonly Page[]; readonly last: number }>(
      member,
      'Market:Advices',
      { from: first, limit: 1_000 },
    );
    if (pages.map(({ cycle }) => cycle).join() !== numbersFrom(first, last).join())
      faults.push(`${member} is not told of each cycle once`);
    const advices = pages.flatMap((page) => page.advices);
    faults.push(
      ...faultsOfPostings(member, pages, before, now),
      ...faultsOfOrders(member, advices, before, now),
      ...faultsOfTrades(member, advices, before, now),
      ...faultsOfAllegements(member, advices, now),
    );
  }
  return faults;
}

function numbersFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Balances before, and all postings since, are the balances now. */
function faultsOfPostings(member: string, pages: readonly Page[], before: Audit, now: Audit): readonly string[] {
  const sums = new Map<string, { total: bigint; locked: bigint }>();
  const add = (name: string, total: bigint, locked: bigint): void => {
    const sum = sums.get(name) ?? { total: 0n, locked: 0n };
    sums.set(name, { total: sum.total + total, locked: sum.locked + locked });
  };
  for (const [name, { available, locked }] of ownOf(before.holdings, member)) add(name, available + locked, locked);
  for (const { account, unit, change, lockedChange } of pages.flatMap(({ postings }) => postings)) {
    add(`${member}/${account}/${unit}`, BigInt(change), BigInt(lockedChange));
  }
  for (const [name, { available, locked }] of ownOf(now.holdings, member)) add(name, -available - locked, -locked);
  return [...sums]
    .filter(([, { total, locked }]) => total !== 0n || locked !== 0n)
    .map(([name, { total, locked }]) => `${name} is told ${total} more and ${locked} more locked than it has`);
}

function ownOf<T>(all: ReadonlyMap<string, T>, member: string): readonly (readonly [string, T])[] {
  return [...all].filter(([name]) => name.startsWith(`${member}/`));
}

/** What was told last of an order is where it stands. */
function faultsOfOrders(member: string, advices: readonly Told[], before: Audit, now: Audit): readonly string[] {
  const told = ordersOf(member, before);
  for (const { kind, orderId, status, remaining } of advices) {
    if (kind === 'order') told.set(orderId, `${status} ${remaining}`);
  }
  return differences(`${member} order`, told, ordersOf(member, now));
}

function ordersOf(member: string, { orders }: Audit): Map<string, string> {
  return new Map(
    orders
      .filter(({ institution }) => institution === member)
      .map(({ orderId, status, remaining }) => [orderId, `${status} ${remaining}`]),
  );
}

/** The trades that were told, and what was told of each last, are its trades and where they stand. */
function faultsOfTrades(member: string, advices: readonly Told[], before: Audit, now: Audit): readonly string[] {
  const told = linesOf(member, before);
  for (const { kind, page, lines, status, reason = '' } of advices) {
    if (kind !== 'trades' && kind !== 'settlement') continue;
    for (const { from, to } of lines) {
      for (let line = from; line <= to; line += 1) {
        const name = `${member}/${page}/${line}`;
        if (kind === 'settlement') told.set(name, `${status} ${reason}`);
        else if (!told.has(name)) told.set(name, 'matched ');
      }
    }
  }
  return differences('trade', told, linesOf(member, now));
}

function linesOf(member: string, { partyLines }: Audit): Map<string, string> {
  return new Map(ownOf(partyLines, member).map(([name, line]) => [name, line.replace(/ \S*$/, '')]));
}

/** Whoever was alleged a trade finds it, open or answered. */
function faultsOfAllegements(member: string, advices: readonly Told[], now: Audit): readonly string[] {
  const nameOf = ({ recordedBy = '', tradeId = '' }: { recordedBy?: string; tradeId?: string }): string =>
    `${recordedBy} ${tradeId}`;
  const known = new Set([...now.recorded, ...now.trades].map(nameOf));
  const alleged = new Set(advices.filter(({ kind }) => kind === 'allegement').map(nameOf));
  const open = now.recorded.filter(({ counterparty }) => counterparty === member).map(nameOf);
  return [
    ...[...alleged]
      .filter((name) => !known.has(name))
      .map((name) => `${member} was alleged ${name}, which is not there`),
    ...open.filter((name) => !alleged.has(name)).map((name) => `${member} was not told of ${name}`),
  ];
}

function differences(
  about: string,
  told: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...told.keys(), ...actual.keys()])]
    .filter((name) => told.get(name) !== actual.get(name))
    .map((name) => `${about} ${name} is told as ${String(told.get(name))} and is ${String(actual.get(name))}`);
}

/** Holds what operators are shown of supply and of the registers against the books as they are stored. */
export async function faultsOfRegisters(day: SampleDay, { issued }: Audit): Promise<readonly string[]> {
  const faults: string[] = [];
  const { units } = await day.ask<{ readonly units: readonly JsonObject[] }>('CsdMSP', 'Registry:Supply');
  for (const { unit, issued: shown, held } of units as readonly Readonly<Record<string, string>>[]) {
    const stored = (issued.get(unit ?? '') ?? 0n).toString();
    if (shown !== stored || held !== stored) faults.push(`${unit}: issued ${stored}, shown ${shown}, held ${held}`);
    if (unit === undefined || unit.includes('@')) continue;
    const { total, rows } = await day.ask<{ readonly total: string; readonly rows: readonly { quantity: string }[] }>(
      'CsdMSP',
      'Registry:Register',
      { isin: unit },
    );
    const sum = rows.reduce((all, { quantity }) => all + BigInt(quantity), 0n);
    if (total !== stored || sum.toString() !== stored) faults.push(`${unit}: its register has ${sum}, says ${total}`);
  }
  return faults;
}
