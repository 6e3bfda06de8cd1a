import { status } from '@grpc/grpc-js';
import type { Connection } from './connection';
import { causeText, clockText, knowsNoPeer } from './failure-cause';
import { type GatewayFailure, gatewayFailure, refusesIdentity } from './gateway-failure';
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
import { homeOf } from './profile';

export interface FailedCall {
  readonly connection: Connection;
  readonly step: 'endorse' | 'evaluate';
  readonly transactionId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Who was asked; undefined: the gateway chose. */
  readonly organisations: readonly string[] | undefined;
}

const probeMs = 1_000;

/** What a call that failed for good is reported as. Nothing has been sent to be ordered. */
export async function callFailure(failure: GatewayFailure, call: FailedCall): Promise<MarketError> {
  const { cause, nodes } = failure;
  const { connection } = call;
  const { endpoint, mspId } = connection.profile;
  if (call.signal?.aborted === true) return new CancelledError({ cause: call.signal.reason });
  if (failure.rejection) return new RejectedError(failure.rejection, true, { cause });
  if (refusesIdentity(failure.status)) return new IdentityRefusedError(mspId, { cause });
  const unavailable = is(failure, status.UNAVAILABLE);
  const unreachable = async (): Promise<MarketError> =>
    new UnavailableError(endpoint, nodes, { cause }, await causeOf(failure, call));
  if (unavailable && nodes.length === 0) return unreachable();
  if (is(failure, status.DEADLINE_EXCEEDED)) {
    const whose = `${endpoint}, the peer of ${homeOf(connection.profile)}`;
    return new TimeoutError(call.step, call.deadlineMs, { cause }, whose);
  }
  if (is(failure, status.UNKNOWN) && nodes.length > 0) return new ChaincodeFailedError(nodes, { cause });
  if (await isIdentityRefused(connection, call.transactionId)) return new IdentityRefusedError(mspId, { cause });
  // A gateway counts a node that refuses a proposal for its creator among those that it cannot use, so this comes after.
  if (unavailable) return unreachable();
  if (is(failure, status.ABORTED)) return new EndorsementError(nodes, { cause }, clockText(failure));
  return new GatewayRefusedError(failure.status, (await causeOf(failure, call)) ?? cause.message, { cause });
}

/** Why nobody could answer. A gateway says of a channel that it does not have, too, that it knows of no peers: so its channel is asked for. */
async function causeOf(
  failure: GatewayFailure,
  { connection, organisations }: FailedCall,
): Promise<string | undefined> {
  const asked = { profile: connection.profile, organisations };
  if (knowsNoPeer(failure)) {
    try {
      await connection.height(probeMs, undefined);
    } catch (error) {
      const probed = gatewayFailure(error);
      const told = probed && causeText(probed, asked);
      if (told !== undefined && probed && !knowsNoPeer(probed)) return told;
    }
  }
  return causeText(failure, asked);
}

function is(failure: GatewayFailure, expected: number): boolean {
  return failure.status === expected;
}
