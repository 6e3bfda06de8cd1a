import { type Registry, type RequestOf, type ResponseOf, collectionOf, isRejection, refuse } from '@kessai/interface';
import {
  type EvaluateHandler,
  accountAt,
  balancesAfter,
  entriesOf,
  firstCycleOf,
  isAccount,
  journal,
  linesOfAnswer,
  load,
  present,
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
  const start = Math.max(fromCycle, from === undefined ? 0 : await firstCycleOf(reader, context, from));
  const entries: Entry[] = [];
  let lines = 0;
  for await (const { value: page } of journal.since(reader, collectionOf(institution), start)) {
    const { businessDate, sequence, cycle, time, transactionId } = page;
    if (to !== undefined && businessDate > to) break;
    // What is read for an answer is bounded, whatever of it is asked for.
    if (lines >= linesOfAnswer) return { institution, entries, next: cycle };
    const all = entriesOf(page);
    lines += all.length;
    const after = balancesAfter(page);
    for (const [index, entry] of all.entries()) {
      if (account !== undefined && entry.account !== account) continue;
      const head = { businessDate, sequence, cycle, time, ...present({ transactionId }) };
      entries.push({ ...head, ...entry, ...after?.[index] });
    }
  }
  return { institution, entries };
};
