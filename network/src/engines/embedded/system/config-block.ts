import { common } from '@hyperledger/fabric-protos';
import type { Ledger } from '../ports';

const { BlockMetadataIndex } = common;

/** The block that holds the channel's configuration in force, which the newest block names in its metadata. */
export async function configBlock(ledger: Ledger): Promise<common.Block | undefined> {
  const newest = await ledger.block(ledger.height - 1n);
  return newest === undefined ? undefined : ledger.block(BigInt(configBlockNumber(newest)));
}

function configBlockNumber(block: common.Block): number {
  const entries = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const signatures = entries[BlockMetadataIndex.SIGNATURES];
  if (signatures === undefined || signatures.length === 0) {
    return 0;
  }
  const value = common.Metadata.deserializeBinary(signatures).getValue_asU8();
  return common.OrdererBlockMetadata.deserializeBinary(value).getLastConfig()?.getIndex() ?? 0;
}

/** The channel's configuration out of its block. */
export function configOf(block: common.Block): common.Config | undefined {
  const bytes = block.getData()?.getDataList_asU8()[0];
  if (bytes === undefined) {
    return undefined;
  }
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
  return common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
}
