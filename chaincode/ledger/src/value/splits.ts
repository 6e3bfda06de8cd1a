import {
  type BusinessDate,
  type Infer,
  type Isin,
  businessDate,
  businessId,
  instant,
  isin,
  list,
  mspId,
  object,
  operatorsCollection,
  optional,
} from '@kessai/interface';
import { cycleCodec } from '../reference';
import { type Ref, table } from '../kernel/state';

/**
 * The splits of an instrument, as far as what was agreed or registered before them depends on them. One follows another: the next is announced
 * when the one before is completed or withdrawn. Owned by CorporateActions.
 */
export const splitsCodec = object({
  /** Announced, or paid in part. */
  open: optional(object({ eventId: businessId, recordDate: businessDate })),
  completed: list(
    object({
      recordDate: businessDate,
      completedOn: businessDate,
      /** The cycle that completed it, and its time. */
      cycle: cycleCodec,
      time: instant,
    }),
    { max: 10_000 },
  ),
});
export type Splits = Infer<typeof splitsCodec>;

export const noSplits: Splits = { completed: [] };

const splitTable = table('splits', splitsCodec);

export function splitsOf(code: Isin): Ref<Splits> {
  return splitTable.at(operatorsCollection, code);
}

const halfPaidCodec = object({
  splits: list(object({ isin, issuer: mspId, eventId: businessId }), { max: 100_000 }),
});
export type HalfPaidSplits = Infer<typeof halfPaidCodec>;

const halfPaidTable = table('half-paid-splits', halfPaidCodec);

/** Splits of which some holders have their new securities and others not. The market does not open on them. Owned by CorporateActions. */
export const halfPaidSplitsRef: Ref<HalfPaidSplits> = halfPaidTable.at(operatorsCollection, 'market');

/**
 * The record date of a split that came between a trade and the day: the trade was agreed in securities of before it, and its buyer would get
 * none of those that the split has added. What trades on the record date or before it settles by its end.
 */
export function splitBetween(
  { open, completed }: Splits,
  tradeDate: BusinessDate,
  today: BusinessDate,
): BusinessDate | undefined {
  const isBetween = (recordDate: BusinessDate): boolean => tradeDate <= recordDate && recordDate < today;
  if (open && isBetween(open.recordDate)) return open.recordDate;
  return completed.find(({ recordDate }) => isBetween(recordDate))?.recordDate;
}
