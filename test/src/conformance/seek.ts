import { common, orderer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { ClientIdentity } from './client-identity';

/** Which blocks are asked for: from the first or from `from`, to `to` or without end. */
export interface SeekRange {
  readonly from?: number;
  readonly to?: number;
  /** Ends with NOT_FOUND rather than waits for a block that is not there yet. */
  readonly failIfNotReady?: boolean;
}

/** A signed request for blocks of a channel. */
export async function seek(client: ClientIdentity, channel: string, range: SeekRange = {}): Promise<common.Envelope> {
  const info = new orderer.SeekInfo();
  info.setStart(position(range.from ?? 0));
  info.setStop(position(range.to ?? Number.MAX_SAFE_INTEGER));
  if (range.failIfNotReady === true) info.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  return signedEnvelope(client, channel, common.HeaderType.DELIVER_SEEK_INFO, info.serializeBinary());
}

export async function signedEnvelope(
  client: ClientIdentity,
  channel: string,
  type: common.HeaderTypeMap[keyof common.HeaderTypeMap],
  data: Uint8Array,
): Promise<common.Envelope> {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setChannelId(channel);
  channelHeader.setTimestamp(Timestamp.fromDate(new Date()));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(client.creator);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(await client.sign(envelope.getPayload_asU8()));
  return envelope;
}

function position(number: number): orderer.SeekPosition {
  const specified = new orderer.SeekSpecified();
  specified.setNumber(number);
  const result = new orderer.SeekPosition();
  result.setSpecified(specified);
  return result;
}
