import {
  type Infer,
  type MspId,
  accountId,
  businessDate,
  collectionOf,
  instant,
  list,
  object,
  optional,
  signed,
  text,
  unit,
} from '@kessai/interface';
import { sequenceCodec } from './reference';
import { table } from './state';

/**
 * Every change of a balance, one page for each transaction and collection. The key begins with the clock's sequence, so the journal since
 * a snapshot is one range.
 */
const journalCodec = object({
  businessDate,
  sequence: sequenceCodec,
  /**
   * When it counts as posted: the transaction's time, or that of the last change of the same balances where the clock of another
   * sender ran ahead. So under one sequence the order of times is an order in which every balance sufficed.
   */
  time: instant,
  /** Method and id of the request that caused it. */
  reference: text({ maxLength: 200 }),
  entries: list(object({ account: accountId, unit, change: signed, lockedChange: signed }), { max: 1_000_000 }),
  /** Changes of issued supply, in the issuer's collection only. */
  supply: optional(list(object({ unit, change: signed }), { max: 100_000 })),
});
export type JournalPage = Infer<typeof journalCodec>;

export const journal = table('journal', journalCodec);

export function journalAt(institution: MspId, sequence: number, txId: string): ReturnType<typeof journal.at> {
  return journal.at(collectionOf(institution), sequence, txId);
}
