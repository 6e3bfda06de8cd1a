import { Metadata, status } from '@grpc/grpc-js';
import { common, gateway, google, peer } from '@hyperledger/fabric-protos';

/** What a node of the network says that fails, in a gateway's answer. */
export interface NodeMessage {
  readonly mspId: string;
  readonly message: string;
}

/** A failure as a gateway sends it: a gRPC status, and what each node said as its details. */
export class StatusError extends Error {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    message: string,
    nodes: readonly NodeMessage[] = [],
  ) {
    super(message);
    this.details = message;
    if (nodes.length > 0) this.metadata.set('grpc-status-details-bin', statusDetails(code, message, nodes));
  }
}

function statusDetails(code: number, message: string, nodes: readonly NodeMessage[]): Buffer {
  const head = new google.rpc.Status();
  head.setCode(code);
  head.setMessage(message);
  const details = nodes.map((node) => {
    const detail = new gateway.ErrorDetail();
    detail.setAddress(`peer0.${node.mspId}:7051`);
    detail.setMspId(node.mspId);
    detail.setMessage(node.message);
    // google.protobuf.Any as it lies in the message: field 1 the type, field 2 the value; it is field 3 of the status.
    const any = Buffer.concat([
      field(1, Buffer.from('type.googleapis.com/gateway.ErrorDetail')),
      field(2, Buffer.from(detail.serializeBinary())),
    ]);
    return field(3, any);
  });
  return Buffer.concat([Buffer.from(head.serializeBinary()), ...details]);
}

/** A length-delimited field of protobuf. */
function field(number: number, bytes: Buffer): Buffer {
  const size: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>= 7) size.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size, rest]), bytes]);
}

/** An endorsed transaction as a gateway prepares it for its client to sign, with the chaincode's response in it. */
export function preparedTransaction(channel: string, transactionId: string, response: string): common.Envelope {
  const result = new peer.Response();
  result.setStatus(200);
  result.setPayload(Buffer.from(response));
  const action = new peer.ChaincodeAction();
  action.setResponse(result);
  const proposalResponse = new peer.ProposalResponsePayload();
  proposalResponse.setExtension$(action.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(proposalResponse.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(transactionAction);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(transactionId);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}
