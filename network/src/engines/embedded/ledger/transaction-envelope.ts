import { common, peer } from '@hyperledger/fabric-protos';
import { IdentityError } from '../msp';
import { sha256 } from './bytes';
import type { ChannelConfig } from './channel-config';
import { LedgerError } from './ledger-error';
import { code } from './validation-code';

const { HeaderType } = common;

/** An endorser transaction that is well formed, signed by its creator, and hangs together. */
export interface EndorserTransaction {
  readonly channelHeader: common.ChannelHeader;
  readonly proposalResponsePayload: Uint8Array;
  /** peer.ChaincodeAction, serialised. */
  readonly extension: Uint8Array;
  readonly endorsements: readonly peer.Endorsement[];
}

export interface CheckedEnvelope {
  /** As the ledger's index has it: from the channel header, or computed where that has none; '' where neither can be had. */
  readonly txId: string;
  readonly validationCode: number;
  /** Present when the code is VALID. */
  readonly transaction: EndorserTransaction | undefined;
}

export function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return sha256(nonce, creator).toString('hex');
}

/**
 * The checks that do not need the state: structure, creator's signature, transaction id, proposal hash.
 * @throws LedgerError Unsupported for a change of the channel's configuration.
 */
export function checkEnvelope(bytes: Uint8Array, channel: ChannelConfig): CheckedEnvelope {
  const envelope = decode(common.Envelope, bytes);
  if (envelope === undefined) return refused('', code.INVALID_OTHER_REASON);
  const payloadBytes = envelope.getPayload_asU8();
  const payload = decode(common.Payload, payloadBytes);
  if (payload === undefined) return refused('', code.BAD_PAYLOAD);
  const header = payload.getHeader();
  const channelHeader = header && decode(common.ChannelHeader, header.getChannelHeader_asU8());
  const signatureHeader = header && decode(common.SignatureHeader, header.getSignatureHeader_asU8());
  const txId = indexedId(channelHeader, signatureHeader);
  if (header === undefined || channelHeader === undefined || signatureHeader === undefined)
    return refused(txId, code.BAD_COMMON_HEADER);
  if (!isAllowedHeader(channelHeader) || !isComplete(signatureHeader)) return refused(txId, code.BAD_COMMON_HEADER);
  const isSigned =
    channelHeader.getChannelId() === channel.channelId &&
    verifiesCreator(channel, signatureHeader.getCreator_asU8(), payloadBytes, envelope.getSignature_asU8());
  if (!isSigned) return refused(txId, code.BAD_CREATOR_SIGNATURE);
  if (channelHeader.getType() === HeaderType.CONFIG)
    throw new LedgerError('Unsupported', 'changes of the channel configuration are not supported');
  if (channelHeader.getType() !== HeaderType.ENDORSER_TRANSACTION) return refused(txId, code.UNSUPPORTED_TX_PAYLOAD);
  const expected = transactionId(signatureHeader.getNonce_asU8(), signatureHeader.getCreator_asU8());
  if (channelHeader.getTxId() !== expected) return refused(txId, code.BAD_PROPOSAL_TXID);
  const action = actionOf(payload.getData_asU8(), header.getChannelHeader_asU8());
  if (action === undefined) return refused(txId, code.INVALID_ENDORSER_TRANSACTION);
  return { txId, validationCode: code.VALID, transaction: { channelHeader, ...action } };
}

function actionOf(data: Uint8Array, channelHeader: Uint8Array): Omit<EndorserTransaction, 'channelHeader'> | undefined {
  const actions = decode(peer.Transaction, data)?.getActionsList() ?? [];
  const [action] = actions;
  if (action === undefined || actions.length !== 1) return undefined;
  const headerBytes = action.getHeader_asU8();
  const header = decode(common.SignatureHeader, headerBytes);
  const payload = decode(peer.ChaincodeActionPayload, action.getPayload_asU8());
  const endorsed = payload?.getAction();
  if (header === undefined || !isComplete(header) || payload === undefined || endorsed === undefined) return undefined;
  const proposalResponsePayload = endorsed.getProposalResponsePayload_asU8();
  const response = decode(peer.ProposalResponsePayload, proposalResponsePayload);
  const proposalPayload = payload.getChaincodeProposalPayload_asU8();
  if (response === undefined || proposalPayload.length === 0) return undefined;
  const proposalHash = sha256(channelHeader, headerBytes, proposalPayload);
  if (!proposalHash.equals(response.getProposalHash_asU8())) return undefined;
  return {
    proposalResponsePayload,
    extension: response.getExtension_asU8(),
    endorsements: endorsed.getEndorsementsList(),
  };
}

function isAllowedHeader(header: common.ChannelHeader): boolean {
  const type: number = header.getType();
  const isKnownType =
    type === HeaderType.ENDORSER_TRANSACTION || type === HeaderType.CONFIG_UPDATE || type === HeaderType.CONFIG;
  return isKnownType && header.getEpoch() === 0;
}

function isComplete(header: common.SignatureHeader): boolean {
  return header.getNonce_asU8().length > 0 && header.getCreator_asU8().length > 0;
}

function verifiesCreator(
  { msps }: ChannelConfig,
  creator: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return msps.member(creator).verifies(message, signature);
  } catch (error) {
    if (error instanceof IdentityError) return false;
    throw error;
  }
}

/** The id under which the index has an envelope that can be read. */
export function indexedTransactionId(bytes: Uint8Array): string {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
  const header = payload.getHeader();
  return indexedId(
    header && decode(common.ChannelHeader, header.getChannelHeader_asU8()),
    header && decode(common.SignatureHeader, header.getSignatureHeader_asU8()),
  );
}

function indexedId(header: common.ChannelHeader | undefined, signer: common.SignatureHeader | undefined): string {
  const given = header?.getTxId() ?? '';
  if (given !== '' || header === undefined || signer === undefined) return given;
  return transactionId(signer.getNonce_asU8(), signer.getCreator_asU8());
}

function refused(txId: string, validationCode: number): CheckedEnvelope {
  return { txId, validationCode, transaction: undefined };
}

interface MessageType<T> {
  deserializeBinary(bytes: Uint8Array): T;
}

/** The message, or undefined when the bytes are malformed. */
export function decode<T>(type: MessageType<T>, bytes: Uint8Array): T | undefined {
  try {
    return type.deserializeBinary(bytes);
  } catch {
    return undefined;
  }
}
