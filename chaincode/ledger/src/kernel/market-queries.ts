import {
  type Collection,
  type Market,
  type MspId,
  type Rejection,
  type RequestOf,
  type ResponseOf,
  type Role,
  boardCollection,
  collectionOf,
  inboxOf,
  publicState,
  refuse,
} from '@kessai/interface';
import { memberOf, progressRef } from '../reference';
import { type JournalPage, entriesOf, journalAt } from '../value/journal';
import { present } from '../value/trades';
import { type AdvicePage, type CycleRecord, adviceAt, advicesOf, cycleRecordAt, ownsCollection } from './advices';
import type { Context } from './context';
import type { EvaluateHandler, Implementation } from './decision';
import { attempt } from './instruction';
import type { FindMethod } from './methods';
import { Overlay } from './overlay';
import { ReadRefused } from './read-refused';
import { type RangeReader, type Reader, type StateKey, load } from './state';

type Methods = typeof Market.methods;
type Page = ResponseOf<Methods['Advices']>['pages'][number];

/** Cycles in one answer where it is not said. */
const standardLimit = 100;

/** What the kernel itself answers. `find` finds every method of the market, so that `Check` can try it. */
export function marketContract(find: FindMethod): Implementation<typeof Market> {
  return {
    Instruct: { direct: 'instruct' },
    Cycle: { direct: 'cycle' },
    Progress: progress,
    Advices: advices,
    Check: async (reader, request, context) => check(find, reader, request, context),
    Cycles: cycles,
  };
}

const progress: EvaluateHandler<unknown, ResponseOf<Methods['Progress']>> = async (reader) => {
  const { found } = await load(reader, { found: progressRef });
  if (!found) throw new Error('A founded market has made progress');
  return found;
};

const advices: EvaluateHandler<RequestOf<Methods['Advices']>, ResponseOf<Methods['Advices']>> = async (
  reader,
  { member: named, from, limit = standardLimit },
  { caller, market, cycle: last },
) => {
  const member = named === undefined ? caller : memberOf(market, named);
  if (!member) return refuse('MemberUnknown', { field: 'member', member: named ?? caller.mspId });
  const overseer = caller.role === 'operator' || caller.role === 'auditor';
  if (member.mspId !== caller.mspId && !overseer) return refuse('NotYours', { field: 'member' });
  const first = Math.max(1, from);
  const numbers = Array.from({ length: Math.max(0, Math.min(limit, last - first + 1)) }, (_, n) => first + n);
  const found = ownsCollection(member.role)
    ? await memberPages(reader, member.mspId, numbers)
    : await operatorPages(reader, member.mspId, numbers);
  // Of cycles before its admission a member has no page. A later one that is not there has not arrived at this peer yet: it ends the answer.
  const { admittedIn = 0 } = member;
  const gap = found.findIndex((page, index) => page === undefined && first + index >= admittedIn);
  const told = gap < 0 ? found : found.slice(0, gap);
  return { member: member.mspId, pages: told.flatMap((page) => page ?? []), next: first + told.length, last };
};

type MaybePage = Page | undefined;

async function memberPages(reader: RangeReader, member: MspId, numbers: readonly number[]): Promise<MaybePage[]> {
  const { pages, journals } = await load(reader, {
    pages: numbers.map((cycle) => adviceAt(member, cycle)),
    journals: numbers.map((cycle) => journalAt(member, cycle)),
  });
  return pages.map((page, index) => page && shown(page, page, journals[index]));
}

async function operatorPages(reader: RangeReader, member: MspId, numbers: readonly number[]): Promise<MaybePage[]> {
  const { records } = await load(reader, { records: numbers.map(cycleRecordAt) });
  return records.map((record) => {
    if (!record) return undefined;
    const body = record.operators.find((one) => one.member === member) ?? { outcomes: [], advices: [] };
    return shown(record, body, undefined);
  });
}

