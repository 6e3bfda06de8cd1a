import {
  type AccountId,
  type BusinessDate,
  type Instant,
  type MspId,
  type Rejection,
  type Unit,
  collectionOf,
  publicState,
  refuse,
} from '@kessai/interface';
import {
  type Clock,
  type Instrument,
  type JournalPage,
  type RangeReader,
  type Reader,
  type SnapshotHeader,
  addDays,
  clockTicks,
  entriesOf,
  intervalOf,
  isComplete,
  journal,
  journalAt,
  load,
  lockedOf,
  scanHoldings,
  securityTerms,
  snapshotAt,
  snapshotHeaders,
  snapshotPageAt,
  snapshotPages,
  supplyAt,
  supplyChangesOf,
  totalOf,
} from '@kessai/ledger';

/** What one account owns of a security; the locked part is within the quantity. */
export interface Ownership {
  readonly quantity: bigint;
  readonly locked: bigint;
}

export type Owners = ReadonlyMap<AccountId, Ownership>;

/** Who owned a security, at one moment. */
export interface RegisterState {
  /** By institution. */
  readonly owners: ReadonlyMap<MspId, Owners>;
  /** Issued supply; true only where the issuer's books were among those asked for. */
  readonly issued: bigint;
}

/** The register as it stands. */
export async function liveRegister(
  reader: RangeReader,
  instrument: Instrument,
  institutions: readonly MspId[],
): Promise<RegisterState> {
  const terms = securityTerms(instrument);
  const { supply } = await load(reader, { supply: supplyAt(terms) });
  const owners = new Map<MspId, Owners>();
  for (const institution of institutions) {
    const own = new Map<AccountId, Ownership>();
    for await (const holding of scanHoldings(reader, institution, terms.unit)) {
      own.set(holding.account, { quantity: totalOf(holding), locked: lockedOf(holding) });
    }
    owners.set(institution, own);
  }
  return { owners, issued: supply?.issued ?? 0n };
}

/**
 * The register as it stood at an instant: the last complete snapshot before it, and the journal of the cycles from there. Cycles are never
 * dated back, so the first one that is dated later ends the search.
 */
export async function registerAsOf(
  reader: RangeReader,
  instrument: Instrument,
  institutions: readonly MspId[],
  at: Instant,
  clock: Clock,
): Promise<RegisterState> {
  const { businessDate } = await intervalOf(reader, clock, at);
  const start = await latestSnapshot(reader, instrument, businessDate, at);
  const { unit } = securityTerms(instrument);
  const tally = new Tally(unit, start?.issued ?? 0n);
  for (const institution of institutions) {
    const own = tally.begin(institution);
    if (start) {
      for await (const row of snapshotRows(reader, instrument, start, institution)) own.add(row.account, row);
    }
    const first = start ? start.cycle + 1 : 0;
    for await (const { value: page } of journal.since(reader, collectionOf(institution), first)) {
      if (page.time > at) break;
      own.post(page);
    }
  }
  return tally.state;
}

/** Days before a date among which the snapshot is looked for from which a register is made: longer than the market closes. */
const daysBack = 40;

/** Pages of the journal that one instruction may read: a day of cycles of some institutions, a second's work for the peer. */
const journalPagesMax = 20_000;

/**
 * The register as all cycles up to one have left it: the last complete snapshot of a day before, and the journal from there. It reads keys
 * that are known (cycles have numbers, each member has one page at most for each), so a transaction may do it.
 * @returns SnapshotTooLate where that would be too much to read.
 */
export async function registerUpTo(
  reader: Reader,
  instrument: Instrument,
  institutions: readonly MspId[],
  { businessDate, cycle }: Pick<SnapshotHeader, 'businessDate' | 'cycle'>,
): Promise<RegisterState | Rejection> {
  const { issuer, isin } = instrument;
  const days = Array.from({ length: daysBack }, (_, index) => addDays(businessDate, -1 - index));
  const { headers } = await load(reader, { headers: days.map((day) => snapshotAt(issuer, isin, day)) });
  const start = headers.find((header) => header !== undefined && isComplete(header) && header.cycle <= cycle);
  const first = start ? start.cycle + 1 : 1;
  const count = Math.max(0, cycle - first + 1);
  const cycles = count * institutions.length;
  if (cycles > journalPagesMax) {
    return refuse('SnapshotTooLate', { field: 'institutions', isin, cycles, limit: journalPagesMax });
  }
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  const tally = new Tally(securityTerms(instrument).unit, start?.issued ?? 0n);
  for (const institution of institutions) {
    const own = tally.begin(institution);
    const { rows, pages } = await load(reader, {
      rows: Array.from({ length: start?.registerPages ?? 0 }, (_, page) =>
        snapshotPageAt(issuer, isin, start?.businessDate ?? businessDate, institution, page),
      ),
      pages: numbers.map((number) => journalAt(institution, number)),
    });
    for (const row of rows.flatMap((page) => page?.rows ?? [])) own.add(row.account, row);
    for (const page of pages) if (page) own.post(page);
  }
  return tally.state;
}

/** Adds up what a register was and what was posted since. */
class Tally {
  readonly #unit: Unit;
  readonly #owners = new Map<MspId, Owners>();
  #issued: bigint;

  constructor(unit: Unit, issued: bigint) {
    this.#unit = unit;
    this.#issued = issued;
  }

  get state(): RegisterState {
    return { owners: this.#owners, issued: this.#issued };
  }

  begin(institution: MspId) {
    const own = new Map<AccountId, Ownership>();
    this.#owners.set(institution, own);
    const add = (account: AccountId, { quantity, locked }: Ownership): void => {
      const before = own.get(account) ?? { quantity: 0n, locked: 0n };
      own.set(account, { quantity: before.quantity + quantity, locked: before.locked + locked });
    };
    const post = (page: JournalPage): void => {
      for (const { unit, account, change, lockedChange } of entriesOf(page)) {
        if (unit === this.#unit) add(account, { quantity: change, locked: lockedChange });
      }
      for (const { unit, change } of supplyChangesOf(page)) if (unit === this.#unit) this.#issued += change;
    };
    return { add, post };
  }
}

async function* snapshotRows(
  reader: RangeReader,
  { issuer, isin }: Instrument,
  { businessDate }: SnapshotHeader,
  institution: MspId,
): AsyncIterable<Ownership & { readonly account: AccountId }> {
  for await (const { value } of snapshotPages.below(reader, collectionOf(issuer), isin, businessDate, institution)) {
    yield* value.rows;
  }
}

/** The last complete snapshot that holds nothing of after an instant, which lies on a business date. Looks back over more and more days, so that the cost is that of the distance to the snapshot and not of the market's age. */
async function latestSnapshot(
  reader: RangeReader,
  { issuer, isin }: Instrument,
  day: BusinessDate,
  at: Instant,
): Promise<SnapshotHeader | undefined> {
  const { founding } = await load(reader, { founding: clockTicks.at(publicState, 0) });
  let before: BusinessDate | undefined;
  for (let days = 7; ; days *= 7) {
    const start = addDays(day, -days);
    let latest: SnapshotHeader | undefined;
    for await (const { value } of snapshotHeaders.since(reader, collectionOf(issuer), start, isin)) {
      if (value.businessDate > day || (before !== undefined && value.businessDate >= before)) break;
      if (isComplete(value) && value.time <= at) latest = value;
    }
    if (latest || !founding || start <= founding.businessDate) return latest;
    before = start;
  }
}
