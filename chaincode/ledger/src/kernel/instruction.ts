import {
  type Isin,
  type MspId,
  type Rejection,
  type SealedInstruction,
  type SubmitMethod,
  canonicalText,
  isRejection,
  refuse,
} from '@kessai/interface';
import { type Clock, type Market, type Policy, clockRef, instrumentAt, marketRef, policyRef } from '../reference';
import { approvalAt, approved, missingOf } from './approvals';
import { type InstructionOutcome, cycleRecordAt } from './advices';
import { type Context, homeCollection } from './context';
import type { Decision, SubmitHandler } from './decision';
import { differingField } from './differing-field';
import { type FindMethod, admit, decoding, idOf, referenceOf } from './methods';
import type { Overlay } from './overlay';
import { requireOwnKinds } from './own-kinds';
import { type IdOwner, type InstructionPlace, jointActs } from './request-memory';
import { sealedAt } from './sealing';
import { load, put, removed } from './state';

/** What an instruction is executed with. */
export interface Setting {
  readonly overlay: Overlay;
  readonly find: FindMethod;
  readonly cycle: number;
  readonly time: Context['time'];
  readonly finalBefore: Context['time'];
}

/** An instruction, and whose certificate sealed it. */
export interface Sender {
  readonly mspId: MspId;
  readonly restriction: string | undefined;
}

/** An instruction that may be tried: who sends it, what it says, what is known of its id. */
export interface Prepared {
  readonly context: Context;
  readonly method: SubmitMethod<unknown>;
  readonly handler: SubmitHandler<unknown, unknown>;
  readonly request: unknown;
  readonly owner: IdOwner;
  readonly id: string | undefined;
}

/** What an instruction that was tried has come to. */
export type Tried =
  | {
      readonly decision: Decision;
      readonly reference: string;
      readonly prepared: Prepared;
      readonly effective: boolean;
    }
  | { readonly ended: InstructionOutcome };

/** Members, time and policy as they stand now: an instruction before may have changed them. */
async function currentOf({ overlay }: Setting): Promise<{ market: Market; clock: Clock; policy: Policy }> {
  const { market, clock, policy } = await load(overlay, { market: marketRef, clock: clockRef, policy: policyRef });
  if (!market || !clock || !policy) throw new Error('The market has been founded before its first cycle');
  return { market, clock, policy };
}

/** Who may send it, and what form it has: all that needs nothing of the state but members and clock. */
export async function prepare(
  setting: Setting,
  sender: Sender,
  instruction: SealedInstruction,
): Promise<Prepared | Rejection> {
  const { method: fullName } = instruction;
  const found = setting.find(fullName);
  if (found?.entry.method.kind !== 'submit') return refuse('MethodUnknown', { method: fullName });
  const { method } = found.entry;
  if (method.sent === 'directly') return refuse('SentDirectly', { method: fullName });
  const { market, clock, policy } = await currentOf(setting);
  const caller = admit(market, sender, method);
  if (isRejection(caller)) return caller;
  const request = requestOf(setting, method, instruction);
  if (isRejection(request)) return request;
  const { time, cycle, finalBefore } = setting;
  const atWrongTime = refusedTime(instruction, time);
  if (atWrongTime) return atWrongTime;
  const id = idOf(method, request);
  const owner =
    method.approval === undefined
      ? { collection: homeCollection(caller.role, caller.mspId), name: caller.mspId }
      : jointActs;
  return {
    context: {
      time,
      caller,
      clock,
      market,
      policy,
      method: fullName,
      cycle,
      finalBefore,
      restriction: sender.restriction,
    },
    method,
    handler: found.handler as unknown as SubmitHandler<unknown, unknown>,
    request,
    owner,
    id,
  };
}

function refusedTime({ goodUntil, notBefore }: SealedInstruction, time: Context['time']): Rejection | undefined {
  if (goodUntil !== undefined && goodUntil < time) return refuse('InstructionExpired', { goodUntil, time });
  if (notBefore !== undefined && time < notBefore) return refuse('InstructionTooEarly', { notBefore, time });
  return undefined;
}

function requestOf(
  { overlay: { requests } }: Setting,
  method: SubmitMethod<unknown>,
  instruction: SealedInstruction,
): unknown {
  if (requests.has(instruction)) return requests.get(instruction);
  const request = decoding(() => method.request.decode(instruction.request, ''));
  requests.set(instruction, request);
  return request;
}

/** Canonical text of a request. */
function contentOf({ method, request }: Pick<Prepared, 'method' | 'request'>): string {
  return canonicalText(method.request.encode(request));
}

/** Names what the instruction reads, so that many are read in few rounds. What it would come to does not matter yet. */
export async function prefetch(setting: Setting, sender: Sender, instruction: SealedInstruction): Promise<void> {
  const prepared = await prepare(setting, sender, instruction);
  if (isRejection(prepared)) return;
  const { handler, request, context, method, id } = prepared;
  const { overlay } = setting;
  await Promise.allSettled([
    earlierUses(overlay, prepared),
    ...(method.approval !== undefined && id !== undefined ? [overlay.records([approvalAt(context.method, id)])] : []),
    // A load that throws at once is no other than one that rejects.
    (async () => handler.load(overlay, request, context))(),
  ]);
}