function shown(
  { cycle, time, clock, transactionId }: Pick<CycleRecord, 'cycle' | 'time' | 'clock' | 'transactionId'>,
  body: Pick<AdvicePage, 'outcomes' | 'advices'>,
  journal: JournalPage | undefined,
): Page {
  const head = { cycle, time, clock, ...present({ transactionId }) };
  return { ...head, advices: advicesOf(body), postings: journal ? entriesOf(journal) : [] };
}

const cycles: EvaluateHandler<RequestOf<Methods['Cycles']>, ResponseOf<Methods['Cycles']>> = async (
  reader,
  { from, limit = standardLimit },
  { cycle: last },
) => {
  const first = Math.max(1, from);
  const numbers = Array.from({ length: Math.max(0, Math.min(limit, last - first + 1)) }, (_, n) => first + n);
  const { records } = await load(reader, { records: numbers.map(cycleRecordAt) });
  return {
    cycles: records.flatMap((record) =>
      record ? [{ number: record.cycle, time: record.time, clock: record.clock, submissions: record.submissions }] : [],
    ),
  };
};

/** Reasons that stand whatever the caller may not see. */
const certain: ReadonlySet<Rejection['code']> = new Set<Rejection['code']>([
  ...(['HoldingInsufficient', 'LotViolated', 'AmountTooSmall', 'AmountTooLarge', 'SameAccount'] as const),
]);

/**
 * Tries an instruction and forgets what it came to. Only what is the caller's own is read, whoever's peer is asked: the answer tells
 * nothing that the caller could not read, so nobody can ask by it which accounts others have.
 */
async function check(
  find: FindMethod,
  reader: Reader,
  { method, request }: RequestOf<Methods['Check']>,
  { caller, cycle, time, finalBefore, restriction }: Context,
): Promise<ResponseOf<Methods['Check']> | Rejection> {
  const own = new OwnReader(reader, caller);
  const overlay = new Overlay(own, { number: cycle + 1, submissions: [] });
  const dated = time > finalBefore ? time : finalBefore;
  const setting = { overlay, find, cycle: cycle + 1, time: dated, finalBefore };
  const inconclusive = { verdict: 'inconclusive' } as const;
  try {
    const tried = await attempt(setting, { mspId: caller.mspId, restriction }, { method, request });
    if (!('ended' in tried) || tried.ended.outcome !== 'refused') {
      return own.partial ? inconclusive : { verdict: 'accepted' };
    }
    const { rejection } = tried.ended;
    return own.partial && !certain.has(rejection.code) ? inconclusive : rejection;
  } catch (error) {
    // What is not there may also be what a handler stumbles over.
    if (own.partial || error instanceof ReadRefused) return inconclusive;
    throw error;
  }
}

/** Gives what the caller may read; of the rest it says that there is nothing, and remembers that it was asked for. */
class OwnReader implements Reader {
  readonly #reader: Reader;
  readonly #own: ReadonlySet<Collection> | undefined;
  /** Pages are found by what the caller can read of them. */
  readonly pageAccess: Reader['pageAccess'];
  /** Something was asked for that is not the caller's own. */
  partial = false;

  constructor(reader: Reader, { mspId, role }: { readonly mspId: MspId; readonly role: Role }) {
    this.#reader = reader;
    this.pageAccess = reader.pageAccess;
    const board = role === 'institution' ? [boardCollection] : [];
    // Operators and auditors may read all there is.
    this.#own =
      role === 'operator' || role === 'auditor'
        ? undefined
        : new Set([publicState, collectionOf(mspId), inboxOf(mspId), ...board]);
  }

  async read(keys: readonly StateKey[]): Promise<readonly (string | undefined)[]> {
    const own = this.#own;
    if (!own) return this.#reader.read(keys);
    const wanted = keys.filter(({ collection }) => own.has(collection));
    if (wanted.length < keys.length) this.partial = true;
    const values = wanted.length === 0 ? [] : await this.#reader.read(wanted);
    const found = new Map(wanted.map((key, index) => [key, values[index]]));
    return keys.map((key) => found.get(key));
  }
}
