import { createHash } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { ClientIdentity } from './client-identity';

/** All that a proposal says: nothing of it is left to chance. */
export interface ProposalTerms {
  readonly client: ClientIdentity;
  readonly channel: string;
  readonly chaincode: string;
  readonly args: readonly Uint8Array[];
  readonly transient?: Readonly<Record<string, Uint8Array>>;
  readonly nonce: Uint8Array;
  readonly time: Date;
  /** In place of the one that follows from nonce and creator. */
  readonly transactionId?: string;
}

export interface Proposal {
  readonly transactionId: string;
  readonly channel: string;
  readonly client: ClientIdentity;
  readonly message: peer.SignedProposal;
}

/** A signed proposal: the same bytes go to both networks. */
export async function propose(terms: ProposalTerms): Promise<Proposal> {
  const { client, channel, nonce } = terms;
  const computed = createHash('sha256').update(nonce).update(client.creator).digest('hex');
  const transactionId = terms.transactionId ?? computed;
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(client.creator);
  signatureHeader.setNonce(nonce);
  const header = new common.Header();
  header.setChannelHeader(channelHeader(terms, transactionId).serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload(terms).serializeBinary());
  const message = new peer.SignedProposal();
  const bytes = proposal.serializeBinary();
  message.setProposalBytes(bytes);
  message.setSignature(await client.sign(bytes));
  return { transactionId, channel, client, message };
}

function channelHeader({ channel, chaincode, time }: ProposalTerms, transactionId: string): common.ChannelHeader {
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId(chaincode));
  const header = new common.ChannelHeader();
  header.setType(common.HeaderType.ENDORSER_TRANSACTION);
  header.setTxId(transactionId);
  header.setTimestamp(Timestamp.fromDate(time));
  header.setChannelId(channel);
  header.setExtension$(extension.serializeBinary());
  return header;
}

function payload({ chaincode, args, transient = {} }: ProposalTerms): peer.ChaincodeProposalPayload {
  const input = new peer.ChaincodeInput();
  input.setArgsList([...args]);
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.NODE);
  spec.setChaincodeId(chaincodeId(chaincode));
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const result = new peer.ChaincodeProposalPayload();
  result.setInput(invocation.serializeBinary());
  for (const [name, value] of Object.entries(transient)) result.getTransientmapMap().set(name, value);
  return result;
}

function chaincodeId(name: string): peer.ChaincodeID {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return id;
}
