import { peer } from '@hyperledger/fabric-protos';
import type { TransactionScope } from '../chaincode/transaction';

/** A chaincode that is part of the peer. */
export interface SystemChaincode {
  invoke(args: readonly Uint8Array[], scope: TransactionScope): Promise<peer.Response>;
}

export const SYSTEM_VERSION = 'syscc';

/** The system chaincodes of one organisation's peer, by name. */
export class SystemChaincodes {
  readonly #chaincodes: ReadonlyMap<string, SystemChaincode>;

  constructor(chaincodes: Readonly<Record<string, SystemChaincode>>) {
    this.#chaincodes = new Map(Object.entries(chaincodes));
  }

  has(name: string): boolean {
    return this.#chaincodes.has(name);
  }

  async invoke(name: string, args: readonly Uint8Array[], scope: TransactionScope): Promise<peer.Response> {
    const chaincode = this.#chaincodes.get(name);
    return chaincode === undefined ? failure(`chaincode ${name} not found`) : chaincode.invoke(args, scope);
  }
}

/** The lifecycle of Fabric 1: never part of this engine. */
export const legacyLifecycle: SystemChaincode = {
  invoke: () => Promise.resolve(failure('UNIMPLEMENTED: lscc is not supported, use _lifecycle')),
};

export function success(payload: Uint8Array): peer.Response {
  const response = new peer.Response();
  response.setStatus(200);
  response.setPayload(payload);
  return response;
}

export function failure(message: string, status = 500): peer.Response {
  const response = new peer.Response();
  response.setStatus(status);
  response.setMessage(message);
  return response;
}

export function utf8(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}
