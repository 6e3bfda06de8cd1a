import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { codeName, hex, transactionForm } from './transaction-form';

/** A block in the form in which two networks are compared: without what differs by who orders and when the channel was made. */
export function blockForm(block: common.Block): unknown {
  const header = block.getHeader() ?? new common.BlockHeader();
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const codes = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  return {
    number: header.getNumber(),
    transactions: (block.getData()?.getDataList_asU8() ?? []).map(envelopeForm),
    codes: [...codes].map(codeName),
    entries: metadata.length,
    lastConfiguration: lastConfiguration(metadata[common.BlockMetadataIndex.SIGNATURES]),
    // It covers the first block, which names other orderers.
    commitHashBytes: valueOf(metadata[common.BlockMetadataIndex.COMMIT_HASH]).length,
  };
}

/**
 * Private write sets by the transaction's place in the block: those of transactions that are none are told by one network and not by the
 * other, as the engine's README says.
 */
export function privateForm(answer: peer.BlockAndPrivateData): unknown {
  const sets: { place: number; sets: readonly unknown[] }[] = [];
  const metadata = answer.getBlock()?.getMetadata()?.getMetadataList_asU8() ?? [];
  const codes = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  answer.getPrivateDataMapMap().forEach((set, place) => {
    if (codes[place] === peer.TxValidationCode.INVALID_ENDORSER_TRANSACTION) return;
    const values = privateValues(set);
    if (values.length > 0) sets.push({ place, sets: values });
  });
  return sets.sort((one, other) => one.place - other.place);
}

function envelopeForm(bytes: Uint8Array): unknown {
  const form = transactionForm(common.Envelope.deserializeBinary(bytes));
  return form.type === common.HeaderType.CONFIG ? { type: form.type } : form;
}

function privateValues(set: ledger.rwset.TxPvtReadWriteSet): readonly unknown[] {
  return set.getNsPvtRwsetList().flatMap((one) =>
    one.getCollectionPvtRwsetList().flatMap((part) => {
      const keyValues = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(part.getRwset_asU8());
      const place = { namespace: one.getNamespace(), collection: part.getCollectionName() };
      return [{ ...place, bytes: hex(part.getRwset_asU8()), set: keyValues.toObject() }];
    }),
  );
}

function lastConfiguration(bytes: Uint8Array | undefined): number | undefined {
  return common.OrdererBlockMetadata.deserializeBinary(valueOf(bytes)).getLastConfig()?.getIndex();
}

function valueOf(metadata: Uint8Array = new Uint8Array()): Uint8Array {
  return common.Metadata.deserializeBinary(metadata).getValue_asU8();
}
