import { common } from '@hyperledger/fabric-protos';
import { unsatisfied } from '../endpoints/access';
import { parse } from '../endpoints/parse';
import { readCreator, rememberCreator } from '../endpoints/creator';
import { messageOf } from '../endpoints/rpc-error';
import type { Ledger } from '../ports';
import type { OrderingService } from './ordering-service';

const { Status, HeaderType } = common;
const CHANNEL_WRITERS = '/Channel/Writers';

/** An orderer's answer to an envelope: a common.Status and, where it is not SUCCESS, why. */
export interface BroadcastOutcome {
  readonly status: common.StatusMap[keyof common.StatusMap];
  readonly info: string;
}

/** Checks envelopes as an orderer does, and hands them to ordering. */
export class Broadcaster {
  readonly #channel: string;
  readonly #ledger: Ledger;
  readonly #ordering: OrderingService;
  readonly #now: () => number;

  constructor(channel: string, ledger: Ledger, ordering: OrderingService, now: () => number) {
    this.#channel = channel;
    this.#ledger = ledger;
    this.#ordering = ordering;
    this.#now = now;
  }

  async process(envelope: common.Envelope): Promise<BroadcastOutcome> {
    const refusal = this.#check(envelope);
    if (refusal !== undefined) {
      return refusal;
    }
    try {
      await this.#ordering.submit(envelope.serializeBinary());
      return { status: Status.SUCCESS, info: '' };
    } catch (error) {
      return { status: Status.SERVICE_UNAVAILABLE, info: messageOf(error) };
    }
  }

  #check(envelope: common.Envelope): BroadcastOutcome | undefined {
    let channelHeader: common.ChannelHeader;
    let creator: Uint8Array;
    try {
      const headers = headersOf(envelope);
      channelHeader = headers.channelHeader;
      creator = headers.creator;
    } catch (error) {
      return badRequest(`could not determine channel ID: ${messageOf(error)}`);
    }
    if (channelHeader.getChannelId() !== this.#channel) {
      return badRequest('channel does not exist');
    }
    switch (channelHeader.getType()) {
      case HeaderType.CONFIG_UPDATE:
        return { status: Status.NOT_IMPLEMENTED, info: 'UNIMPLEMENTED: this network has a fixed configuration' };
      case HeaderType.CONFIG:
        return badRequest('message is of type that cannot be processed directly');
      case HeaderType.ORDERER_TRANSACTION:
        return badRequest('message is of type that is no longer supported');
      default:
        return this.#filter(envelope, creator);
    }
  }

  #filter(envelope: common.Envelope, creator: Uint8Array): BroadcastOutcome | undefined {
    const [payload, signature] = [envelope.getPayload_asU8(), envelope.getSignature_asU8()];
    const size = payload.length + signature.length;
    const limit = this.#ordering.cutting.absoluteMaxBytes;
    if (size > limit) {
      return badRequest(
        `message payload is ${size.toString()} bytes and exceeds maximum allowed ${limit.toString()} bytes`,
      );
    }
    const expiry = readCreator(creator)?.expiry;
    if (expiry !== undefined && this.#now() > expiry.getTime()) {
      return badRequest('broadcast client identity expired');
    }
    const policy = this.#ledger.policy(CHANNEL_WRITERS);
    if (policy?.satisfiedBy([{ data: payload, identity: creator, signature }]) !== true) {
      return { status: Status.FORBIDDEN, info: `${unsatisfied(CHANNEL_WRITERS)}: permission denied` };
    }
    rememberCreator(creator);
    return undefined;
  }
}

function headersOf(envelope: common.Envelope): { channelHeader: common.ChannelHeader; creator: Uint8Array } {
  const header = parse(common.Payload, 'Payload', envelope.getPayload_asU8()).getHeader();
  if (header === undefined) {
    throw new Error('header not set');
  }
  const bytes = header.getChannelHeader_asU8();
  if (bytes.length === 0) {
    throw new Error('channel header not set');
  }
  const channelHeader = parse(common.ChannelHeader, 'ChannelHeader', bytes);
  const signatureHeader = parse(common.SignatureHeader, 'SignatureHeader', header.getSignatureHeader_asU8());
  return { channelHeader, creator: signatureHeader.getCreator_asU8() };
}

function badRequest(info: string): BroadcastOutcome {
  return { status: Status.BAD_REQUEST, info };
}
