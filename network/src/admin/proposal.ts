import { createHash, randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { LocalSigner } from '../identities';

const NONCE_BYTES = 24;

/** A signed proposal, with what a transaction made of its endorsements needs. */
export interface SignedProposal {
  readonly transactionId: string;
  readonly channel: string;
  readonly message: peer.SignedProposal;
  readonly header: common.Header;
  readonly payload: Uint8Array;
}

/** A proposal to call a chaincode. An empty channel addresses the peer itself. */
export function signedProposal(
  signer: LocalSigner,
  channel: string,
  chaincode: string,
  args: readonly Uint8Array[],
): SignedProposal {
  const signatureHeader = new common.SignatureHeader();
  const nonce = randomBytes(NONCE_BYTES);
  signatureHeader.setCreator(signer.creator);
  signatureHeader.setNonce(nonce);
  const transactionId = createHash('sha256').update(nonce).update(signer.creator).digest('hex');

  const header = new common.Header();
  header.setChannelHeader(channelHeader(transactionId, channel, chaincode).serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());

  const payload = proposalPayload(chaincode, args);
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload);
  const message = new peer.SignedProposal();
  const bytes = proposal.serializeBinary();
  message.setProposalBytes(bytes);
  message.setSignature(signer.sign(bytes));
  return { transactionId, channel, message, header, payload };
}

function channelHeader(transactionId: string, channel: string, chaincode: string): common.ChannelHeader {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId(chaincode));
  const header = new common.ChannelHeader();
  header.setType(common.HeaderType.ENDORSER_TRANSACTION);
  header.setTxId(transactionId);
  header.setTimestamp(Timestamp.fromDate(new Date()));
  header.setChannelId(channel);
  header.setExtension$(extension.serializeBinary());
  return header;
}

function proposalPayload(chaincode: string, args: readonly Uint8Array[]): Uint8Array {
  const input = new peer.ChaincodeInput();
  input.setArgsList([...args]);
  const spec = new peer.ChaincodeSpec();
  spec.setChaincodeId(chaincodeId(chaincode));
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  return payload.serializeBinary();
}

function chaincodeId(name: string): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return id;
}

/** The signed transaction of a proposal and its endorsements, ready for the orderers. */
export function signedTransaction(
  signer: LocalSigner,
  proposal: SignedProposal,
  responsePayload: Uint8Array,
  endorsements: readonly peer.Endorsement[],
): common.Envelope {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(responsePayload);
  endorsed.setEndorsementsList([...endorsements]);
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setChaincodeProposalPayload(proposal.payload);
  actionPayload.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setHeader(proposal.header.getSignatureHeader_asU8());
  action.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);

  const payload = new common.Payload();
  payload.setHeader(proposal.header);
  payload.setData(transaction.serializeBinary());
  const bytes = payload.serializeBinary();
  const envelope = new common.Envelope();
  envelope.setPayload(bytes);
  envelope.setSignature(signer.sign(bytes));
  return envelope;
}
