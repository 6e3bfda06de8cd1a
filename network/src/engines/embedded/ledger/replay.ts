import { common } from '@hyperledger/fabric-protos';
import { chaincodeActionOf } from './history';
import type { PrivateTransaction } from './private-application';
import { keepsPrivateValues, privateTransaction } from './private-transactions';
import { parseReadWriteSet } from './read-write-set';

/** What a block that was judged before means for private values, read from the block alone. */
export function replayedTransactions(
  envelopes: readonly Uint8Array[],
  codes: readonly number[],
): readonly PrivateTransaction[] {
  return envelopes.flatMap((bytes, index) => {
    const validationCode = codes[index];
    if (validationCode === undefined || !keepsPrivateValues(validationCode)) return [];
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
    );
    if (header.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return [];
    const sets = parseReadWriteSet(chaincodeActionOf(payload).getResults_asU8());
    return [privateTransaction(index, header.getTxId(), validationCode, sets)];
  });
}
