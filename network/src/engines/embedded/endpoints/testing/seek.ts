import { randomBytes } from 'node:crypto';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { Signer } from '../../ports';

export type Position = 'oldest' | 'newest' | 'next' | number;

export interface SeekOptions {
  readonly start: Position;
  readonly stop: Position;
  readonly failIfNotReady?: boolean;
  readonly channel: string;
  readonly at?: Date;
  readonly headersOnly?: boolean;
}

/** A signed envelope that asks for blocks, as a deliver client sends it. */
export function seekEnvelope(signer: Signer, options: SeekOptions): common.Envelope {
  const seek = new orderer.SeekInfo();
  seek.setStart(positionOf(options.start));
  seek.setStop(positionOf(options.stop));
  seek.setBehavior(
    options.failIfNotReady === true
      ? orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY
      : orderer.SeekInfo.SeekBehavior.BLOCK_UNTIL_READY,
  );
  if (options.headersOnly === true) {
    seek.setContentType(orderer.SeekInfo.SeekContentType.HEADER_WITH_SIG);
  }
  return signedEnvelope(
    signer,
    options.channel,
    common.HeaderType.DELIVER_SEEK_INFO,
    seek.serializeBinary(),
    options.at,
  );
}

export function signedEnvelope(
  signer: Signer,
  channel: string,
  type: common.HeaderTypeMap[keyof common.HeaderTypeMap],
  data: Uint8Array,
  at = new Date(),
): common.Envelope {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setChannelId(channel);
  channelHeader.setTimestamp(Timestamp.fromDate(at));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.creator);
  signatureHeader.setNonce(randomBytes(24));
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(data);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  envelope.setSignature(signer.sign(envelope.getPayload_asU8()));
  return envelope;
}

function positionOf(position: Position): orderer.SeekPosition {
  const result = new orderer.SeekPosition();
  if (position === 'oldest') {
    result.setOldest(new orderer.SeekOldest());
  } else if (position === 'newest') {
    result.setNewest(new orderer.SeekNewest());
  } else if (position === 'next') {
    result.setNextCommit(new orderer.SeekNextCommit());
  } else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(position);
    result.setSpecified(specified);
  }
  return result;
}

/** Sends one envelope and gathers the answers up to the status that ends them. */
export async function exchange<Response>(
  stream: ClientDuplexStream<common.Envelope, Response>,
  envelope: common.Envelope,
  isLast: (response: Response) => boolean,
): Promise<Response[]> {
  const responses: Response[] = [];
  stream.write(envelope);
  try {
    for await (const response of stream as AsyncIterable<Response>) {
      responses.push(response);
      if (isLast(response)) {
        break;
      }
    }
  } finally {
    stream.cancel();
  }
  return responses;
}
