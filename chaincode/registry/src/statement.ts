import {
  type BusinessDate,
  type Registry,
  type RequestOf,
  type ResponseOf,
  collectionOf,
  isRejection,
  refuse,
} from '@kessai/interface';
import {
  type Context,
  type EvaluateHandler,
  type JournalPage,
  type RangeReader,
  accountAt,
  journal,
  load,
} from '@kessai/ledger';
import { booksOf } from './books-of';
import { lastTick } from './ticks';

type Method = typeof Registry.methods.Statement;

interface NumberedPage {
  readonly txId: string;
  readonly page: JournalPage;
}

/** The journal of one organisation. Changes of issued supply are the issuer's register, not a balance, and are not shown. */
export const statement: EvaluateHandler<RequestOf<Method>, ResponseOf<Method>> = async (reader, request, context) => {
  const institution = booksOf(context, request.institution);
  if (isRejection(institution)) return institution;
  const { account, from, to } = request;
  if (account !== undefined) {
    const { known } = await load(reader, { known: accountAt(institution, account) });
    if (!known) return refuse('AccountUnknown', { field: 'account', institution, account });
  }
  const start = await firstSequence(reader, context, from);
  const pages: NumberedPage[] = [];
  for await (const { parts, value } of journal.since(reader, collectionOf(institution), start)) {
    if (to !== undefined && value.businessDate > to) break;
    pages.push({ txId: parts[1] ?? '', page: value });
  }
  const entries = pages.sort(byTime).flatMap(({ page }) => {
    const { businessDate, sequence, time, reference } = page;
    return page.entries
      .filter((entry) => account === undefined || entry.account === account)
      .map((entry) => ({ businessDate, sequence, time, reference, ...entry }));
  });
  return { institution, entries };
};

/** The first interval of the clock on a business date or after it, so that what came before is not read. */
async function firstSequence(reader: RangeReader, { clock }: Context, from: BusinessDate | undefined): Promise<number> {
  if (from === undefined) return 0;
  const before = await lastTick(reader, clock, ({ businessDate }) => businessDate < from);
  return before ? before.sequence + 1 : 0;
}

/** Within an interval of the clock the journal's keys follow the transactions' ids, which say nothing about their order. */
function byTime(a: NumberedPage, b: NumberedPage): number {
  if (a.page.sequence !== b.page.sequence) return a.page.sequence - b.page.sequence;
  if (a.page.time !== b.page.time) return a.page.time < b.page.time ? -1 : 1;
  return a.txId < b.txId ? -1 : 1;
}
