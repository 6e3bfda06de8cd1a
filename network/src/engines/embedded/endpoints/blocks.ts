import { common, peer } from '@hyperledger/fabric-protos';

const { BlockMetadataIndex, HeaderType } = common;

/** A transaction as it stands in a block. */
export interface BlockTransaction {
  readonly channelHeader: common.ChannelHeader;
  /** protos.TxValidationCode */
  readonly validationCode: number;
  readonly payload: common.Payload;
}

const INVALID_OTHER_REASON = 255;

/** The transactions of a block; what cannot be read at all is left out, as peers leave it out. */
export function transactionsOf(block: common.Block): BlockTransaction[] {
  const codes = block.getMetadata()?.getMetadataList_asU8()[BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  const transactions: BlockTransaction[] = [];
  (block.getData()?.getDataList_asU8() ?? []).forEach((bytes, index) => {
    const transaction = readTransaction(bytes, codes[index] ?? INVALID_OTHER_REASON);
    if (transaction !== undefined) {
      transactions.push(transaction);
    }
  });
  return transactions;
}

function readTransaction(bytes: Uint8Array, validationCode: number): BlockTransaction | undefined {
  try {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
    const header = payload.getHeader();
    if (header === undefined) {
      return undefined;
    }
    return {
      payload,
      validationCode,
      channelHeader: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    };
  } catch {
    return undefined;
  }
}

/** The chaincode events of a transaction, valid or not. */
export function eventsOf(transaction: BlockTransaction): peer.ChaincodeEvent[] {
  if (transaction.channelHeader.getType() !== HeaderType.ENDORSER_TRANSACTION) {
    return [];
  }
  const events: peer.ChaincodeEvent[] = [];
  for (const action of actionsOf(transaction.payload)) {
    const bytes = action.getEvents_asU8();
    if (bytes.length > 0) {
      events.push(peer.ChaincodeEvent.deserializeBinary(bytes));
    }
  }
  return events;
}

function actionsOf(payload: common.Payload): peer.ChaincodeAction[] {
  const actions: peer.ChaincodeAction[] = [];
  try {
    for (const action of peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList()) {
      const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction();
      if (endorsed !== undefined) {
        const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
        actions.push(peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()));
      }
    }
  } catch {
    // A transaction that cannot be read was marked invalid at its commit and has no events.
  }
  return actions;
}

/** Whether the block holds the channel's configuration. */
export function isConfigBlock(block: common.Block): boolean {
  return transactionsOf(block).some(({ channelHeader }) => channelHeader.getType() === HeaderType.CONFIG);
}
