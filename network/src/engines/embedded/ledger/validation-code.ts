import { peer } from '@hyperledger/fabric-protos';

/** protos.TxValidationCode */
export const code = peer.TxValidationCode;
