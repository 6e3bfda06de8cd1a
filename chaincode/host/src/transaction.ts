import { type Instant, type MspId, type Rejection, canonicalText, isRejection } from '@kessai/interface';
import {
  type FindMethod,
  type HeldPages,
  type HostedMethod,
  ReadRefused,
  executeCycle,
  executeEvaluate,
  executeFounding,
  executeInstruct,
} from '@kessai/ledger';
import type { Log } from '@kessai/telemetry';
import type { ChaincodeObserver } from './chaincode-metrics';
import type { ExecutionNotes } from './execution-record';
import { MarketState, MarketStateError } from './market-state';
import { factsOf, requestTextOf } from './proposal';
import type { Stub } from './stub';
import { StubState } from './stub-state';
import { Refused, WireError, internalErrorText, rejectionText } from './wire-error';

export interface TransactionEnvironment {
  /** The organisations that may found the market. */
  readonly founders: readonly MspId[];
  readonly log: Log;
  /** What is executed, for whoever watches this process. */
  readonly notes?: ExecutionNotes;
  /** What this process keeps of the ledger from one transaction to the next. */
  readonly held?: HeldPages;
  /** Told of every transaction that was simulated. */
  readonly observer?: Pick<ChaincodeObserver, 'simulated'>;
  /** Where this machine's clock stands, in milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * How far the sender's clock may be ahead of this one: more than machines differ that set their clocks by the network, and little enough
 * that nobody is refused for long because of it.
 */
export const clockToleranceMs = 60_000;

/** An event says that something was recorded, not what: blocks are read by every organisation of the channel. */
const emptyPayload = Buffer.from('{}');
/** What a cycle is announced as: a hint, for any organisation can emit an event of any name. */
const cycleEvent = 'cycle';

/**
 * Carries out one transaction and gives the canonical text of its response.
 * @throws WireError
 */
export async function runTransaction(
  method: HostedMethod,
  find: FindMethod,
  stub: Stub,
  environment: TransactionEnvironment,
): Promise<string> {
  const { fullName } = method.entry;
  try {
    return canonicalText((await answerOf(method, find, stub, environment)) as Parameters<typeof canonicalText>[0]);
  } catch (error) {
    throw new WireError(wireTextOf(error, fullName, stub, environment.log));
  }
}

async function answerOf(
  { entry, handler }: HostedMethod,
  find: FindMethod,
  stub: Stub,
  environment: TransactionEnvironment,
): Promise<unknown> {
  const requestText = requestTextOf(stub);
  const facts = factsOf(stub, environment.founders);
  const state = new MarketState(new StubState(stub), facts.txId, environment.held);
  if (entry.method.kind === 'evaluate') {
    return accepted(await executeEvaluate(entry, handler, requestText, state, facts)).response;
  }
  if (typeof handler === 'function') throw new Error(`${entry.fullName} is not an evaluate`);
  if ('founding' in handler) {
    const notAfter = latestTime(environment);
    const decision = accepted(await executeFounding({ entry, handler }, requestText, state, facts, notAfter));
    await state.found(decision.secrets, decision.writes);
    if (decision.outcome === 'created') stub.setEvent(entry.fullName, emptyPayload);
    return { outcome: decision.outcome };
  }
  if (!('direct' in handler)) throw new Refused({ code: 'SealedOnly', method: entry.fullName });
  if (handler.direct === 'instruct') {
    await state.seal(accepted(executeInstruct(requestText, facts)));
    return { outcome: 'created' };
  }
  const onFailure = (method: string, cause: unknown): void => {
    environment.log('error', `an instruction ${method} in transaction ${facts.txId} failed: ${causeOf(cause)}`);
  };
  const { notes } = environment;
  const watch = notes === undefined ? {} : { watch: notes };
  const decision = await executeCycle(
    { find, onFailure, notAfter: latestTime(environment), ...watch },
    requestText,
    state,
    facts,
  )
    .then(accepted)
    .finally(() => notes?.idle());
  await state.apply(decision);
  if (decision.outcome === 'created')
    stub.setEvent(cycleEvent, Buffer.from(canonicalText({ number: decision.number })));
  return { outcome: decision.outcome };
}

function latestTime({ now = Date.now }: TransactionEnvironment): Instant {
  return new Date(now() + clockToleranceMs).toISOString() as Instant;
}

function accepted<T extends object>(answer: T | Rejection): T {
  if (isRejection(answer)) throw new Refused(answer);
  return answer;
}

function wireTextOf(error: unknown, method: string, stub: Stub, log: Log): string {
  if (error instanceof ReadRefused) return rejectionText(error.rejection);
  log('error', `transaction ${stub.getTxID()} of ${method} failed: ${causeOf(error)}`);
  return internalErrorText;
}

/** Where it went wrong. The message of an error may quote what it met, so only this package's own is told. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something else than an error was thrown';
  if (error instanceof MarketStateError) return error.message;
  const { name, message, stack = '' } = error;
  const frames = stack
    .replace(message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
  return [name, ...frames].join(' | ');
}
