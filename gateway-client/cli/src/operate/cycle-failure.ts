import {
  CancelledError,
  ChaincodeFailedError,
  ConflictError,
  EndorsementError,
  GatewayRefusedError,
  MarketError,
  RejectedError,
  TimeoutError,
  UnavailableError,
  UnknownOutcomeError,
} from '@kessai/gateway-client';
import { type MspId, inboxOwner } from '@kessai/interface';

/**
 * What a cycle that failed tells:
 * - `moved`: the market has come further than was known here;
 * - `unreadable`: an endorser cannot read what a member sealed;
 * - `suspected`: a chaincode process has ended while it executed this submission, and the next one refuses it beside others;
 * - `recall`: an endorser does not hold which ids were used, and asks that all read it;
 * - `execution`: the endorsers could not execute it, because of what it holds or because of themselves;
 * - `ordering`: it was sent, and nothing tells what became of it;
 * - `environment`: the network refuses it or is out of reach, whatever it holds.
 */
export type CycleFailure =
  | { readonly kind: 'moved' | 'recall' | 'execution' | 'ordering' | 'environment'; readonly code: string }
  | { readonly kind: 'unreadable'; readonly code: string; readonly member: MspId }
  | { readonly kind: 'suspected'; readonly code: string; readonly member: MspId; readonly transactionId: string };

const resourceExhausted = 8;

export function cycleFailure(error: unknown): CycleFailure {
  if (error instanceof RejectedError) return rejected(error);
  const code = codeOf(error);
  if (error instanceof ConflictError) return { kind: 'moved', code };
  if (error instanceof UnknownOutcomeError) return { kind: 'ordering', code };
  return { kind: isOfExecution(error) ? 'execution' : 'environment', code };
}

/** What a failure may be called where others read it: its text may hold what is private. */
export function codeOf(error: unknown): string {
  if (error instanceof MarketError) return error.code;
  return error instanceof Error ? error.name : 'Unexpected';
}

function rejected({ rejection, code }: RejectedError): CycleFailure {
  switch (rejection.code) {
    case 'CycleAhead':
    case 'SubmissionOutOfOrder':
      return { kind: 'moved', code };
    case 'RecallNeeded':
      return { kind: 'recall', code };
    case 'SubmissionUnknown':
      return { kind: 'unreadable', code, member: rejection.member };
    case 'SubmissionSuspected':
      return { kind: 'suspected', code, member: rejection.member, transactionId: rejection.transactionId };
    case 'CollectionNotHeld': {
      const member = inboxOwner(rejection.collection);
      return member === undefined ? { kind: 'environment', code } : { kind: 'unreadable', code, member };
    }
    default:
      return { kind: 'environment', code };
  }
}

/** A call that was cancelled here ran into the scheduler's own deadline. */
function isOfExecution(error: unknown): boolean {
  if (error instanceof UnavailableError) return error.nodes.length > 0;
  if (error instanceof GatewayRefusedError) return error.status === resourceExhausted;
  return (
    error instanceof TimeoutError ||
    error instanceof CancelledError ||
    error instanceof ChaincodeFailedError ||
    error instanceof EndorsementError
  );
}
