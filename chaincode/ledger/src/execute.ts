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
import { clockRef, marketRef, memberOf } from './reference';
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
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const caller = refusedCaller(facts.caller, method);
  if (caller) return caller;

  const { market, clock } = await load(reader, { market: marketRef, clock: clockRef });
  const content = canonicalText(method.request.encode(request));
  const id = idOf(method, request);
  if ('founding' in handler) {
    const founding = handler as unknown as FoundingHandler<unknown>;
    if (market) return repeatedFounding(reader, fullName, id, content);
    return recorded(founding.decide(request, facts.caller.mspId, facts), fullName, operatorsCollection, id, content);
  }
  if (!market || !clock) return refuse('MarketNotFounded', {});
  const member = memberOf(market, facts.caller.mspId);
  if (!member) return refuse('CallerUnknown', { caller: facts.caller.mspId });
  if (!method.roles.includes(member.role)) {
    return refuse('RoleNotAllowed', { role: member.role, allowed: method.roles });
  }
  const latest = addDaysToInstant(clock.time, maxDaysAheadOfClock);
  // Advancing the clock is how a market that stood still for longer goes on.
  if (facts.time < clock.time || (facts.time > latest && fullName !== 'Registry:AdvanceClock')) {
    return refuse('TimestampRefused', { time: facts.time, earliest: clock.time, latest });
  }
  const home = homeCollection(member.role, member.mspId);
  const repeated = await repetition(reader, home, fullName, id, content);
  if (repeated) return repeated;
  if (!method.phases.includes(clock.phase)) {
    return refuse('PhaseClosed', { phase: clock.phase, allowed: method.phases });
  }
  const context: Context = { txId: facts.txId, time: facts.time, caller: member, clock, market, method: fullName };
  const two = handler as unknown as SubmitHandler<unknown, unknown>;
  const state = await two.load(reader, request, context);
  if (isRejection(state)) return state;
  return recorded(two.decide(state, request, context), fullName, home, id, content);
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
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const refused = refusedCaller(facts.caller, method);
  if (refused) return refused;
  const { market, clock } = await load(reader, { market: marketRef, clock: clockRef });
  if (!market || !clock) return refuse('MarketNotFounded', {});
  const caller = memberOf(market, facts.caller.mspId);
  if (!caller) return refuse('CallerUnknown', { caller: facts.caller.mspId });
  if (!method.roles.includes(caller.role)) {
    return refuse('RoleNotAllowed', { role: caller.role, allowed: method.roles });
  }
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

/** What the certificate alone decides. `viewer` may read whatever its organisation may. */
function refusedCaller(caller: Caller, method: Method): Rejection | undefined {
  if (caller.nodeRole !== 'client' && caller.nodeRole !== 'admin') return refuse('CallerNotClient', {});
  if (caller.restriction === undefined || (method.roles as readonly string[]).includes(caller.restriction))
    return undefined;
  if (caller.restriction === 'viewer' && method.kind === 'evaluate') return undefined;
  return refuse('CertificateRestricted', { attribute: caller.restriction.slice(0, 64) });
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

async function repeatedFounding(
  reader: Reader,
  method: string,
  id: string | undefined,
  content: string,
): Promise<Decision | Rejection> {
  const repeated = await repetition(reader, operatorsCollection, method, id, content);
  return repeated ?? refuse('AlreadyFounded', {});
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
