import {
  type Infer,
  type Isin,
  businessDate,
  businessId,
  instant,
  list,
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
const splitsCodec = object({
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
