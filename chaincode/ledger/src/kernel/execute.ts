import {
  type Instant,
  type Json,
  type MethodEntry,
  type Rejection,
  type RequestOf,
  type Registry,
  isRejection,
  refuse,
} from '@kessai/interface';
import { clockRef, foundingRef, marketRef, policyRef, progressRef } from '../reference';
import type { TransactionFacts } from './context';
import type { EvaluateHandler, FoundedCollection, FoundingHandler, LooseHandler } from './decision';
import { admit, decodeRequest, refusedNode, restricted } from './methods';
import { type RangeReader, type Reader, type StoredWrite, load, put, stored } from './state';

/** Before any market. */
const beginningOfTime = '0001-01-01T00:00:00.000Z' as Instant;

export interface FoundingDecision {
  readonly outcome: 'created' | 'exists';
  readonly writes: readonly StoredWrite[];
  readonly secrets: readonly FoundedCollection[];
}

/** Runs the transaction that comes before the market: there are no members yet, so the handler knows the founders. */
export async function executeFounding(
  { entry, handler }: { readonly entry: MethodEntry; readonly handler: LooseHandler },
  requestText: string,
  reader: Reader,
  facts: TransactionFacts,
  /** As of a cycle: the market's time begins with it. */
  notAfter?: Instant,
): Promise<FoundingDecision | Rejection> {
  const { method, fullName } = entry;
  if (typeof handler === 'function' || !('founding' in handler)) throw new Error(`${fullName} does not found a market`);
  const node = refusedNode(facts.caller);
  if (node) return node;
  const { mspId, restriction } = facts.caller;
  const { market, founding } = await load(reader, { market: marketRef, founding: foundingRef });
  if (market) {
    const member = admit(market, facts.caller, method);
    if (isRejection(member)) return member;
  } else if (restriction !== undefined && restriction !== 'operator') {
    return restricted(restriction);
  }
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const { id } = request as RequestOf<typeof Registry.methods.Found>;
  if (market)
    return founding?.id === id ? { outcome: 'exists', writes: [], secrets: [] } : refuse('AlreadyFounded', {});
  if (notAfter !== undefined && facts.time > notAfter) {
    return refuse('TimestampRefused', { time: facts.time, earliest: beginningOfTime, latest: notAfter });
  }
  const decision = (handler as FoundingHandler<unknown>).decide(request, mspId, facts);
  if (isRejection(decision)) return decision;
  const { writes, secrets } = decision;
  const progress = put(progressRef, { number: 0, time: facts.time, heads: [], taken: [] });
  return { outcome: 'created', writes: [...writes, put(foundingRef, { id }), progress].map(stored), secrets };
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
  const node = refusedNode(facts.caller);
  if (node) return node;
  const { market, clock, progress, policy } = await load(reader, {
    market: marketRef,
    clock: clockRef,
    progress: progressRef,
    policy: policyRef,
  });
  if (!market || !clock || !progress || !policy) return refuse('MarketNotFounded', {});
  const caller = admit(market, facts.caller, method);
  if (isRejection(caller)) return caller;
  const request = decodeRequest(method, requestText);
  if (isRejection(request)) return request;
  const answer = handler as unknown as EvaluateHandler<unknown, unknown>;
  const context = {
    ...{ time: facts.time, caller, clock, market, policy, method: fullName },
    ...{ cycle: progress.number, finalBefore: progress.time, restriction: facts.caller.restriction },
  };
  const response = await answer(reader, request, context);
  return isRejection(response) ? response : { response: method.response.encode(response) };
}
