import { peer } from '@hyperledger/fabric-protos';

/** What a peer says with READY that it takes beyond single reads and writes; 0 where it does not. */
export interface BatchOffer {
  readonly keysPerRead: number;
  readonly recordsPerWrite: number;
}

export const nothingOffered: BatchOffer = { keysPerRead: 0, recordsPerWrite: 0 };

/** What the peer's READY says. */
export function offerOf(payload: Uint8Array): BatchOffer {
  const offered = peer.ChaincodeAdditionalParams.deserializeBinary(payload);
  return {
    keysPerRead: offered.getUseGetMultipleKeys() ? offered.getMaxSizeGetMultipleKeys() : 0,
    recordsPerWrite: offered.getUseWriteBatch() ? offered.getMaxSizeWriteBatch() : 0,
  };
}
