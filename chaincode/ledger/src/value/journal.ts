import {
  type AccountId,
  type Infer,
  type MspId,
  type Unit,
  accountId,
  businessDate,
  collectionOf,
  instant,
  list,
  object,
  optional,
  row,
  signed,
  text,
  unit,
} from '@kessai/interface';
import { cycleCodec, sequenceCodec } from '../reference';
import { type Ref, table } from '../kernel/state';

/**
 * Every change of a balance: one page for each member and cycle in which its balances changed. The key is the cycle's number, so the
 * journal since a snapshot is one range, in the order in which things happened.
 */
const journalCodec = object({
  businessDate,
  sequence: sequenceCodec,
  cycle: cycleCodec,
  time: instant,
  /** By the instruction that caused them, in order. */
  instructions: list(
    object({
      /** Method and id of the request. */
      reference: text({ maxLength: 240 }),
      units: list(
        object({
          unit,
          /** Account, change of its whole balance, change of what of it is locked. */
          rows: list(row(accountId, signed, signed), { max: 1_000_000 }),
        }),
        { max: 100_000 },
      ),
      /** Changes of issued supply, in the issuer's collection only. */
      supply: optional(list(object({ unit, change: signed }), { max: 100_000 })),
    }),
    { max: 1_000_000 },
  ),
});
export type JournalPage = Infer<typeof journalCodec>;

export const journal = table('journal', journalCodec);

export function journalAt(institution: MspId, cycle: number): Ref<JournalPage> {
  return journal.at(collectionOf(institution), cycle);
}

export interface JournalEntry {
  readonly reference: string;
  readonly account: AccountId;
  readonly unit: Unit;
  readonly change: bigint;
  readonly lockedChange: bigint;
}

export function entriesOf({ instructions }: JournalPage): readonly JournalEntry[] {
  return instructions.flatMap(({ reference, units }) =>
    units.flatMap((one) =>
      one.rows.map(([account, change, lockedChange]) => ({ reference, account, unit: one.unit, change, lockedChange })),
    ),
  );
}

export function supplyChangesOf({
  instructions,
}: JournalPage): readonly { readonly unit: Unit; readonly change: bigint }[] {
  return instructions.flatMap(({ supply = [] }) => supply);
}
