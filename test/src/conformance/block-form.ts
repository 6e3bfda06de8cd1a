import type { ClientDuplexStream } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { codeName } from './lockstep';
import { decodedPrivateSets, hex, transactionForm } from './transaction-form';

const quietMs = 60_000;

/** A block in the form in which two networks are compared: without what differs by who orders and when the channel was made. */
export function blockForm(block: common.Block): unknown {
  const header = block.getHeader() ?? new common.BlockHeader();
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const codes = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  return {
    number: header.getNumber(),
    transactions: (block.getData()?.getDataList_asU8() ?? []).map((bytes) => envelopeForm(bytes)),
    codes: [...codes].map(codeName),
    entries: metadata.length,
    lastConfiguration: lastConfiguration(metadata[common.BlockMetadataIndex.SIGNATURES]),
    // It covers the first block, which names other orderers.
    commitHashBytes: commitHashBytes(metadata[common.BlockMetadataIndex.COMMIT_HASH]),
  };
}

/** Private write sets by the transaction's place in the block. */
export function privateForm(answer: peer.BlockAndPrivateData): unknown {
  const sets = [...answer.getPrivateDataMapMap().entries()].map(
    ([place, set]: [number, { serializeBinary(): Uint8Array }]) => {
      const bytes = set.serializeBinary();
      return { place, bytes: hex(bytes), decoded: decodedPrivateSets(bytes) };
    },
  );
  return sets.sort((one, other) => one.place - other.place);
}

/** Everything that a stream of blocks tells up to its last status. */
export async function blocksOf(
  stream: ClientDuplexStream<common.Envelope, peer.DeliverResponse>,
  request: common.Envelope,
): Promise<readonly peer.DeliverResponse[]> {
  const answers: peer.DeliverResponse[] = [];
  const silent = setTimeout(
    () => stream.destroy(new Error(`No end of blocks came within ${quietMs.toString()} ms`)),
    quietMs,
  );
  stream.write(request);
  try {
    for await (const answer of stream as AsyncIterable<peer.DeliverResponse>) {
      silent.refresh();
      answers.push(answer);
      if (answer.getTypeCase() === peer.DeliverResponse.TypeCase.STATUS) break;
    }
  } finally {
    clearTimeout(silent);
    stream.on('error', () => undefined);
    stream.cancel();
  }
  return answers;
}

function envelopeForm(bytes: Uint8Array): unknown {
  try {
    const form = transactionForm(common.Envelope.deserializeBinary(bytes));
    return form.type === common.HeaderType.CONFIG ? { type: form.type } : form;
  } catch {
    // What is no envelope at all stands in a block too.
    return { bytes: hex(bytes) };
  }
}

function lastConfiguration(bytes: Uint8Array | undefined): number | undefined {
  const value = common.Metadata.deserializeBinary(bytes ?? new Uint8Array()).getValue_asU8();
  return common.OrdererBlockMetadata.deserializeBinary(value).getLastConfig()?.getIndex();
}

function commitHashBytes(bytes: Uint8Array | undefined): number {
  return common.Metadata.deserializeBinary(bytes ?? new Uint8Array()).getValue_asU8().length;
}
