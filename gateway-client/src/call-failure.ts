import { status } from '@grpc/grpc-js';
import type { Connection } from './connection';
import { type GatewayFailure, refusesIdentity } from './gateway-failure';
import { isIdentityRefused } from './identity-check';
import {
  CancelledError,
  ChaincodeFailedError,
  EndorsementError,
  GatewayRefusedError,
  IdentityRefusedError,
  type MarketError,
  RejectedError,
  TimeoutError,
  UnavailableError,
} from './market-error';

export interface FailedCall {
  readonly connection: Connection;
  readonly step: 'endorse' | 'evaluate';
  readonly transactionId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What a call that failed for good is reported as. Nothing has been sent to be ordered. */
export async function callFailure(failure: GatewayFailure, call: FailedCall): Promise<MarketError> {
  const { cause, nodes } = failure;
  const { connection } = call;
  const { endpoint, mspId } = connection.profile;
  if (call.signal?.aborted === true) return new CancelledError({ cause: call.signal.reason });
  if (failure.rejection) return new RejectedError(failure.rejection, true, { cause });
  if (refusesIdentity(failure.status)) return new IdentityRefusedError(mspId, { cause });
  const unavailable = is(failure, status.UNAVAILABLE);
  if (unavailable && nodes.length === 0) return new UnavailableError(endpoint, nodes, { cause });
  if (is(failure, status.DEADLINE_EXCEEDED)) return new TimeoutError(call.step, call.deadlineMs, { cause });
  if (is(failure, status.UNKNOWN) && nodes.length > 0) return new ChaincodeFailedError(nodes, { cause });
  if (await isIdentityRefused(connection, call.transactionId)) return new IdentityRefusedError(mspId, { cause });
  // A gateway counts a node that refuses a proposal for its creator among those that it cannot use, so this comes after.
  if (unavailable) return new UnavailableError(endpoint, nodes, { cause });
  if (is(failure, status.ABORTED)) return new EndorsementError(nodes, { cause });
  return new GatewayRefusedError(failure.status, cause.message, { cause });
}

function is(failure: GatewayFailure, expected: number): boolean {
  return failure.status === expected;
}
