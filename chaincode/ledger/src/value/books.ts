import {
  type AccountId,
  type LockReason,
  type MspId,
  type Rejection,
  type Unit,
  isRejection,
  maxQuantity,
  refuse,
} from '@kessai/interface';
import { overlayOf } from '../kernel/overlay';
import { type Reader, type Ref, type Write, load, put } from '../kernel/state';
import {
  type Holding,
  type HoldingPage,
  type Locked,
  holdingPageAt,
  holdingsOn,
  lockedOf,
  nothingLocked,
  pageNumber,
  pageOf,
  supplyAt,
  totalOf,
} from './holdings';
import type { ClosingBalance, JournalPage } from './journal';
import type { UnitTerms } from './terms';

/** A balance: what one account holds of one unit. */
export interface Position {
  readonly institution: MspId;
  readonly account: AccountId;
  readonly terms: UnitTerms;
}

/** One line of a double entry. The lines of one posting sum to zero per unit. */
export type Posting =
  | {
      readonly position: Position;
      /** The available part, or the part that is locked for a reason. */
      readonly part: 'available' | LockReason;
      readonly change: bigint;
      /** The field of the request to name when the balance does not allow it. */
      readonly field: string;
    }
  | { readonly supply: UnitTerms; readonly change: bigint };

interface OpenPage {
  readonly ref: Ref<HoldingPage>;
  readonly institution: MspId;
  readonly unit: Unit;
  /** What all its holders had when it was opened. */
  readonly totalBefore: bigint;
  readonly holdings: Map<AccountId, Holding>;
  changed: boolean;
}

/** A balance that was looked for: making the key of its page costs more than what is posted to it. */
interface OpenBalance {
  readonly page: OpenPage;
  readonly position: Position;
}

interface OpenSupply {
  readonly terms: UnitTerms;
  readonly before: bigint;
  now: bigint;
}

/** What a holding, or issued supply, was before one change. */
type Undo =
  | {
      readonly page: OpenPage;
      readonly account: AccountId;
      readonly holding: Holding | undefined;
      readonly changed: boolean;
    }
  | { readonly supply: OpenSupply; readonly now: bigint };

/** Changes of one instruction in one member's balances. */
export type JournalLines = JournalPage['instructions'][number];

/** Names the pages on which these balances stand, for the reading round in which they are needed. */
export async function openBooks(
  reader: Reader,
  positions: readonly Position[],
  supplies: readonly UnitTerms[] = [],
): Promise<Books> {
  const books = overlayOf(reader)?.books ?? new Books(reader);
  await books.open(positions, supplies);
  return books;
}

/**
 * The balances that a cycle works on. All change of value goes through `post`; what was changed leaves through `close`, which asserts
 * that no unit was made or lost on the way. Contracts post; only the kernel closes.
 */
