import { type Commit, type Status, StatusCode } from '@hyperledger/fabric-gateway';
import { backOff } from './backoff';
import { gatewayFailure, refusesIdentity } from './gateway-failure';
import { SignerError, UnknownOutcomeError } from './market-error';
import { rpcOptions } from './rpc-options';

/**
 * Waits until a transaction is in a block, over interruptions of the gateway, for so long.
 * @returns undefined: still unknown. It may yet be committed.
 * @throws UnknownOutcomeError where a signer does not sign the question.
 */
export async function commitOutcome(
  commit: Commit,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Status | undefined> {
  const end = performance.now() + deadlineMs;
  for (let attempt = 1; signal?.aborted !== true; attempt += 1) {
    const remaining = end - performance.now();
    if (remaining <= 0) return undefined;
    try {
      return await commit.getStatus(rpcOptions(remaining, signal));
    } catch (error) {
      if (error instanceof SignerError) throw new UnknownOutcomeError([commit.getTransactionId()], { cause: error });
      const failure = gatewayFailure(error);
      if (failure && refusesIdentity(failure.status)) return undefined;
    }
    await backOff(attempt, signal);
  }
  return undefined;
}

/** Whether another transaction changed what this one had read, so that it was recorded but not applied. */
export function isConflict({ code }: Status): boolean {
  return code === StatusCode.MVCC_READ_CONFLICT || code === StatusCode.PHANTOM_READ_CONFLICT;
}
