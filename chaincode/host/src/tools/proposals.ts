import { common, msp, peer } from '@hyperledger/fabric-protos';
import { transientRequestKey } from '@kessai/interface';

/** One call as a client signs it. */
export interface Call {
  /** `Contract:Method` and arguments. */
  readonly arguments: readonly (string | Uint8Array)[];
  /** The bytes of the private request, or all transient fields. */
  readonly request?: string | Uint8Array;
  readonly transient?: Readonly<Record<string, string>>;
  readonly mspId: string;
  readonly certificate: Uint8Array;
  readonly time: string;
  readonly txId: string;
}

export const channel = 'market-channel';

/** The message with which a peer hands a transaction to a chaincode. The signature is the peer's affair: none is made. */
export function transactionMessage(call: Call): peer.ChaincodeMessage {
  const input = new peer.ChaincodeInput();
  input.setArgsList(call.arguments.map((argument) => Buffer.from(argument)));
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal(call, input).serializeBinary());
  const message = new peer.ChaincodeMessage();
  message.setType(peer.ChaincodeMessage.Type.TRANSACTION);
  message.setPayload(input.serializeBinary());
  message.setTxid(call.txId);
  message.setChannelId(channel);
  message.setProposal(signed);
  return message;
}

function proposal(call: Call, input: peer.ChaincodeInput): peer.Proposal {
  const spec = new peer.ChaincodeSpec();
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  const fields = payload.getTransientmapMap();
  if (call.request !== undefined) fields.set(transientRequestKey, Buffer.from(call.request));
  for (const [name, value] of Object.entries(call.transient ?? {})) fields.set(name, Buffer.from(value));
  const made = new peer.Proposal();
  made.setHeader(header(call).serializeBinary());
  made.setPayload(payload.serializeBinary());
  return made;
}

function header({ mspId, certificate, time, txId }: Call): common.Header {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(certificate);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(identity.serializeBinary());
  signatureHeader.setNonce(Buffer.alloc(24, 1));
  // Read from bytes that hold an empty timestamp (field 3): so its class need not be imported.
  const channelHeader = common.ChannelHeader.deserializeBinary(Uint8Array.of(0x1a, 0));
  channelHeader.setTxId(txId);
  channelHeader.setChannelId(channel);
  channelHeader.getTimestamp()?.fromDate(new Date(time));
  const made = new common.Header();
  made.setSignatureHeader(signatureHeader.serializeBinary());
  made.setChannelHeader(channelHeader.serializeBinary());
  return made;
}
