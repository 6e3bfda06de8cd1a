import { type MethodEntry, type MspId, type Rejection, canonicalText, isRejection } from '@kessai/interface';
import { type Decision, type LooseHandler, executeEvaluate, executeSubmit } from '@kessai/ledger';
import type { Log } from './log';
import { MarketState, MarketStateError } from './market-state';
import { factsOf, requestTextOf } from './proposal';
import type { Stub } from './stub';
import { StubState } from './stub-state';
import { Refused, WireError, internalErrorText, rejectionText } from './wire-error';

export interface TransactionEnvironment {
  /** The organisations that may found the market. */
  readonly founders: readonly MspId[];
  readonly log: Log;
}

/** A method of the API and the handler that carries it out. */
export interface HostedMethod {
  readonly entry: MethodEntry;
  readonly handler: LooseHandler;
}

/** An event says that something was recorded, not what: blocks are read by every organisation of the channel. */
const eventPayload = Buffer.from('{}');

/**
 * Carries out one transaction and gives the canonical text of its response.
 * @throws WireError
 */
export async function runTransaction(
  { entry, handler }: HostedMethod,
  stub: Stub,
  environment: TransactionEnvironment,
): Promise<string> {
  try {
    const requestText = requestTextOf(stub);
    const facts = factsOf(stub, environment.founders);
    const state = new MarketState(new StubState(stub), facts.txId);
    if (entry.method.kind === 'evaluate') {
      const answer = await executeEvaluate(entry, handler, requestText, state, facts);
      return canonicalText(accepted(answer).response);
    }
    const decision = accepted<Decision>(await executeSubmit(entry, handler, requestText, state, facts));
    await state.apply(decision);
    if (decision.outcome === 'created') stub.setEvent(entry.fullName, eventPayload);
    return canonicalText({ outcome: decision.outcome });
  } catch (error) {
    throw new WireError(wireTextOf(error, entry, stub, environment.log));
  }
}

function accepted<T extends object>(answer: T | Rejection): T {
  if (isRejection(answer)) throw new Refused(answer);
  return answer;
}

function wireTextOf(error: unknown, entry: MethodEntry, stub: Stub, log: Log): string {
  if (error instanceof Refused) return rejectionText(error.rejection);
  log('error', `transaction ${stub.getTxID()} of ${entry.fullName} failed: ${causeOf(error)}`);
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