export class Books {
  readonly #reader: Reader;
  readonly #pages = new Map<string, OpenPage>();
  readonly #balances = new ByPosition<OpenBalance>();
  readonly #supplies = new Map<Unit, OpenSupply>();
  readonly #undo: Undo[] = [];

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  async open(positions: readonly Position[], supplies: readonly UnitTerms[]): Promise<void> {
    const wanted = new Map<string, Pick<OpenPage, 'ref' | 'institution' | 'unit'>>();
    const seen = new ByPosition<true>();
    for (const position of positions) {
      if (seen.get(position) || this.#balances.get(position)) continue;
      seen.set(position, true);
      const { institution, account, terms } = position;
      const ref = holdingPageAt(institution, terms, pageNumber(account, terms.registerPages));
      const name = pageName(institution, ref.key);
      if (!this.#pages.has(name)) wanted.set(name, { ref, institution, unit: terms.unit });
    }
    const issued = new Map(
      supplies.filter(({ unit }) => !this.#supplies.has(unit)).map((terms) => [terms.unit, terms]),
    );
    if (wanted.size + issued.size === 0) return;
    const pages = [...wanted];
    const units = [...issued];
    const state = await load(this.#reader, {
      pages: pages.map(([, { ref }]) => ref),
      supplies: units.map(([, terms]) => supplyAt(terms)),
    });
    for (const [index, [name, page]] of pages.entries()) {
      // Another load may have opened it while this one was reading.
      if (this.#pages.has(name)) continue;
      const holdings = new Map(holdingsOn(state.pages[index]).map((holding) => [holding.account, holding]));
      this.#pages.set(name, { ...page, holdings, totalBefore: sumOf(holdings), changed: false });
    }
    for (const [index, [unit, terms]] of units.entries()) {
      if (this.#supplies.has(unit)) continue;
      const before = state.supplies[index]?.issued ?? 0n;
      this.#supplies.set(unit, { terms, before, now: before });
    }
  }

  holding(position: Position): Holding {
    return holdingOn(this.#balance(position));
  }

  /** What has been issued of a unit whose supply account was opened. */
  issued(terms: UnitTerms): bigint {
    return this.#supply(terms).now;
  }

  /** Whether this cycle has changed a balance of the unit, or what is issued of it. */
  hasChanged(unit: Unit): boolean {
    const supply = this.#supplies.get(unit);
    if (supply && supply.now !== supply.before) return true;
    return [...this.#pages.values()].some((page) => page.unit === unit && page.changed);
  }

  /**
   * Posts lines that belong together: all of them, or none where one is refused. A refused line names its field. Lines that do not
   * sum to zero in a unit, or take more than is locked, are a defect of the caller and throw.
   */
  post(lines: readonly Posting[]): Rejection | undefined {
    assertBalanced(lines);
    const next: { page: OpenPage; holding: Holding }[] = [];
    for (const [balance, parts] of this.#netByBalance(lines)) {
      const holding = applyParts(balance, parts);
      if (isRejection(holding)) return holding;
      next.push({ page: balance.page, holding });
    }
    for (const { page, holding } of next) {
      const before = page.holdings.get(holding.account);
      this.#undo.push({ page, account: holding.account, holding: before, changed: page.changed });
      page.holdings.set(holding.account, holding);
      page.changed = true;
    }
    for (const line of lines) {
      if (!('supply' in line)) continue;
      const supply = this.#supply(line.supply);
      this.#undo.push({ supply, now: supply.now });
      // The supply account is the contra of all holdings: a credit there takes units out of issue.
      supply.now -= line.change;
    }
    return undefined;
  }

  /** Where the postings stand, to take back what comes after. */
  mark(): number {
    return this.#undo.length;
  }

  rollBack(mark: number): void {
    for (const undo of this.#undo.splice(mark).reverse()) {
      if ('supply' in undo) {
        undo.supply.now = undo.now;
        continue;
      }
      const { page, account, holding, changed } = undo;
      page.changed = changed;
      if (holding === undefined) page.holdings.delete(account);
      else page.holdings.set(account, holding);
    }
  }

  /** What has changed since the mark, for the journal of each member. */
  linesSince(mark: number, reference: string): ReadonlyMap<MspId, JournalLines> {
    const first = new Map<OpenPage, Map<AccountId, Holding | undefined>>();
    const supplies = new Map<OpenSupply, bigint>();
    for (const undo of this.#undo.slice(mark)) {
      if ('supply' in undo) {
        if (!supplies.has(undo.supply)) supplies.set(undo.supply, undo.now);
        continue;
      }
      const accounts = first.get(undo.page) ?? new Map<AccountId, Holding | undefined>();
      first.set(undo.page, accounts);
      if (!accounts.has(undo.account)) accounts.set(undo.account, undo.holding);
    }
    const drafts = new Map<MspId, Draft>();
    const draftOf = (member: MspId): Draft => {
      const draft = drafts.get(member) ?? { units: new Map(), supply: [] };
      drafts.set(member, draft);
      return draft;
    };
    for (const [page, accounts] of first) {
      for (const [account, before = emptyHolding(account)] of accounts) {
        const now = page.holdings.get(account) ?? emptyHolding(account);
        const change = totalOf(now) - totalOf(before);
        const lockedChange = lockedOf(now) - lockedOf(before);
        if (change === 0n && lockedChange === 0n) continue;
        const { units } = draftOf(page.institution);
        const rows = units.get(page.unit) ?? [];
        units.set(page.unit, rows);
        rows.push([account, change, lockedChange]);
      }
    }
    for (const [{ terms, now }, before] of supplies) {
      if (now !== before) draftOf(terms.issuer).supply.push({ unit: terms.unit, change: now - before });
    }
    return new Map([...drafts].map(([member, draft]) => [member, linesOf(draft, reference)]));
  }

  /** How the balances of a member end that its journal's instructions have changed. */
  closing(member: MspId, instructions: readonly JournalLines[]): readonly ClosingBalance[] {
    const pages = new Map<Unit, OpenPage[]>();
    for (const page of this.#pages.values()) {
      if (page.institution !== member) continue;
      pages.set(page.unit, [...(pages.get(page.unit) ?? []), page]);
    }
    const ends = new Map<string, ClosingBalance>();
    for (const { unit, rows } of instructions.flatMap(({ units }) => units)) {
      for (const [account] of rows) {
        const name = `${unit} ${account}`;
        if (ends.has(name)) continue;
        const holding = pages
          .get(unit)
          ?.find(({ holdings }) => holdings.has(account))
          ?.holdings.get(account);
        const ended = holding ?? emptyHolding(account);
        ends.set(name, { unit, account, total: totalOf(ended), locked: lockedOf(ended) });
      }
    }
    return [...ends.values()];
  }

  /** The pages and supply accounts that have changed. */
  close(cycle: number): readonly Write[] {
    this.#assertConserved();
    const pages = [...this.#pages.values()].filter(({ changed }) => changed);
    const supplies = [...this.#supplies.values()].filter(({ before, now }) => now !== before);
    return [
      ...pages.map((page) => put(page.ref, pageOf(cycle, page.holdings.values()))),
      ...supplies.map(({ terms, now }) => put(supplyAt(terms), { cycle, issued: now })),
    ];
  }

  /** Lines on the same balance are taken together: only what they come to must be there. */
  #netByBalance(lines: readonly Posting[]): ReadonlyMap<OpenBalance, readonly PartChange[]> {
    const changes = new Map<OpenBalance, PartChange[]>();
    for (const line of lines) {
      if ('supply' in line) continue;
      const { position, part, change, field } = line;
      const balance = this.#balance(position);
      let parts = changes.get(balance);
      if (!parts) changes.set(balance, (parts = []));
      let entry = parts.find((one) => one.part === part);
      if (!entry) parts.push((entry = { part, change: 0n, taking: undefined, giving: undefined }));
      entry.change += change;
      if (change < 0n) entry.taking ??= field;
      else entry.giving ??= field;
    }
    return changes;
  }

  #balance(position: Position): OpenBalance {
    const known = this.#balances.get(position);
    if (known) return known;
    const { institution, account, terms } = position;
    const { key } = holdingPageAt(institution, terms, pageNumber(account, terms.registerPages));
    const page = this.#pages.get(pageName(institution, key));
    if (!page) throw new Error(`The page of a balance in ${terms.unit} was not opened`);
    const balance = { page, position };
    this.#balances.set(position, balance);
    return balance;
  }

  #supply(terms: UnitTerms): OpenSupply {
    const supply = this.#supplies.get(terms.unit);
    if (!supply) throw new Error(`The supply account of ${terms.unit} was not opened`);
    return supply;
  }

  /** Independent of `post`: what all pages hold now, less what they held, is what was issued. */
  #assertConserved(): void {
    const sums = new Map<Unit, bigint>();
    const add = (unit: Unit, change: bigint): void => void sums.set(unit, (sums.get(unit) ?? 0n) + change);
    for (const { unit, totalBefore, holdings } of this.#pages.values()) {
      for (const holding of holdings.values()) {
        if (holding.available < 0n || Object.values(holding.locked).some((quantity) => quantity < 0n)) {
          throw new Error(`A holding of ${unit} is below zero`);
        }
      }
      add(unit, sumOf(holdings) - totalBefore);
    }
    for (const { terms, before, now } of this.#supplies.values()) {
      if (now < 0n) throw new Error(`The issued supply of ${terms.unit} is below zero`);
      add(terms.unit, before - now);
    }
    for (const [unit, sum] of sums) {
      if (sum !== 0n) throw new Error(`The cycle does not conserve ${unit}`);
    }
  }
}

type JournalRow = JournalLines['units'][number]['rows'][number];

interface Draft {
  readonly units: Map<Unit, JournalRow[]>;
  readonly supply: { readonly unit: Unit; readonly change: bigint }[];
}

function linesOf({ units, supply }: Draft, reference: string): JournalLines {
  return {
    reference,
    units: [...units]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([unit, rows]) => ({ unit, rows: rows.sort(([a], [b]) => (a < b ? -1 : 1)) })),
    ...(supply.length === 0 ? {} : { supply }),
  };
}

interface PartChange {
  readonly part: 'available' | LockReason;
  change: bigint;
  /** Fields of the first line that takes and of the first that gives: the one to name where that is not possible. */
  taking: string | undefined;
  giving: string | undefined;
}

/** What is known of balances, found by their parts: to join these into a name for each look costs more than the look. */
class ByPosition<T> {
  readonly #units = new Map<Unit, Map<MspId, Map<AccountId, T>>>();

  get({ institution, account, terms: { unit } }: Position): T | undefined {
    return this.#units.get(unit)?.get(institution)?.get(account);
  }

  set({ institution, account, terms: { unit } }: Position, value: T): void {
    let members = this.#units.get(unit);
    if (!members) this.#units.set(unit, (members = new Map<MspId, Map<AccountId, T>>()));
    let accounts = members.get(institution);
    if (!accounts) members.set(institution, (accounts = new Map<AccountId, T>()));
    accounts.set(account, value);
  }
}

function sumOf(holdings: ReadonlyMap<AccountId, Holding>): bigint {
  let sum = 0n;
  for (const holding of holdings.values()) sum += totalOf(holding);
  return sum;
}

function pageName(institution: MspId, key: string): string {
  return `${institution}/${key}`;
}

function holdingOn({ page, position: { account } }: OpenBalance): Holding {
  return page.holdings.get(account) ?? emptyHolding(account);
}

function emptyHolding(account: AccountId): Holding {
  return { account, available: 0n, locked: nothingLocked };
}

function assertBalanced(lines: readonly Posting[]): void {
  const sums = new Map<Unit, bigint>();
  for (const line of lines) {
    const { unit } = 'supply' in line ? line.supply : line.position.terms;
    sums.set(unit, (sums.get(unit) ?? 0n) + line.change);
  }
  for (const [unit, sum] of sums) {
    if (sum !== 0n) throw new Error(`Postings in ${unit} do not sum to zero`);
  }
}

function applyParts(balance: OpenBalance, parts: readonly PartChange[]): Holding | Rejection {
  const { position } = balance;
  const { account } = position;
  let { available, locked } = holdingOn(balance);
  for (const { part, change, taking: field = '' } of parts) {
    if (part === 'available') {
      if (available + change < 0n) return shortOf(position, field, -change, available);
      available += change;
    } else {
      locked = withLocked(locked, part, (locked[part] ?? 0n) + change);
    }
  }
  const next = { account, available, locked };
  if (totalOf(next) > maxQuantity) {
    const field = parts.find(({ change }) => change > 0n)?.giving ?? '';
    return refuse('BalanceTooLarge', { field, account, unit: position.terms.unit });
  }
  return next;
}

/** What binds a part of a holding knows how much it binds: to release more is a defect. */
function withLocked(locked: Locked, reason: LockReason, quantity: bigint): Locked {
  if (quantity < 0n) throw new Error(`More is released than is locked for ${reason}`);
  const { [reason]: _, ...rest } = locked;
  if (quantity > 0n) return { ...rest, [reason]: quantity };
  return Object.keys(rest).length === 0 ? nothingLocked : rest;
}

function shortOf({ account, terms }: Position, field: string, needed: bigint, available: bigint): Rejection {
  return refuse('HoldingInsufficient', { field, account, unit: terms.unit, needed, available });
}
