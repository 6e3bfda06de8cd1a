import {
  type AccountId,
  type Instant,
  type LockReason,
  type MspId,
  type Rejection,
  type Unit,
  collectionOf,
  isRejection,
  maxQuantity,
  refuse,
} from '@kessai/interface';
import type { Context } from './context';
import {
  type Holding,
  type HoldingPage,
  type LastChange,
  type Supply,
  holdingPageAt,
  holdingsOn,
  lockedOf,
  pageNumber,
  supplyAt,
  totalOf,
} from './holdings';
import { journalAt } from './journal';
import { type Reader, type Ref, type Write, load, put } from './state';
import type { UnitTerms } from './terms';

/** A balance: what one account holds of one unit. */
export interface Position {
  readonly institution: MspId;
  readonly account: AccountId;
  readonly terms: UnitTerms;
}

/** Part of a holding that is bound to one purpose. */
export interface LockPart {
  readonly lock: string;
  readonly reason: LockReason;
}

/** One line of a double entry. The lines of one posting sum to zero per unit. */
export type Posting =
  | {
      readonly position: Position;
      readonly part: 'available' | LockPart;
      readonly change: bigint;
      /** The field of the request to name when the balance does not allow it. */
      readonly field: string;
    }
  | { readonly supply: UnitTerms; readonly change: bigint };

interface OpenPage {
  readonly changed: LastChange | undefined;
  readonly ref: Ref<HoldingPage>;
  readonly institution: MspId;
  readonly unit: Unit;
  readonly before: ReadonlyMap<AccountId, Holding>;
  readonly now: Map<AccountId, Holding>;
}

interface OpenSupply {
  readonly changed: LastChange | undefined;
  readonly terms: UnitTerms;
  readonly before: bigint;
  now: bigint;
}

/** Names the pages on which these balances stand, for the reading round in which they are needed. */
export async function openBooks(
  reader: Reader,
  positions: readonly Position[],
  supplies: readonly UnitTerms[] = [],
): Promise<Books> {
  const wanted = new Map<string, { ref: Ref<HoldingPage>; institution: MspId; unit: Unit }>();
  for (const { institution, account, terms } of positions) {
    const ref = holdingPageAt(institution, terms, pageNumber(account, terms.registerPages));
    wanted.set(pageName(institution, ref.key), { ref, institution, unit: terms.unit });
  }
  const issued = new Map(supplies.map((terms) => [terms.unit, terms]));
  const pages = [...wanted.values()];
  const state = await load(reader, {
    pages: pages.map(({ ref }) => ref),
    supplies: [...issued.values()].map(supplyAt),
  });
  return new Books(
    pages.map((page, index) => ({ ...page, value: state.pages[index] })),
    [...issued.values()].map((terms, index) => ({ terms, value: state.supplies[index] })),
  );
}

/**
 * The balances that a transaction works on. All change of value goes through `post`; what was changed leaves through `close`, which
 * asserts that no unit was made or lost on the way.
 */
export class Books {
  readonly #pages = new Map<string, OpenPage>();
  readonly #supplies = new Map<Unit, OpenSupply>();

  constructor(
    pages: readonly { ref: Ref<HoldingPage>; institution: MspId; unit: Unit; value: HoldingPage | undefined }[],
    supplies: readonly { terms: UnitTerms; value: Supply | undefined }[],
  ) {
    for (const { ref, institution, unit, value } of pages) {
      const before = new Map(holdingsOn(value).map((holding) => [holding.account, holding]));
      const page = { changed: value, ref, institution, unit, before, now: new Map(before) };
      this.#pages.set(pageName(institution, ref.key), page);
    }
    for (const { terms, value } of supplies) {
      const issued = value?.issued ?? 0n;
      this.#supplies.set(terms.unit, { changed: value, terms, before: issued, now: issued });
    }
  }

  holding(position: Position): Holding {
    return this.#page(position).now.get(position.account) ?? emptyHolding(position.account);
  }

  /** What has been issued of a unit whose supply account was opened. */
  issued(terms: UnitTerms): bigint {
    return this.#supply(terms).now;
  }