/** Tries an instruction on the state as it stands. What it posted is in the books; whoever refuses the rest takes it back. */
export async function attempt(setting: Setting, sender: Sender, instruction: SealedInstruction): Promise<Tried> {
  const prepared = await prepare(setting, sender, instruction);
  if (isRejection(prepared)) return refused(prepared);
  const { context, method, handler, request, id } = prepared;
  const { overlay } = setting;
  const foreign = await foreignInstrument(overlay, prepared);
  if (foreign) return refused(foreign);
  const repeated = await repetition(overlay, prepared);
  if (repeated) return { ended: repeated };
  if (!method.phases.includes(context.clock.phase)) {
    return refused(refuse('PhaseClosed', { phase: context.clock.phase, allowed: method.phases }));
  }
  const state = await handler.load(overlay, request, context);
  if (isRejection(state)) return refused(state);
  const decision = handler.decide(state, request, context);
  if (isRejection(decision)) return refused(decision);
  requireOwnKinds(decision);
  if (decision.outcome === 'exists') return { ended: { outcome: 'exists' } };
  const reference = referenceOf(context.method, method, request);
  if (method.approval === undefined) return { decision, reference, prepared, effective: true };
  if (id === undefined)
    throw new Error(`${context.method} must be approved, and has no id by which approvals are counted`);
  return withApproval(overlay, { decision, reference, prepared, effective: true }, id);
}

function refused(rejection: Rejection): Tried {
  return { ended: { outcome: 'refused', rejection } };
}

/**
 * An issuer has a say in its own instruments. What another's accounts hold, and what was asked for there, it must not learn from how its
 * act is refused.
 */
async function foreignInstrument(
  overlay: Overlay,
  { context: { caller }, method, request }: Prepared,
): Promise<Rejection | undefined> {
  if (method.approval !== 'two-operators-and-issuer' || caller.role !== 'issuer') return undefined;
  const { isin } = request as { readonly isin: Isin };
  const { instrument } = await load(overlay, { instrument: instrumentAt(isin) });
  if (!instrument || instrument.issuer === caller.mspId) return undefined;
  return refuse('NotYourInstrument', { field: 'isin', isin });
}

/** An act of several takes effect with the last approval. Until then it is only noted, though it was tried: nonsense is refused at once. */
async function withApproval(
  overlay: Overlay,
  tried: Extract<Tried, { readonly decision: Decision }>,
  id: string,
): Promise<Tried> {
  const { context, method } = tried.prepared;
  const { approval: needed } = method;
  if (needed === undefined) return tried;
  const ref = approvalAt(context.method, id);
  const { pending } = await load(overlay, { pending: ref });
  const next = approved(pending, context.caller, contentOf(tried.prepared));
  if (isRejection(next)) return refused(next);
  const missing = missingOf(next.act, needed);
  if (missing.length > 0) {
    if (!next.isNew) return { ended: { outcome: 'exists', awaiting: missing } };
    const noted: Decision = { outcome: 'created', writes: [put(ref, next.act)] };
    return { ...tried, decision: noted, effective: false };
  }
  const { decision } = tried;
  const writes = pending ? [...decision.writes, removed(ref)] : decision.writes;
  return { ...tried, decision: { ...decision, writes } };
}

export function awaitingOf(decision: Decision, method: SubmitMethod<unknown>): InstructionOutcome {
  const [write] = decision.writes;
  if (method.approval === undefined || !write) return { outcome: 'created' };
  const missing = missingOf(write.value as Parameters<typeof missingOf>[0], method.approval);
  return { outcome: 'created', awaiting: missing };
}

/** What an earlier use of the id means; undefined where there was none. */
async function repetition(overlay: Overlay, prepared: Prepared): Promise<InstructionOutcome | undefined> {
  const [first] = await earlierUses(overlay, prepared);
  if (first === undefined) return undefined;
  const field = differingField(first, contentOf(prepared));
  return field === undefined ? { outcome: 'exists' } : { outcome: 'refused', rejection: refuse('Conflict', { field }) };
}

/** What was asked for under the same id before, the last first. */
async function earlierUses(overlay: Overlay, { context, owner, method, id }: Prepared): Promise<readonly string[]> {
  await overlay.memory.open(owner);
  if (id === undefined) return [];
  const name = `${context.method} ${id}`;
  const places = overlay.memory.recall(owner, name, context.clock.businessDate);
  const contents = await Promise.all(places.map(async (place) => contentAt(overlay, context, method, place, name)));
  return contents.filter((content) => content !== undefined);
}

/** The request of an earlier instruction, where it was sealed; undefined where it is another one with the same hash. */
async function contentAt(
  overlay: Overlay,
  { method: fullName, cycle }: Context,
  method: SubmitMethod<unknown>,
  place: InstructionPlace,
  name: string,
): Promise<string | undefined> {
  const submission =
    place.cycle === cycle
      ? overlay.submissions[place.ordinal]
      : (await load(overlay, { record: cycleRecordAt(place.cycle) })).record?.submissions[place.ordinal];
  if (!submission) return undefined;
  const { sealed } = await load(overlay, { sealed: sealedAt(submission.member, submission.transactionId) });
  // It may have been written over since: by its member, to whom alone it matters.
  const earlier = sealed === undefined || isRejection(sealed) ? undefined : sealed.instructions[place.index];
  if (earlier?.method !== fullName) return undefined;
  const request = decoding(() => method.request.decode(earlier.request, ''));
  if (isRejection(request) || `${fullName} ${idOf(method, request) ?? ''}` !== name) return undefined;
  return contentOf({ method, request });
}
