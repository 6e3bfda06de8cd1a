import {
  type BusinessDate,
  type Registry,
  type RequestOf,
  type ResponseOf,
  collectionOf,
  isRejection,
  publicState,
  refuse,
} from '@kessai/interface';
import {
  type Context,
  type EvaluateHandler,
  type RangeReader,
  accountAt,
  clockTicks,
  entriesOf,
  isAccount,
  journal,
  lastTick,
  linesOfAnswer,
  load,
} from '@kessai/ledger';
import { booksOf } from './books-of';

type Method = typeof Registry.methods.Statement;
type Entry = ResponseOf<Method>['entries'][number];

/**
 * The journal of one organisation, cycle by cycle: whole cycles until an answer is full. Changes of issued supply are the issuer's register,
 * not a balance, and are not shown.
 */
export const statement: EvaluateHandler<RequestOf<Method>, ResponseOf<Method>> = async (reader, request, context) => {
  const institution = booksOf(context, request.institution);
  if (isRejection(institution)) return institution;
  const { account, from, to, fromCycle = 0 } = request;
  if (account !== undefined) {
    const { known } = await load(reader, { known: accountAt(institution, account) });
    if (!isAccount(account, known)) return refuse('AccountUnknown', { field: 'account', institution, account });
  }
  const start = Math.max(fromCycle, await firstCycle(reader, context, from));
  const entries: Entry[] = [];
  let lines = 0;
  for await (const { value: page } of journal.since(reader, collectionOf(institution), start)) {
    const { businessDate, sequence, cycle, time } = page;
    if (to !== undefined && businessDate > to) break;
    // What is read for an answer is bounded, whatever of it is asked for.
    if (lines >= linesOfAnswer) return { institution, entries, next: cycle };
    const all = entriesOf(page);
    lines += all.length;
    for (const entry of all) {
      if (account === undefined || entry.account === account)
        entries.push({ businessDate, sequence, cycle, time, ...entry });
    }
  }
  return { institution, entries };
};

/** The cycle in which the clock came to a business date or past it, so that what came before is not read. */
async function firstCycle(
  reader: RangeReader,
  { clock, cycle }: Context,
  from: BusinessDate | undefined,
): Promise<number> {
  if (from === undefined) return 0;
  const before = await lastTick(reader, clock, ({ businessDate }) => businessDate < from);
  if (!before) return 0;
  const { first } = await load(reader, { first: clockTicks.at(publicState, before.sequence + 1) });
  return first ? first.cycle : cycle + 1;
}