  /**
   * Posts lines that belong together: all of them, or none where one is refused. A refused line names its field. Lines that do not
   * sum to zero in a unit are a defect of the caller and throw.
   */
  post(lines: readonly Posting[]): Rejection | undefined {
    assertBalanced(lines);
    const changed = new Map<OpenPage, Map<AccountId, Holding>>();
    const changes = netByHolding(lines);
    for (const { position, parts } of changes) {
      const page = this.#page(position);
      const next = applyParts(this.holding(position), parts, position);
      if (isRejection(next)) return next;
      const onPage = changed.get(page) ?? new Map<AccountId, Holding>();
      onPage.set(position.account, next);
      changed.set(page, onPage);
    }
    for (const [page, holdings] of changed) {
      for (const [account, holding] of holdings) page.now.set(account, holding);
    }
    for (const line of lines) {
      // The supply account is the contra of all holdings: a credit there takes units out of issue.
      if ('supply' in line) this.#supply(line.supply).now -= line.change;
    }
    return undefined;
  }

  /** The pages changed and the journal of it, one page for each collection. */
  close(context: Context, reference: string): readonly Write[] {
    this.#assertConserved();
    const { sequence } = context.clock;
    const writes: Write[] = [];
    const journals = new Map<MspId, JournalDraft>();
    const draftOf = (institution: MspId): JournalDraft => {
      const draft = journals.get(institution) ?? { entries: [], supply: [] };
      journals.set(institution, draft);
      return draft;
    };
    const pages = [...this.#pages.values()].map((page) => ({ ...page, entries: changesOf(page) }));
    const changedPages = pages.filter(({ entries }) => entries.length > 0);
    const changedSupplies = [...this.#supplies.values()].filter(({ before, now }) => now !== before);
    const time = timeOfChange(context, [...changedPages, ...changedSupplies]);
    for (const page of changedPages) {
      writes.push(put(page.ref, { sequence, time, rows: rowsOf(page) }));
      draftOf(page.institution).entries.push(...page.entries);
    }
    for (const { terms, before, now } of changedSupplies) {
      writes.push(put(supplyAt(terms), { sequence, time, issued: now }));
      draftOf(terms.issuer).supply.push({ unit: terms.unit, change: now - before });
    }
    for (const [institution, { entries, supply }] of journals) {
      writes.push(
        put(journalAt(institution, sequence, context.txId), {
          businessDate: context.clock.businessDate,
          sequence,
          time,
          reference: `${context.method} ${reference}`,
          entries,
          ...(supply.length === 0 ? {} : { supply }),
        }),
      );
    }
    return writes;
  }

  #page({ institution, account, terms }: Position): OpenPage {
    const { key } = holdingPageAt(institution, terms, pageNumber(account, terms.registerPages));
    const page = this.#pages.get(pageName(institution, key));
    if (!page) throw new Error(`The page of a balance in ${terms.unit} was not opened`);
    return page;
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
    for (const { unit, before, now } of this.#pages.values()) {
      for (const holding of now.values()) {
        if (holding.available < 0n || holding.locks.some(({ quantity }) => quantity <= 0n)) {
          throw new Error(`A holding of ${unit} is below zero`);
        }
        add(unit, totalOf(holding));
      }
      for (const holding of before.values()) add(unit, -totalOf(holding));
    }
    for (const { terms, before, now } of this.#supplies.values()) {
      if (now < 0n) throw new Error(`The issued supply of ${terms.unit} is below zero`);
      add(terms.unit, before - now);
    }
    for (const [unit, sum] of sums) {
      if (sum !== 0n) throw new Error(`The decision does not conserve ${unit}`);
    }
  }
}

interface JournalDraft {
  readonly entries: { account: AccountId; unit: Unit; change: bigint; lockedChange: bigint }[];
  readonly supply: { unit: Unit; change: bigint }[];
}

interface PartChange {
  readonly part: 'available' | LockPart;
  change: bigint;
  /** Fields of the first line that takes and of the first that gives: the one to name where that is not possible. */
  taking: string | undefined;
  giving: string | undefined;
}

interface HoldingChange {
  readonly position: Position;
  readonly parts: Map<string, PartChange>;
}

/**
 * Senders' clocks differ, so what is posted later may be dated earlier. A change counts as no earlier than the last one of the balances
 * that it builds on: as of no instant has one happened without what it needed. The clock's next advance ends the matter.
 */
function timeOfChange(context: Context, open: readonly { readonly changed: LastChange | undefined }[]): Instant {
  return open.reduce(
    (latest, { changed }) =>
      changed?.sequence === context.clock.sequence && changed.time > latest ? changed.time : latest,
    context.time,
  );
}

function pageName(institution: MspId, key: string): string {
  return `${collectionOf(institution)}/${key}`;
}

function emptyHolding(account: AccountId): Holding {
  return { account, available: 0n, locks: [] };
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

/** Lines on the same balance are taken together: only what they come to must be there. */
function netByHolding(lines: readonly Posting[]): readonly HoldingChange[] {
  const changes = new Map<string, HoldingChange>();
  for (const line of lines) {
    if ('supply' in line) continue;
    const { position, part, change, field } = line;
    const name = `${position.institution}/${position.account}/${position.terms.unit}`;
    const holding = changes.get(name) ?? { position, parts: new Map<string, PartChange>() };
    changes.set(name, holding);
    const partName = part === 'available' ? '' : part.lock;
    const entry = holding.parts.get(partName) ?? { part, change: 0n, taking: undefined, giving: undefined };
    entry.change += change;
    if (change < 0n) entry.taking ??= field;
    else entry.giving ??= field;
    holding.parts.set(partName, entry);
  }
  return [...changes.values()];
}

function applyParts(holding: Holding, parts: HoldingChange['parts'], position: Position): Holding | Rejection {
  let { available } = holding;
  const locks = new Map(holding.locks.map((lock) => [lock.id, lock]));
  for (const { part, change, taking: field = '' } of parts.values()) {
    if (part === 'available') {
      if (available + change < 0n) return shortOf(position, field, -change, available);
      available += change;
    } else {
      const held = locks.get(part.lock)?.quantity ?? 0n;
      const next = held + change;
      if (next < 0n) {
        if (held === 0n) return refuse('LockUnknown', { field, account: position.account, lock: part.lock });
        return shortOf(position, field, -change, held);
      }
      if (next === 0n) locks.delete(part.lock);
      else locks.set(part.lock, { id: part.lock, reason: part.reason, quantity: next });
    }
  }
  const next = { account: holding.account, available, locks: [...locks.values()] };
  if (totalOf(next) > maxQuantity) {
    const field = [...parts.values()].find(({ change }) => change > 0n)?.giving ?? '';
    return refuse('BalanceTooLarge', { field, account: position.account, unit: position.terms.unit });
  }
  return next;
}

function shortOf({ account, terms }: Position, field: string, needed: bigint, available: bigint): Rejection {
  return refuse('HoldingInsufficient', { field, account, unit: terms.unit, needed, available });
}

function changesOf({ before, now, unit }: OpenPage): JournalDraft['entries'] {
  const entries: JournalDraft['entries'] = [];
  for (const [account, holding] of now) {
    const old = before.get(account) ?? emptyHolding(account);
    if (old === holding) continue;
    const change = totalOf(holding) - totalOf(old);
    const lockedChange = lockedOf(holding) - lockedOf(old);
    const sameLocks =
      old.locks.length === holding.locks.length &&
      old.locks.every((lock, i) => lock.id === holding.locks[i]?.id && lock.quantity === holding.locks[i].quantity);
    if (change !== 0n || lockedChange !== 0n || !sameLocks) entries.push({ account, unit, change, lockedChange });
  }
  return entries.sort((a, b) => (a.account < b.account ? -1 : 1));
}

function rowsOf({ now }: OpenPage): HoldingPage['rows'] {
  return [...now.values()]
    .filter((holding) => totalOf(holding) > 0n)
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .map(({ account, available, locks }) => ({
      account,
      available,
      ...(locks.length === 0 ? {} : { locks: [...locks].sort((a, b) => (a.id < b.id ? -1 : 1)) }),
    }));
}
