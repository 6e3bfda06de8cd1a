import { createHash } from 'node:crypto';
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import type { Place } from '@kessai/interface';

const { kvrwset } = ledger.rwset;

/** What a test wants of one private collection. */
export interface HandMadeCollection {
  readonly collection: string;
  /** By plain key; a version of its own, or none where nothing stood there. */
  readonly reads?: readonly { readonly key: string; readonly version?: Place }[];
  readonly writes?: readonly { readonly key: string; readonly deleted?: true }[];
}

/** A transaction as a test describes it. */
export interface HandMadeTransaction {
  readonly transactionId: string;
  readonly creator?: string;
  readonly functionName: string;
  /** The chaincode that was called; by default the market's. */
  readonly chaincode?: string;
  readonly writes?: readonly { readonly key: string; readonly value?: string }[];
  readonly collections?: readonly HandMadeCollection[];
  readonly event?: string;
  /** By default VALID. */
  readonly code?: number;
}

const marketChaincode = 'market';

/** A whole block as a peer shows it, signatures left out. */
export function handMadeBlock(number: number, transactions: readonly HandMadeTransaction[]): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(number);
  header.setDataHash(sha256(`block ${number.toString()} ${transactions.map((one) => one.transactionId).join()}`));
  const data = new common.BlockData();
  data.setDataList(transactions.map((one) => envelopeOf(one).serializeBinary()));
  const metadata = new common.BlockMetadata();
  const codes = Uint8Array.from(transactions.map(({ code = peer.TxValidationCode.VALID }) => code));
  metadata.setMetadataList([new Uint8Array(), new Uint8Array(), codes]);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

/** A block of the channel's configuration, whose transaction is of no chaincode. */
export function configurationBlock(number: number): common.Block {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const block = handMadeBlock(number, []);
  block.getData()?.addData(envelope.serializeBinary());
  block.getMetadata()?.setMetadataList([new Uint8Array(), new Uint8Array(), Uint8Array.of(0)]);
  return block;
}

function envelopeOf(transaction: HandMadeTransaction): common.Envelope {
  const action = new peer.ChaincodeActionPayload();
  action.setChaincodeProposalPayload(proposalOf(transaction).serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(responseOf(transaction).serializeBinary());
  action.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setPayload(action.serializeBinary());
  const message = new peer.Transaction();
  message.addActions(transactionAction);
  const payload = new common.Payload();
  payload.setHeader(headerOf(transaction));
  payload.setData(message.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}

function headerOf({ transactionId, creator = 'AlphaMSP' }: HandMadeTransaction): common.Header {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setTxId(transactionId);
  const identity = new msp.SerializedIdentity();
  identity.setMspid(creator);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(identity.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  return header;
}

function proposalOf({ functionName, chaincode = marketChaincode }: HandMadeTransaction): peer.ChaincodeProposalPayload {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  const input = new peer.ChaincodeInput();
  input.addArgs(Buffer.from(functionName));
  const spec = new peer.ChaincodeSpec();
  spec.setChaincodeId(id);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const proposal = new peer.ChaincodeProposalPayload();
  proposal.setInput(invocation.serializeBinary());
  return proposal;
}

function responseOf({ writes = [], collections = [], event }: HandMadeTransaction): peer.ProposalResponsePayload {
  const set = new kvrwset.KVRWSet();
  for (const { key, value } of writes) {
    const write = new kvrwset.KVWrite();
    write.setKey(key);
    if (value === undefined) write.setIsDelete(true);
    else write.setValue(Buffer.from(value));
    set.addWrites(write);
  }
  const namespace = new ledger.rwset.NsReadWriteSet();
  namespace.setNamespace(marketChaincode);
  namespace.setRwset(set.serializeBinary());
  for (const one of collections) namespace.addCollectionHashedRwset(collectionOf(one));
  const results = new ledger.rwset.TxReadWriteSet();
  results.addNsRwset(namespace);
  const action = new peer.ChaincodeAction();
  action.setResults(results.serializeBinary());
  if (event !== undefined) {
    const message = new peer.ChaincodeEvent();
    message.setEventName(event);
    action.setEvents(message.serializeBinary());
  }
  const response = new peer.ProposalResponsePayload();
  response.setExtension$(action.serializeBinary());
  return response;
}

function collectionOf({ collection, reads = [], writes = [] }: HandMadeCollection) {
  const set = new kvrwset.HashedRWSet();
  for (const { key, version } of reads) {
    const read = new kvrwset.KVReadHash();
    read.setKeyHash(sha256(key));
    if (version) {
      const message = new kvrwset.Version();
      message.setBlockNum(version.block);
      message.setTxNum(version.transaction);
      read.setVersion(message);
    }
    set.addHashedReads(read);
  }
  for (const { key, deleted } of writes) {
    const write = new kvrwset.KVWriteHash();
    write.setKeyHash(sha256(key));
    if (deleted === true) write.setIsDelete(true);
    else write.setValueHash(sha256(`value of ${key}`));
    set.addHashedWrites(write);
  }
  const message = new ledger.rwset.CollectionHashedReadWriteSet();
  message.setCollectionName(collection);
  message.setHashedRwset(set.serializeBinary());
  return message;
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
