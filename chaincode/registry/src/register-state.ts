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
  type JournalPage,
  type RangeReader,
  type SnapshotHeader,
  addDays,
  clockTicks,
  isComplete,
  journal,
  load,
  lockedOf,
  scanHoldings,
  securityTerms,
  snapshotHeaders,
  snapshotPages,
  supplyAt,
  totalOf,
} from '@kessai/ledger';
import { intervalOf } from './ticks';

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
 * The register as it stood at an instant: the last complete snapshot before it, and the journal from there. A posting belongs to the
 * interval of the clock under which it was endorsed, whatever later time its sender dated it; within the interval its time decides.
 */
export async function registerAsOf(
  reader: RangeReader,
  instrument: Instrument,
  institutions: readonly MspId[],
  at: Instant,
  clock: Clock,
): Promise<RegisterState> {
  const interval = await intervalOf(reader, clock, at);
  const start = await latestSnapshot(reader, instrument, interval);
  const happened = ({ sequence, time }: JournalPage): boolean => sequence < interval.sequence || time <= at;
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
    for await (const page of journalOf(reader, institution, start, interval)) {
      if (!happened(page)) continue;
      for (const entry of page.entries) {
        if (entry.unit === unit) add(entry.account, { quantity: entry.change, locked: entry.lockedChange });
      }
      for (const change of page.supply ?? []) {
        if (change.unit === unit) issued += change.change;
      }
    }
    owners.set(institution, own);
  }
  return { owners, issued };
}

/** The journal of one collection from a snapshot up to the end of an interval of the clock. */
async function* journalOf(
  reader: RangeReader,
  institution: MspId,
  start: SnapshotHeader | undefined,
  interval: Clock,
): AsyncIterable<JournalPage> {
  for await (const { value } of journal.since(reader, collectionOf(institution), start?.sequence ?? 0)) {
    if (value.sequence > interval.sequence) return;
    yield value;
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

/** Looks back over more and more days, so that the cost is that of the distance to the snapshot and not of the market's age. */
async function latestSnapshot(
  reader: RangeReader,
  { issuer, isin }: Instrument,
  interval: Clock,
): Promise<SnapshotHeader | undefined> {
  const { founding } = await load(reader, { founding: clockTicks.at(publicState, 0) });
  let before: BusinessDate | undefined;
  for (let days = 7; ; days *= 7) {
    const start = addDays(interval.businessDate, -days);
    let latest: SnapshotHeader | undefined;
    for await (const { value } of snapshotHeaders.since(reader, collectionOf(issuer), start, isin)) {
      if (value.businessDate > interval.businessDate || (before !== undefined && value.businessDate >= before)) break;
      if (isComplete(value) && value.sequence <= interval.sequence) latest = value;
    }
    if (latest || !founding || start <= founding.businessDate) return latest;
    before = start;
  }
}
