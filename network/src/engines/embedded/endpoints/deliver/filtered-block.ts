import { common, peer } from '@hyperledger/fabric-protos';
import { eventsOf, transactionsOf, type BlockTransaction } from '../blocks';

const { HeaderType } = common;

/** What a block says about its transactions, without their contents: ids, types, results, and events without payloads. */
export function filteredBlock(block: common.Block): peer.FilteredBlock {
  const filtered = new peer.FilteredBlock();
  filtered.setNumber(block.getHeader()?.getNumber() ?? 0);
  for (const transaction of transactionsOf(block)) {
    filtered.setChannelId(transaction.channelHeader.getChannelId());
    filtered.addFilteredTransactions(filteredTransaction(transaction));
  }
  return filtered;
}

function filteredTransaction(transaction: BlockTransaction): peer.FilteredTransaction {
  const { channelHeader, validationCode } = transaction;
  const type = channelHeader.getType() as common.HeaderTypeMap[keyof common.HeaderTypeMap];
  const filtered = new peer.FilteredTransaction();
  filtered.setTxid(channelHeader.getTxId());
  filtered.setType(type);
  filtered.setTxValidationCode(validationCode as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap]);
  if (type === HeaderType.ENDORSER_TRANSACTION) {
    filtered.setTransactionActions(filteredActions(transaction));
  }
  return filtered;
}

function filteredActions(transaction: BlockTransaction): peer.FilteredTransactionActions {
  const actions = new peer.FilteredTransactionActions();
  for (const event of eventsOf(transaction)) {
    if (event.getChaincodeId() !== '') {
      const visible = new peer.ChaincodeEvent();
      visible.setTxId(event.getTxId());
      visible.setChaincodeId(event.getChaincodeId());
      visible.setEventName(event.getEventName());
      const action = new peer.FilteredChaincodeAction();
      action.setChaincodeEvent(visible);
      actions.addChaincodeActions(action);
    }
  }
  return actions;
}
