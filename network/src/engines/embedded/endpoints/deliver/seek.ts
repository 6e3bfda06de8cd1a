import { common, orderer } from '@hyperledger/fabric-protos';
import { blocksFrom } from '../../ordering/block-feed';
import type { Ledger, SignedData } from '../../ports';
import { goDuration, rfc3339 } from '../endorser';
import { parse } from '../parse';
import { readCreator, rememberCreator } from '../creator';

const { Status } = common;
const { TypeCase } = orderer.SeekPosition;
const { SeekBehavior } = orderer.SeekInfo;

export type DeliverStatus = common.StatusMap[keyof common.StatusMap];

/** Who asks for blocks, of which channel. */
export interface SeekRequest {
  readonly channel: string;
  readonly signed: SignedData;
  readonly seek: orderer.SeekInfo;
}

export interface DeliverContext {
  readonly channel: string;
  readonly ledger: Ledger;
  readonly timeWindow_ms: number;
  readonly now: () => number;
  /** Throws where the requester may not read. */
  readonly authorise: (signed: SignedData) => void;
}

/** Sends the blocks that an envelope asks for; what it resolves to is the status that ends the answer. */
export async function deliver(
  context: DeliverContext,
  envelope: common.Envelope,
  send: (block: common.Block, request: SeekRequest) => Promise<void>,
  signal: AbortSignal,
): Promise<DeliverStatus> {
  let request: SeekRequest;
  try {
    request = readRequest(envelope, context);
  } catch {
    return Status.BAD_REQUEST;
  }
  if (request.channel !== context.channel) {
    return Status.NOT_FOUND;
  }
  if (!mayRead(context, request.signed)) {
    return Status.FORBIDDEN;
  }
  const [start, stop] = [request.seek.getStart(), request.seek.getStop()];
  if (start === undefined || stop === undefined) {
    return Status.BAD_REQUEST;
  }
  const first = firstBlock(start, context.ledger.height);
  if (first === undefined) {
    return Status.NOT_FOUND;
  }
  const last = lastBlock(start, stop, first, context.ledger.height);
  if (stop.getTypeCase() === TypeCase.SPECIFIED && last < first) {
    return Status.BAD_REQUEST;
  }
  return sendRange(context, request, { first, last }, send, signal);
}

async function sendRange(
  context: DeliverContext,
  request: SeekRequest,
  range: { readonly first: number; readonly last: number },
  send: (block: common.Block, request: SeekRequest) => Promise<void>,
  signal: AbortSignal,
): Promise<DeliverStatus> {
  const { ledger } = context;
  const impatient = request.seek.getBehavior() === SeekBehavior.FAIL_IF_NOT_READY;
  if (impatient && BigInt(range.first) >= ledger.height) {
    return Status.NOT_FOUND;
  }
  const expiry = readCreator(request.signed.identity)?.expiry;
  for await (const block of blocksFrom(ledger, BigInt(range.first), signal)) {
    if (expiry !== undefined && context.now() > expiry.getTime()) {
      return Status.FORBIDDEN;
    }
    await send(block, request);
    const number = block.getHeader()?.getNumber() ?? 0;
    if (number === range.last) {
      return Status.SUCCESS;
    }
    if (impatient && BigInt(number) + 1n >= ledger.height) {
      return Status.NOT_FOUND;
    }
  }
  return Status.INTERNAL_SERVER_ERROR;
}

function readRequest(envelope: common.Envelope, context: DeliverContext): SeekRequest {
  const payload = parse(common.Payload, 'Payload', envelope.getPayload_asU8());
  const header = payload.getHeader();
  if (header === undefined) {
    throw new Error('envelope has no header');
  }
  const channelHeader = parse(common.ChannelHeader, 'ChannelHeader', header.getChannelHeader_asU8());
  const signatureHeader = parse(common.SignatureHeader, 'SignatureHeader', header.getSignatureHeader_asU8());
  const stamped = channelHeader.getTimestamp()?.toDate();
  if (stamped === undefined) {
    throw new Error('channel header in envelope must contain timestamp');
  }
  // Not "more than": a timestamp beyond the range of dates is no number, and no comparison with it holds.
  if (!(Math.abs(context.now() - stamped.getTime()) <= context.timeWindow_ms)) {
    throw new Error(
      `envelope timestamp ${rfc3339(stamped.getTime())} is more than ${goDuration(context.timeWindow_ms)} apart from current server time`,
    );
  }
  return {
    channel: channelHeader.getChannelId(),
    seek: parse(orderer.SeekInfo, 'SeekInfo', payload.getData_asU8()),
    signed: {
      data: envelope.getPayload_asU8(),
      identity: signatureHeader.getCreator_asU8(),
      signature: envelope.getSignature_asU8(),
    },
  };
}

function mayRead(context: DeliverContext, signed: SignedData): boolean {
  const expiry = readCreator(signed.identity)?.expiry;
  if (expiry !== undefined && context.now() > expiry.getTime()) {
    return false;
  }
  try {
    context.authorise(signed);
    rememberCreator(signed.identity);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where no such block can be waited for: more than one beyond the newest, or no position at all. */
function firstBlock(start: orderer.SeekPosition, height: bigint): number | undefined {
  switch (start.getTypeCase()) {
    case TypeCase.OLDEST:
      return 0;
    case TypeCase.NEWEST:
      return Number(height - 1n);
    case TypeCase.NEXT_COMMIT:
      return Number(height);
    case TypeCase.SPECIFIED: {
      const number = start.getSpecified()?.getNumber() ?? 0;
      return number > Number(height) ? undefined : number;
    }
    default:
      return undefined;
  }
}

function lastBlock(start: orderer.SeekPosition, stop: orderer.SeekPosition, first: number, height: bigint): number {
  switch (stop.getTypeCase()) {
    case TypeCase.OLDEST:
      return first;
    case TypeCase.NEWEST:
      return start.getTypeCase() === TypeCase.NEWEST ? first : Number(height - 1n);
    case TypeCase.SPECIFIED:
      return stop.getSpecified()?.getNumber() ?? 0;
    default:
      return 0;
  }
}
