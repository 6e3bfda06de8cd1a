import {
  FieldError,
  type Json,
  type Method,
  type MethodEntry,
  type Rejection,
  type SubmitMethod,
  canonicalText,
  isRejection,
  operatorsCollection,
  parseText,
  refuse,
  refusedField,
} from '@kessai/interface';
import { addDaysToInstant } from './calendar';
import { type Caller, type Context, type TransactionFacts, homeCollection } from './context';
import {
  type Decision,
  type EvaluateHandler,
  type FoundingHandler,
  type LooseHandler,
  type SubmitHandler,
  alreadyDone,
} from './decision';
import { type Market, type Member, clockRef, marketRef, memberOf } from './reference';
import { differingField, requestAt } from './requests';
import { type RangeReader, type Reader, load, put } from './state';

/** A transaction dated further than this beyond the clock is refused; longer than any run of holidays. */
export const maxDaysAheadOfClock = 10;

/** Runs a submit: admit the caller, answer repetitions, load, decide. Nothing is written here: the decision says what to write. */
export async function executeSubmit(
  entry: MethodEntry,
  handler: LooseHandler,
  requestText: string,
  reader: Reader,
  facts: TransactionFacts,
): Promise<Decision | Rejection> {
  const { method, fullName } = entry;
  if (method.kind !== 'submit' || typeof handler === 'function') throw new Error(`${fullName} is not a submit`);
  const nodeRefused = refusedNode(facts.caller);
  if (nodeRefused) return nodeRefused;
  const { market, clock } = await load(reader, { market: marketRef, clock: clockRef });
  if (!market || !clock) {
    if (!('founding' in handler)) return refuse('MarketNotFounded', {});
    return executeFounding(entry, handler, requestText, facts);
  }
  const member = admit(market, facts.caller, method);
  if (isRejection(member)) return member;
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const content = canonicalText(method.request.encode(request));
  const id = idOf(method, request);
  const latest = addDaysToInstant(clock.time, maxDaysAheadOfClock);
  // Advancing the clock is how a market that stood still for longer goes on.
  if (facts.time < clock.time || (facts.time > latest && fullName !== 'Registry:AdvanceClock')) {
    return refuse('TimestampRefused', { time: facts.time, earliest: clock.time, latest });
  }
  const home = homeCollection(member.role, member.mspId);
  const repeated = await repetition(reader, home, fullName, id, content);
  if (repeated) return repeated;
  if ('founding' in handler) return refuse('AlreadyFounded', {});
  if (!method.phases.includes(clock.phase)) {
    return refuse('PhaseClosed', { phase: clock.phase, allowed: method.phases });
  }
  const context: Context = { txId: facts.txId, time: facts.time, caller: member, clock, market, method: fullName };
  const two = handler as unknown as SubmitHandler<unknown, unknown>;
  const state = await two.load(reader, request, context);
  if (isRejection(state)) return state;
  return recorded(two.decide(state, request, context), fullName, home, id, content);
}

/** Before the market there are no members: the handler knows the founders. */
function executeFounding(
  { method, fullName }: MethodEntry,
  handler: FoundingHandler<unknown>,
  requestText: string,
  facts: TransactionFacts,
): Decision | Rejection {
  if (method.kind !== 'submit') throw new Error(`${fullName} is not a submit`);
  const { mspId, restriction } = facts.caller;
  if (restriction !== undefined && restriction !== 'operator') return restricted(restriction);
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const content = canonicalText(method.request.encode(request));
  const decision = handler.decide(request, mspId, facts);
  return recorded(decision, fullName, operatorsCollection, idOf(method, request), content);
}

/** Runs an evaluate: admit the caller, answer. */
export async function executeEvaluate(
  entry: MethodEntry,
  handler: LooseHandler,
  requestText: string,
  reader: RangeReader,
  facts: TransactionFacts,
): Promise<{ readonly response: Json } | Rejection> {
  const { method, fullName } = entry;
  if (method.kind !== 'evaluate' || typeof handler !== 'function') throw new Error(`${fullName} is not an evaluate`);
  const nodeRefused = refusedNode(facts.caller);
  if (nodeRefused) return nodeRefused;
  const { market, clock } = await load(reader, { market: marketRef, clock: clockRef });
  if (!market || !clock) return refuse('MarketNotFounded', {});
  const caller = admit(market, facts.caller, method);
  if (isRejection(caller)) return caller;
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const answer = handler as unknown as EvaluateHandler<unknown, unknown>;
  const context = { txId: facts.txId, time: facts.time, caller, clock, market, method: fullName };
  const response = await answer(reader, request, context);
  return isRejection(response) ? response : { response: method.response.encode(response) };
}

function decodeRequest(method: Method, requestText: string): unknown {
  try {
    return method.request.decode(parseText(requestText), '');
  } catch (error) {
    if (error instanceof FieldError) return refusedField(error);
    throw error;
  }
}

function refusedNode({ nodeRole }: Caller): Rejection | undefined {
  return nodeRole === 'client' ? undefined : refuse('CallerNotClient', {});
}

/**
 * The member for which the caller acts. Its certificate may restrict the caller to less than the member's role: `viewer` reads what the
 * member may read.
 */
function admit(market: Market, { mspId, restriction }: Caller, method: Method): Member | Rejection {
  const member = memberOf(market, mspId);
  if (!member) return refuse('CallerUnknown', { caller: mspId });
  if (!method.roles.includes(member.role)) {
    return refuse('RoleNotAllowed', { role: member.role, allowed: method.roles });
  }
  const unrestricted = restriction === undefined || restriction === member.role;
  if (unrestricted || (restriction === 'viewer' && method.kind === 'evaluate')) return member;
  return restricted(restriction);
}

function restricted(attribute: string): Rejection {
  return refuse('CertificateRestricted', { attribute: attribute.slice(0, 64) });
}

function idOf(method: SubmitMethod<unknown>, request: unknown): string | undefined {
  if (method.idField === undefined) return undefined;
  return String((request as Readonly<Record<string, unknown>>)[method.idField]);
}

async function repetition(
  reader: Reader,
  home: string,
  method: string,
  id: string | undefined,
  content: string,
): Promise<Decision | Rejection | undefined> {
  if (id === undefined) return undefined;
  const { first } = await load(reader, { first: requestAt(home, method, id) });
  if (!first) return undefined;
  const field = differingField(first.content, content);
  return field === undefined ? alreadyDone : refuse('Conflict', { field });
}

function recorded(
  decision: Decision | Rejection,
  method: string,
  home: string,
  id: string | undefined,
  content: string,
): Decision | Rejection {
  if (isRejection(decision)) return decision;
  const done = decision;
  if (id === undefined || done.outcome === 'exists') return done;
  return { ...done, writes: [...done.writes, put(requestAt(home, method, id), { content })] };
}
