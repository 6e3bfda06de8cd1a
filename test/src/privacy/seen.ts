import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';

const { kvrwset } = ledger.rwset;
const nothing = new Uint8Array();

export interface SeenRead {
  /** Of a public read the key, of a private one the hash of the key in hexadecimal. */
  readonly key: string;
  /** `block/transaction` of the write that it read; empty where nothing stood there. */
  readonly version: string;
}

export interface SeenCollection {
  readonly collection: string;
  readonly reads: readonly SeenRead[];
  /** Hashes of keys in hexadecimal, as they are listed: in the order of the keys themselves. */
  readonly writes: readonly string[];
  /** Those of them that were removed. */
  readonly removed: readonly string[];
  readonly metadata: number;
}

export interface SeenState {
  readonly namespace: string;
  readonly reads: readonly SeenRead[];
  readonly writes: readonly string[];
  readonly ranges: number;
  readonly metadata: number;
  readonly collections: readonly SeenCollection[];
}

/** All that an endorsed transaction tells those who may read blocks, and are told no private values. */
export interface SeenTransaction {
  readonly transactionId: string;
  readonly block: number;
  readonly index: number;
  /** What its sender's clock said, in milliseconds. */
  readonly sentAt: number;
  readonly valid: boolean;
  readonly creator: string;
  readonly chaincode: string;
  readonly functionName: string;
  readonly furtherArguments: number;
  readonly endorsers: readonly string[];
  readonly response: { readonly status: number; readonly message: string; readonly payload: string };
  readonly event: { readonly name: string; readonly payload: string } | undefined;
  readonly states: readonly SeenState[];
  /** Of what was endorsed: read sets, write sets, response and event. */
  readonly bytes: number;
}

/** What a block tells, read in the tests' own way. Transactions of configuration are left out. */
export function seenIn(block: common.Block): readonly SeenTransaction[] {
  const number = block.getHeader()?.getNumber() ?? 0;
  const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  return (block.getData()?.getDataList_asU8() ?? []).flatMap((bytes, index) => {
    const seen = seenInEnvelope(common.Envelope.deserializeBinary(bytes));
    const valid = codes?.[index] === peer.TxValidationCode.VALID;
    return seen === undefined ? [] : [{ ...seen, block: number, index, valid }];
  });
}

/** The same of one that nobody has ordered. */
export function seenInEnvelope(
  envelope: common.Envelope,
): Omit<SeenTransaction, 'block' | 'index' | 'valid'> | undefined {
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const header = payload.getHeader();
  const channelHeader = common.ChannelHeader.deserializeBinary(header?.getChannelHeader_asU8() ?? nothing);
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  const signature = common.SignatureHeader.deserializeBinary(header?.getSignatureHeader_asU8() ?? nothing);
  const [first] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const action = peer.ChaincodeActionPayload.deserializeBinary(first?.getPayload_asU8() ?? nothing);
  const proposal = peer.ChaincodeProposalPayload.deserializeBinary(action.getChaincodeProposalPayload_asU8());
  const spec = peer.ChaincodeInvocationSpec.deserializeBinary(proposal.getInput_asU8()).getChaincodeSpec();
  const [name = nothing, ...further] = spec?.getInput()?.getArgsList_asU8() ?? [];
  const endorsed = action.getAction()?.getProposalResponsePayload_asU8() ?? nothing;
  const result = peer.ChaincodeAction.deserializeBinary(
    peer.ProposalResponsePayload.deserializeBinary(endorsed).getExtension_asU8(),
  );
  const response = result.getResponse();
  return {
    transactionId: channelHeader.getTxId(),
    sentAt: channelHeader.getTimestamp()?.toDate().getTime() ?? 0,
    creator: mspOf(signature.getCreator_asU8()),
    chaincode: spec?.getChaincodeId()?.getName() ?? '',
    functionName: Buffer.from(name).toString(),
    furtherArguments: further.length,
    endorsers: (action.getAction()?.getEndorsementsList() ?? []).map((one) => mspOf(one.getEndorser_asU8())).sort(),
    response: {
      status: response?.getStatus() ?? 0,
      message: response?.getMessage() ?? '',
      payload: Buffer.from(response?.getPayload_asU8() ?? nothing).toString(),
    },
    event: eventIn(result.getEvents_asU8()),
    states: ledger.rwset.TxReadWriteSet.deserializeBinary(result.getResults_asU8()).getNsRwsetList().map(stateIn),
    bytes: endorsed.length,
  };
}

function stateIn(namespace: ledger.rwset.NsReadWriteSet): SeenState {
  const set = kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
  return {
    namespace: namespace.getNamespace(),
    reads: set.getReadsList().map((read) => ({ key: read.getKey(), version: versionOf(read.getVersion()) })),
    writes: set.getWritesList().map((write) => write.getKey()),
    ranges: set.getRangeQueriesInfoList().length,
    metadata: set.getMetadataWritesList().length,
    collections: namespace.getCollectionHashedRwsetList().map(collectionIn),
  };
}

function collectionIn(use: ledger.rwset.CollectionHashedReadWriteSet): SeenCollection {
  const set = kvrwset.HashedRWSet.deserializeBinary(use.getHashedRwset_asU8());
  return {
    collection: use.getCollectionName(),
    reads: set.getHashedReadsList().map((read) => ({
      key: hex(read.getKeyHash_asU8()),
      version: versionOf(read.getVersion()),
    })),
    writes: set.getHashedWritesList().map((write) => hex(write.getKeyHash_asU8())),
    removed: set
      .getHashedWritesList()
      .filter((write) => write.getIsDelete())
      .map((write) => hex(write.getKeyHash_asU8())),
    metadata: set.getMetadataWritesList().length,
  };
}

function eventIn(bytes: Uint8Array): SeenTransaction['event'] {
  if (bytes.length === 0) return undefined;
  const event = peer.ChaincodeEvent.deserializeBinary(bytes);
  return { name: event.getEventName(), payload: Buffer.from(event.getPayload_asU8()).toString() };
}

function versionOf(version: ledger.rwset.kvrwset.Version | undefined): string {
  return version === undefined ? '' : `${version.getBlockNum().toString()}/${version.getTxNum().toString()}`;
}

function mspOf(identity: Uint8Array): string {
  return msp.SerializedIdentity.deserializeBinary(identity).getMspid();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
