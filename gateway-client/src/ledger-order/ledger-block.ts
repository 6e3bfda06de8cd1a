import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import type { Place } from '@kessai/interface';

const { kvrwset } = ledger.rwset;

/** What a valid transaction wrote publicly. */
export interface PublicWrite {
  readonly key: string;
  /** Undefined: the key was deleted. */
  readonly value: Uint8Array | undefined;
}

/** What a valid transaction read of a private collection, as everybody sees it. */
export interface HashedRead {
  /** SHA-256 of the key, in hexadecimal. */
  readonly keyHash: string;
  /** The transaction that had written what was read; undefined: nothing stood there. */
  readonly version: Place | undefined;
}

export interface HashedWrite {
  readonly keyHash: string;
  readonly deleted: boolean;
}

export interface CollectionUse {
  readonly collection: string;
  readonly reads: readonly HashedRead[];
  /** One for each key: the last one, which is what stands there afterwards. */
  readonly writes: readonly HashedWrite[];
  /** It changed policies of single keys. */
  readonly metadata: boolean;
}

/** A valid transaction, as far as it is about one chaincode. */
export interface LedgerTransaction {
  readonly transactionId: string;
  readonly place: Place;
  /** Organisation of whoever signed it. */
  readonly creator: string;
  /** The chaincode that was called; another one may have called the chaincode asked for. */
  readonly chaincode: string;
  /** The function that was called, in its caller's words. */
  readonly functionName: string;
  readonly writes: readonly PublicWrite[];
  /** It changed policies of single public keys. */
  readonly metadata: boolean;
  readonly collections: readonly CollectionUse[];
}

export interface LedgerBlock {
  readonly number: number;
  /** Hash of the block's transactions, in hexadecimal: two blocks with the same number and another hash are of different ledgers. */
  readonly dataHash: string;
  /** The valid ones that called the chaincode or touched its state, in their order. */
  readonly transactions: readonly LedgerTransaction[];
}

/** What a block tells any of its readers about a chaincode. What was not valid, and never happened, is left out. */
export function readBlock(block: common.Block, chaincode: string): LedgerBlock {
  const number = block.getHeader()?.getNumber() ?? 0;
  const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  const transactions: LedgerTransaction[] = [];
  for (const [index, bytes] of (block.getData()?.getDataList_asU8() ?? []).entries()) {
    if (codes?.[index] !== peer.TxValidationCode.VALID) continue;
    const transaction = readTransaction(bytes, { block: number, transaction: index }, chaincode);
    if (transaction) transactions.push(transaction);
  }
  return { number, dataHash: hex(block.getHeader()?.getDataHash_asU8()), transactions };
}

/** Undefined: it is no transaction of a chaincode, or has nothing to do with this one. */
function readTransaction(bytes: Uint8Array, place: Place, chaincode: string): LedgerTransaction | undefined {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
  const header = payload.getHeader();
  const channelHeader = common.ChannelHeader.deserializeBinary(header?.getChannelHeader_asU8() ?? nothing);
  if (channelHeader.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
  const [first] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const action = peer.ChaincodeActionPayload.deserializeBinary(first?.getPayload_asU8() ?? nothing);
  const called = calledOf(action);
  const use = useOf(action, chaincode);
  if (called.chaincode !== chaincode && use === undefined) return undefined;
  return {
    transactionId: channelHeader.getTxId(),
    place,
    creator: creatorOf(header),
    ...called,
    ...(use ?? { writes: [], metadata: false, collections: [] }),
  };
}

function creatorOf(header: common.Header | undefined): string {
  const signed = common.SignatureHeader.deserializeBinary(header?.getSignatureHeader_asU8() ?? nothing);
  return msp.SerializedIdentity.deserializeBinary(signed.getCreator_asU8()).getMspid();
}

function calledOf(action: peer.ChaincodeActionPayload): { chaincode: string; functionName: string } {
  const proposal = peer.ChaincodeProposalPayload.deserializeBinary(action.getChaincodeProposalPayload_asU8());
  const spec = peer.ChaincodeInvocationSpec.deserializeBinary(proposal.getInput_asU8()).getChaincodeSpec();
  const [name = nothing] = spec?.getInput()?.getArgsList_asU8() ?? [];
  return { chaincode: spec?.getChaincodeId()?.getName() ?? '', functionName: Buffer.from(name).toString('utf8') };
}

type Use = Pick<LedgerTransaction, 'writes' | 'metadata' | 'collections'>;

/** What the transaction did to the state of the chaincode; undefined: it does not even name it. */
function useOf(action: peer.ChaincodeActionPayload, chaincode: string): Use | undefined {
  const endorsed = action.getAction()?.getProposalResponsePayload_asU8() ?? nothing;
  const extension = peer.ProposalResponsePayload.deserializeBinary(endorsed).getExtension_asU8();
  const results = peer.ChaincodeAction.deserializeBinary(extension).getResults_asU8();
  const namespaces = ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList();
  const own = namespaces.filter((namespace) => namespace.getNamespace() === chaincode);
  if (own.length === 0) return undefined;
  const sets = own.map((namespace) => kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8()));
  return {
    writes: sets.flatMap((set) => set.getWritesList().map(publicWrite)),
    metadata: sets.some((set) => set.getMetadataWritesList().length > 0),
    collections: own.flatMap((namespace) => namespace.getCollectionHashedRwsetList().map(collectionUse)),
  };
}

/** A write of nothing deletes, whatever its flag says. */
function publicWrite(write: ledger.rwset.kvrwset.KVWrite): PublicWrite {
  const value = write.getValue_asU8();
  return { key: write.getKey(), value: write.getIsDelete() || value.length === 0 ? undefined : value };
}

function collectionUse(use: ledger.rwset.CollectionHashedReadWriteSet): CollectionUse {
  const set = kvrwset.HashedRWSet.deserializeBinary(use.getHashedRwset_asU8());
  const writes = new Map(set.getHashedWritesList().map((write) => [hex(write.getKeyHash_asU8()), isDeletion(write)]));
  return {
    collection: use.getCollectionName(),
    reads: set.getHashedReadsList().map(hashedRead),
    writes: [...writes].map(([keyHash, deleted]) => ({ keyHash, deleted })),
    metadata: set.getMetadataWritesList().length > 0,
  };
}

function hashedRead(read: ledger.rwset.kvrwset.KVReadHash): HashedRead {
  const version = read.getVersion();
  return {
    keyHash: hex(read.getKeyHash_asU8()),
    version: version && { block: version.getBlockNum(), transaction: version.getTxNum() },
  };
}

const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function isDeletion(write: ledger.rwset.kvrwset.KVWriteHash): boolean {
  return write.getIsDelete() || write.getIsPurge() || ['', hashOfNothing].includes(hex(write.getValueHash_asU8()));
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? nothing).toString('hex');
}

const nothing = new Uint8Array();
