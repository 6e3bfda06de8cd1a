import {
  type AccountId,
  type Infer,
  type Instant,
  type MspId,
  type Unit,
  accountId,
  balance,
  collectionOf,
  instant,
  list,
  lockId,
  lockReason,
  object,
  optional,
  quantity,
  signed,
} from '@kessai/interface';
import { sequenceCodec } from './reference';
import { type RangeReader, type Ref, table } from './state';
import type { UnitTerms } from './terms';

/**
 * The physical layout of balances, hidden here. The holders of one unit at one institution are spread over a fixed number of
 * pages by their account, so that a transaction over thousands of trades touches few keys and a register is read in few.
 */
export const lockCodec = object({ id: lockId, reason: lockReason, quantity });
export type Lock = Infer<typeof lockCodec>;

const rowCodec = object({
  account: accountId,
  available: balance,
  locks: optional(list(lockCodec, { max: 100_000 })),
});

/** When a balance changed last. */
const lastChange = {
  /** The clock's sequence: a snapshot holds what was before its own. */
  sequence: sequenceCodec,
  /** The journal's time of that change. The next under the same sequence is not recorded as earlier. */
  time: instant,
};
export interface LastChange {
  readonly sequence: number;
  readonly time: Instant;
}

const pageCodec = object({ ...lastChange, rows: list(rowCodec, { max: 1_000_000 }) });
export type HoldingPage = Infer<typeof pageCodec>;

const supplyCodec = object({ ...lastChange, issued: signed });
export type Supply = Infer<typeof supplyCodec>;

const pages = table('holding', pageCodec);
const supplies = table('supply', supplyCodec);

export interface Holding {
  readonly account: AccountId;
  readonly available: bigint;
  readonly locks: readonly Lock[];
}

export function pageNumber(account: AccountId, registerPages: number): number {
  // FNV-1a over code units: spreads evenly and is the same everywhere. Accounts are ASCII.
  let hash = 0x811c9dc5;
  for (let i = 0; i < account.length; i += 1) {
    hash = Math.imul(hash ^ account.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % registerPages;
}

export function holdingPageAt(institution: MspId, terms: UnitTerms, page: number): Ref<HoldingPage> {
  return pages.at(collectionOf(institution), terms.unit, page);
}

export function holdingPagesOf(institution: MspId, terms: UnitTerms): readonly Ref<HoldingPage>[] {
  return Array.from({ length: terms.registerPages }, (_, page) => holdingPageAt(institution, terms, page));
}

export function supplyAt(terms: UnitTerms): Ref<Supply> {
  return supplies.at(collectionOf(terms.issuer), terms.unit);
}

export function holdingsOn(page: HoldingPage | undefined): readonly Holding[] {
  return (page?.rows ?? []).map(({ account, available, locks }) => ({ account, available, locks: locks ?? [] }));
}

export function lockedOf(holding: Holding): bigint {
  return holding.locks.reduce((sum, lock) => sum + lock.quantity, 0n);
}

export function totalOf(holding: Holding): bigint {
  return holding.available + lockedOf(holding);
}

/** Everything an institution's accounts hold, of one unit or of all; for evaluate. */
export async function* scanHoldings(
  reader: RangeReader,
  institution: MspId,
  unit?: Unit,
): AsyncIterable<Holding & { readonly unit: Unit }> {
  const collection = collectionOf(institution);
  const found = unit === undefined ? pages.below(reader, collection) : pages.below(reader, collection, unit);
  for await (const { parts, value } of found) {
    for (const holding of holdingsOn(value)) yield { ...holding, unit: parts[0] as Unit };
  }
}
