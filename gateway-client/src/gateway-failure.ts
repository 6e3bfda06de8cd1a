import { status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import type { Rejection } from '@kessai/interface';
import type { NodeAnswer } from './market-error';
import { rejectionIn } from './rejection-text';

/** A node's answer, with the rejection in it. */
export interface NodeFailure extends NodeAnswer {
  readonly rejection: Rejection | undefined;
}

/** A failed call of the gateway service, as far as its structure tells. */
export interface GatewayFailure {
  /** The gRPC status. */
  readonly status: number;
  /** What each node said that failed; empty where the gateway itself did. */
  readonly nodes: readonly NodeFailure[];
  /** The first rejection that any node gave. */
  readonly rejection: Rejection | undefined;
  readonly cause: GatewayError;
}

/** Undefined: not a failure of the gateway service. */
export function gatewayFailure(error: unknown): GatewayFailure | undefined {
  if (!(error instanceof GatewayError)) return undefined;
  const nodes = error.details.map(({ mspId, address, message }) => ({
    mspId,
    address,
    message,
    rejection: rejectionIn(message),
  }));
  const rejection =
    nodes.find((node) => node.rejection !== undefined)?.rejection ??
    // A proxy on the way may drop the details; what the gateway says itself then still holds them.
    (nodes.length === 0 ? rejectionIn(error.message) : undefined);
  return { status: error.code, nodes, rejection, cause: error };
}

/**
 * Whether the rejection is the market's answer: each of the organisations asked gave it. Where one rejects and another endorses or
 * gives another reason, one of them is behind by a block, and asking again later tells which was right.
 */
export function isUnanimous(failure: GatewayFailure, asked: readonly string[] | undefined): boolean {
  if (failure.rejection === undefined) return false;
  if (asked === undefined || failure.nodes.length === 0) return true;
  const { code } = failure.rejection;
  return asked.every((mspId) => failure.nodes.some((node) => node.mspId === mspId && node.rejection?.code === code));
}

/** Statuses after which the same call may succeed elsewhere or later. */
const passing: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.ABORTED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
]);

/** Statuses that speak of who is calling. */
const refusing: ReadonlySet<number> = new Set([status.PERMISSION_DENIED, status.UNAUTHENTICATED]);

export function mayPass(code: number): boolean {
  return passing.has(code);
}

export function refusesIdentity(code: number): boolean {
  return refusing.has(code);
}
