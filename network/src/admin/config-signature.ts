import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { LocalSigner } from '../identities';

const NONCE_BYTES = 24;

/**
 * An administrator's consent to a change of a channel's configuration. It may be given on another machine than the change was made
 * on, or is sent from: all that travels is the update's bytes there and the signature back.
 *
 * @param update common.ConfigUpdate bytes, the very ones that are sent.
 */
export function signConfigUpdate(update: Uint8Array, signer: LocalSigner): common.ConfigSignature {
  const header = signatureHeader(signer).serializeBinary();
  const signature = new common.ConfigSignature();
  signature.setSignatureHeader(header);
  signature.setSignature(signer.sign(Buffer.concat([header, update])));
  return signature;
}

/** The change with its signatures, as it is sent to an orderer by any member of the channel. */
export function configUpdateEnvelope(
  channel: string,
  update: Uint8Array,
  signatures: readonly common.ConfigSignature[],
  sender: LocalSigner,
): common.Envelope {
  const signed = new common.ConfigUpdateEnvelope();
  signed.setConfigUpdate(update);
  signed.setSignaturesList([...signatures]);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
  channelHeader.setChannelId(channel);
  channelHeader.setTimestamp(Timestamp.fromDate(new Date()));
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader(sender).serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(signed.serializeBinary());
  const bytes = payload.serializeBinary();
  const envelope = new common.Envelope();
  envelope.setPayload(bytes);
  envelope.setSignature(sender.sign(bytes));
  return envelope;
}

function signatureHeader(signer: LocalSigner): common.SignatureHeader {
  const header = new common.SignatureHeader();
  header.setCreator(signer.creator);
  header.setNonce(randomBytes(NONCE_BYTES));
  return header;
}
