import {
  type AccountId,
  type Infer,
  type LockReason,
  type MspId,
  type Unit,
  accountId,
  balance,
  collectionOf,
  list,
  lockReasons,
  object,
  optional,
  row,
  signed,
} from '@kessai/interface';
import { cycleCodec } from '../reference';
import { type RangeReader, type Ref, table } from '../kernel/state';
import type { UnitTerms } from './terms';

/**
 * The physical layout of balances, hidden here. The holders of one unit at one institution are spread over a fixed number of
 * pages by their account, so that a cycle over thousands of trades touches few keys and a register is read in few. A page's size depends on
 * its holders: what binds a part of a holding is in the records of orders, instructions and pledges, here is their sum for each reason.
 */
const lockedCodec = object({
  order: optional(balance),
  settlement: optional(balance),
  pledge: optional(balance),
  freeze: optional(balance),
});
export type Locked = Readonly<Partial<Record<LockReason, bigint>>>;

const rowCodec = row(accountId, balance, lockedCodec);

const pageCodec = object({
  /** The cycle that changed it last. */
  cycle: cycleCodec,
  rows: list(rowCodec, { max: 1_000_000 }),
});
export type HoldingPage = Infer<typeof pageCodec>;

const supplyCodec = object({ cycle: cycleCodec, issued: signed });
export type Supply = Infer<typeof supplyCodec>;

const pages = table('holding', pageCodec);
const supplies = table('supply', supplyCodec);

export interface Holding {
  readonly account: AccountId;
  readonly available: bigint;
  readonly locked: Locked;
}

export const nothingLocked: Locked = {};

/** The page on which a name stands, of so many: an account among a unit's holders, an order among an institution's. */
export function pageNumber(name: string, pageCount: number): number {
  // FNV-1a over code units: spreads evenly and is the same everywhere. Names are ASCII.
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % pageCount;
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
  return (page?.rows ?? []).map(([account, available, locked]) => ({ account, available, locked: locked }));
}

export function pageOf(cycle: number, holdings: Iterable<Holding>): HoldingPage {
  const rows = [...holdings]
    .filter((holding) => totalOf(holding) > 0n)
    .sort((a, b) => (a.account < b.account ? -1 : 1))
    .map(({ account, available, locked }) => [account, available, locked] as HoldingPage['rows'][number]);
  return { cycle, rows };
}

export function lockedOf({ locked }: Pick<Holding, 'locked'>): bigint {
  if (locked === nothingLocked) return 0n;
  let sum = 0n;
  for (const reason of lockReasons) sum += locked[reason] ?? 0n;
  return sum;
}

export function totalOf(holding: Holding): bigint {
  return holding.available + lockedOf(holding);
}

/** What is bound of a holding, by reason, as queries show it. */
export function locksOf({ locked }: Holding): readonly { readonly reason: LockReason; readonly quantity: bigint }[] {
  return lockReasons.flatMap((reason) => {
    const quantity = locked[reason] ?? 0n;
    return quantity === 0n ? [] : [{ reason, quantity }];
  });
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
