import {
  type Advice,
  type Awaited,
  type Codec,
  type Infer,
  type MspId,
  type OutcomeAdvice,
  type Rejection,
  type Role,
  advice,
  awaited,
  balance,
  businessId,
  clock as clockCodec,
  collectionOf,
  count,
  encodeRejection,
  instant,
  isList,
  json,
  list,
  marketRejections,
  mspId,
  object,
  oneOf,
  operatorsCollection,
  optional,
  orderStatus,
  row,
  takenSubmission,
  text,
  transactionId,
} from '@kessai/interface';
import { type Clock, cycleCodec } from '../reference';
import type { Advised } from './decision';
import { type Ref, table } from './state';

/** Consecutive instructions of a submission that had the same outcome: thousands that went well are one line. */
const runCodec = object({
  method: text({ minLength: 0, maxLength: 200 }),
  outcome: oneOf('created', 'exists', 'refused'),
  count: count(1, 1_000_000),
  awaiting: optional(list(awaited, { max: 3 })),
  error: optional(json),
});
type Run = Infer<typeof runCodec>;

const orderRow = row(businessId, orderStatus, balance);

/** Advices of orders, of which there are very many, are stored as rows: id, status, what remains. One with a reason is stored by name. */
const storedAdvice: Codec<Advice> = {
  schema: { oneOf: [orderRow.schema, advice.schema] },
  decode(value, field) {
    if (!isList(value)) return advice.decode(value, field);
    const [orderId, status, remaining] = orderRow.decode(value, field);
    return { kind: 'order', orderId, status, remaining };
  },
  encode: (one) =>
    one.kind === 'order' && one.reason === undefined
      ? orderRow.encode([one.orderId, one.status, one.remaining])
      : advice.encode(one),
};

const bodyFields = {
  outcomes: list(object({ transactionId, runs: list(runCodec, { max: 1_000_000 }) }), { max: 100_000 }),
  advices: list(storedAdvice, { max: 1_000_000 }),
} as const;

const headFields = {
  cycle: cycleCodec,
  time: instant,
  clock: clockCodec,
  /** That of the cycle. Pages that were written before it was kept have none. */
  transactionId: optional(transactionId),
} as const;

/** What happened to one member in one cycle, in its own collection; written for every member in every cycle, and never again. */
const pageCodec = object({ ...headFields, ...bodyFields });
export type AdvicePage = Infer<typeof pageCodec>;

/** What a cycle took, and what it has to tell the operators themselves. */
const recordCodec = object({
  ...headFields,
  submissions: list(takenSubmission, { max: 100_000 }),
  operators: list(object({ member: mspId, ...bodyFields }), { max: 100 }),
});
export type CycleRecord = Infer<typeof recordCodec>;

export const advicePages = table('advice', pageCodec);
export const cycleRecords = table('cycle', recordCodec);

export function adviceAt(member: MspId, cycle: number): Ref<AdvicePage> {
  return advicePages.at(collectionOf(member), cycle);
}

export function cycleRecordAt(cycle: number): Ref<CycleRecord> {
  return cycleRecords.at(operatorsCollection, cycle);
}

const collectionRoles: readonly Role[] = ['institution', 'issuer', 'settlement-bank'];

/** Whether a member has a collection of its own, in which it is advised. Operators are advised together. */
export function ownsCollection(role: Role): boolean {
  return collectionRoles.includes(role);
}

/** How an instruction ended. */
export type InstructionOutcome =
  | { readonly outcome: 'created' | 'exists'; readonly awaiting?: readonly Awaited[] }
  | { readonly outcome: 'refused'; readonly rejection: Rejection };

interface Body {
  readonly outcomes: { readonly transactionId: string; readonly runs: Run[] }[];
  readonly advices: Advice[];
}

/** Gathers what a cycle has to tell each member. */
export class Advices {
  readonly #bodies = new Map<MspId, Body>();

  begin(member: MspId, transaction: string): void {
    this.#body(member).outcomes.push({ transactionId: transaction, runs: [] });
  }

  ended(member: MspId, method: string, ended: InstructionOutcome): void {
    const runs = this.#body(member).outcomes.at(-1)?.runs;
    if (!runs) throw new Error('An instruction belongs to a submission');
    const run: Run = runOf(method.slice(0, 200), ended);
    const last = runs.at(-1);
    const alike =
      last?.method === run.method &&
      last.outcome === run.outcome &&
      [last, run].every(({ awaiting, error }) => awaiting === undefined && error === undefined);
    if (alike) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push(run);
  }

  add(advised: readonly Advised[]): void {
    for (const { to, advice: one } of advised) this.#body(to).advices.push(one);
  }

  of(member: MspId): Body {
    return this.#bodies.get(member) ?? { outcomes: [], advices: [] };
  }

  #body(member: MspId): Body {
    const body = this.#bodies.get(member) ?? { outcomes: [], advices: [] };
    this.#bodies.set(member, body);
    return body;
  }
}

function runOf(method: string, ended: InstructionOutcome): Run {
  if (ended.outcome === 'refused') {
    return { method, outcome: 'refused', count: 1, error: encodeRejection(marketRejections, ended.rejection) };
  }
  return { method, count: 1, ...ended };
}

/** All that is told to one member, as queries show it: outcomes first, then what else happened. */
export function advicesOf({ outcomes, advices }: Pick<AdvicePage, 'outcomes' | 'advices'>): readonly Advice[] {
  const told: Advice[] = [];
  for (const { transactionId: transaction, runs } of outcomes) {
    let index = 0;
    for (const { count: times, ...run } of runs) {
      for (let i = 0; i < times; i += 1) {
        told.push({ kind: 'outcome', transactionId: transaction, index, ...run } satisfies OutcomeAdvice);
        index += 1;
      }
    }
  }
  return [...told, ...advices];
}

export interface CycleHead {
  readonly cycle: number;
  readonly time: Infer<typeof instant>;
  readonly clock: Clock;
}
