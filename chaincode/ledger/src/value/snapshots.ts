import {
  type BusinessDate,
  type Infer,
  type Isin,
  type MspId,
  accountId,
  balance,
  businessDate,
  collectionOf,
  count,
  instant,
  isin,
  list,
  mspId,
  object,
  quantity,
} from '@kessai/interface';
import { cycleCodec } from '../reference';
import { type Ref, table } from '../kernel/state';

/**
 * The register of an instrument at the end of a business day, kept in the issuer's collection: what all holding pages held when the
 * header's cycle had ended. It answers for the past at a cost that does not grow with it, and it is what dividends and splits are computed from.
 */
const headerCodec = object({
  isin,
  businessDate,
  /** The last cycle that it includes. */
  cycle: cycleCodec,
  time: instant,
  registerPages: count(1, 4_096),
  /** Issued supply then. */
  issued: balance,
  /** Who keeps holders: the institutions and the issuer itself. */
  institutions: list(mspId, { max: 10_000 }),
  /** Those whose pages have been taken, with what their accounts held. */
  taken: list(object({ institution: mspId, holders: count(0, 10_000_000), total: balance }), { max: 10_000 }),
});
export type SnapshotHeader = Infer<typeof headerCodec>;

export const snapshotRowCodec = object({ account: accountId, quantity, locked: balance });
const pageCodec = object({ rows: list(snapshotRowCodec, { max: 1_000_000 }) });
export type SnapshotPage = Infer<typeof pageCodec>;

/** Owned by Registry. */
export const snapshotHeaders = table('snapshot', headerCodec);
export const snapshotPages = table('snapshot-page', pageCodec);

export function snapshotAt(issuer: MspId, code: Isin, date: BusinessDate): Ref<SnapshotHeader> {
  return snapshotHeaders.at(collectionOf(issuer), code, date);
}

export function snapshotPageAt(
  issuer: MspId,
  code: Isin,
  date: BusinessDate,
  institution: MspId,
  page: number,
): Ref<SnapshotPage> {
  return snapshotPages.at(collectionOf(issuer), code, date, institution, page);
}

export function isComplete(header: SnapshotHeader): boolean {
  return header.taken.length === header.institutions.length;
}
