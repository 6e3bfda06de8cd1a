import {
  type AccountId,
  type BusinessDate,
  type Instant,
  type MspId,
  collectionOf,
  publicState,
} from '@kessai/interface';
import {
  type Clock,
  type Instrument,
  type RangeReader,
  type SnapshotHeader,
  addDays,
  clockTicks,
  entriesOf,
  intervalOf,
  isComplete,
  journal,
  load,
  lockedOf,
  scanHoldings,
  securityTerms,
  snapshotHeaders,
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
  const owners = new Map<MspId, Owners>();
  let issued = start?.issued ?? 0n;
  for (const institution of institutions) {
    const own = new Map<AccountId, Ownership>();
    const add = (account: AccountId, { quantity, locked }: Ownership): void => {
      const before = own.get(account) ?? { quantity: 0n, locked: 0n };
      own.set(account, { quantity: before.quantity + quantity, locked: before.locked + locked });
    };
    if (start) {
      for await (const row of snapshotRows(reader, instrument, start, institution)) add(row.account, row);
    }
    const first = start ? start.cycle + 1 : 0;
    for await (const { value: page } of journal.since(reader, collectionOf(institution), first)) {
      if (page.time > at) break;
      for (const entry of entriesOf(page)) {
        if (entry.unit === unit) add(entry.account, { quantity: entry.change, locked: entry.lockedChange });
      }
      for (const change of supplyChangesOf(page)) {
        if (change.unit === unit) issued += change.change;
      }
    }
    owners.set(institution, own);
  }
  return { owners, issued };
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
