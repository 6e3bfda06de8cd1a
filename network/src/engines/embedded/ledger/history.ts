import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { envelopeAt, type ChainStore } from './chain-store';
import type { Database } from './database';
import { historyPlace, historyRange } from './main-keys';
import { isDeletion, parseReadWriteSet } from './read-write-set';
import type { StateView } from './state-view';

type KeyModification = ledger.queryresult.KeyModification;

/** Valid writes of a key, newest first, as far as the view reaches. The index says where; the values are read from the blocks. */
export async function* historyOf(
  database: Database,
  chain: ChainStore,
  view: StateView,
  namespace: string,
  key: string,
): AsyncGenerator<KeyModification> {
  const range = { ...historyRange(namespace, key), reverse: true, snapshot: view.snapshot };
  for await (const indexKey of database.keys(range)) {
    const { block: number, transaction } = historyPlace(indexKey);
    const block = await chain.block(number);
    const modification = block && modificationIn(envelopeAt(block, transaction), namespace, key);
    if (modification === undefined)
      throw new RangeError(
        `no namespace or key is found for namespace ${namespace} and key ${key} with decoded blockNum ${number.toString()} and tranNum ${transaction.toString()}`,
      );
    yield modification;
  }
}

/** peer.ChaincodeAction of an endorser transaction that was checked before. */
export function chaincodeActionOf(payload: common.Payload): peer.ChaincodeAction {
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
  const response = endorsed.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array();
  return peer.ChaincodeAction.deserializeBinary(
    peer.ProposalResponsePayload.deserializeBinary(response).getExtension_asU8(),
  );
}

function modificationIn(envelope: common.Envelope, namespace: string, key: string): KeyModification | undefined {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  const sets = parseReadWriteSet(chaincodeActionOf(payload).getResults_asU8());
  const write = sets.find((set) => set.namespace === namespace)?.writes.find((candidate) => candidate.getKey() === key);
  if (write === undefined) return undefined;
  const modification = new ledger.queryresult.KeyModification();
  modification.setTxId(header.getTxId());
  modification.setValue(write.getValue_asU8());
  modification.setTimestamp(header.getTimestamp());
  modification.setIsDelete(isDeletion(write));
  return modification;
}
