import { type JsonObject, isRejection } from '@kessai/interface';
import { type SampleDay, type Submission, shinEtsu } from '@kessai/ledger/tools';

/** How a reason to refuse is provoked, and what many of them begin with. */

export type Given = (day: SampleDay) => Promise<void>;

export interface Provocation {
  readonly when: string;
  readonly given?: Given;
  readonly ask: (day: SampleDay) => Promise<unknown>;
  /** On a ledger on which nothing has been founded. */
  readonly before?: 'founding';
  /** What is refused stands in a cycle with an instruction that is not. */
  readonly beside?: string;
}

export const submit =
  (caller: string, method: string, request: JsonObject): Provocation['ask'] =>
  (day) =>
    day.market.submit(caller, method, request);
export const evaluate =
  (caller: string, method: string, request: JsonObject): Provocation['ask'] =>
  (day) =>
    day.market.evaluate(caller, method, request);
export const recorded =
  (...calls: readonly (readonly [string, string, JsonObject])[]): Given =>
  async (day) => {
    for (const [caller, method, request] of calls) await day.record(caller, method, request);
  };

export const order = {
  ...{ orderId: 'o1', isin: shinEtsu, side: 'sell', account: 'A-1', quantity: '100', price: '42500' },
} as const;
export const sell = { ...order, timeInForce: 'day' };
export const placed = recorded(['AlphaMSP', 'Orders:Place', sell]);
export const mint = { id: 'm', currency: 'JPY', to: { institution: 'BetaMSP', account: 'B-1' }, depositReference: 'D' };
export const closed: Given = (day) => day.advance('closed');

/** A submission of Alpha whose order a cycle takes. */
export function sealed(
  day: SampleDay,
  times: { readonly goodUntil?: string; readonly notBefore?: string } = {},
): Submission {
  const submission = day.market.seal('AlphaMSP', [{ method: 'Orders:Place', request: sell, ...times }]);
  if (isRejection(submission)) throw new Error(submission.code);
  return submission;
}

/** The last of what became of the instructions. */
export async function executed(day: SampleDay, submissions: readonly Submission[]): Promise<unknown> {
  return (await day.market.cycle(submissions)).at(-1);
}

/** A cycle that an operator makes by hand. */
export function cycle(number: number, submissions: readonly JsonObject[] = []): Provocation['ask'] {
  return async (day) => {
    const { number: last } = await day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
    return day.market.decideCycle({ number: last + number, submissions } as never);
  };
}
