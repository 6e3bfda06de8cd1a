import type { Connection } from './connection';
import { gatewayFailure, refusesIdentity } from './gateway-failure';
import { rpcOptions } from './rpc-options';

const probeMs = 1_000;

/**
 * Whether the gateway refuses who we are. A peer that refuses a proposal for its creator says so in words only; the commit status
 * has a status of its own for that, whatever the transaction.
 */
export async function isIdentityRefused(connection: Connection, transactionId: string): Promise<boolean> {
  try {
    await connection.commitOf(transactionId).getStatus(rpcOptions(probeMs, undefined));
    return false;
  } catch (error) {
    const failure = gatewayFailure(error);
    return failure !== undefined && refusesIdentity(failure.status);
  }
}
