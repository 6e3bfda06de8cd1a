import { createHash } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import type { Identity, MspManager, SignedData } from '../ports';
import { readCreator, rememberCreator } from './creator';
import { parse } from './parse';

/** A signed proposal taken apart, with everything present that a peer needs. */
export interface Proposal {
  readonly signed: peer.SignedProposal;
  readonly header: common.Header;
  readonly channelHeader: common.ChannelHeader;
  readonly signatureHeader: common.SignatureHeader;
  readonly payload: peer.ChaincodeProposalPayload;
  readonly input: peer.ChaincodeInput;
  readonly chaincode: string;
  readonly channelId: string;
  readonly txId: string;
  /** SHA-256 over channel header, signature header and the payload without its transient part. */
  readonly hash: Uint8Array;
}

/** A proposal that a peer refuses before it runs anything. */
export class ProposalError extends Error {
  readonly code = 'ProposalRefused';

  constructor(message: string) {
    super(message);
    this.name = 'ProposalError';
  }
}

export function unpackProposal(signed: peer.SignedProposal): Proposal {
  const proposal = parse(peer.Proposal, 'Proposal', signed.getProposalBytes_asU8());
  const header = parse(common.Header, 'Header', proposal.getHeader_asU8());
  const channelHeader = parse(common.ChannelHeader, 'ChannelHeader', header.getChannelHeader_asU8());
  const signatureHeader = parse(common.SignatureHeader, 'SignatureHeader', header.getSignatureHeader_asU8());
  const extension = parse(peer.ChaincodeHeaderExtension, 'ChaincodeHeaderExtension', channelHeader.getExtension_asU8());
  const chaincodeId = extension.getChaincodeId();
  if (chaincodeId === undefined) {
    throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId is nil');
  }
  if (chaincodeId.getName() === '') {
    throw new ProposalError('ChaincodeHeaderExtension.ChaincodeId.Name is empty');
  }
  const payload = parse(peer.ChaincodeProposalPayload, 'ChaincodeProposalPayload', proposal.getPayload_asU8());
  const invocation = parse(peer.ChaincodeInvocationSpec, 'ChaincodeInvocationSpec', payload.getInput_asU8());
  const specification = invocation.getChaincodeSpec();
  if (specification === undefined) {
    throw new ProposalError('chaincode invocation spec did not contain chaincode spec');
  }
  const input = specification.getInput();
  if (input === undefined) {
    throw new ProposalError('chaincode input did not contain any input');
  }
  const hash = createHash('sha256')
    .update(header.getChannelHeader_asU8())
    .update(header.getSignatureHeader_asU8())
    .update(withoutTransient(payload))
    .digest();
  return {
    signed,
    header,
    channelHeader,
    signatureHeader,
    payload,
    input,
    chaincode: chaincodeId.getName(),
    channelId: channelHeader.getChannelId(),
    txId: channelHeader.getTxId(),
    hash,
  };
}

/** The part of the payload that goes into the transaction: transient data never does. */
export function withoutTransient(payload: peer.ChaincodeProposalPayload): Uint8Array {
  const visible = new peer.ChaincodeProposalPayload();
  visible.setInput(payload.getInput_asU8());
  return visible.serializeBinary();
}

/** The name of the chaincode that the client called, which is not the one running where chaincode calls chaincode. */
export function invokedChaincode(signed: peer.SignedProposal): string {
  const proposal = parse(peer.Proposal, 'Proposal', signed.getProposalBytes_asU8());
  const payload = parse(peer.ChaincodeProposalPayload, 'ChaincodeProposalPayload', proposal.getPayload_asU8());
  const invocation = parse(peer.ChaincodeInvocationSpec, 'ChaincodeInvocationSpec', payload.getInput_asU8());
  return invocation.getChaincodeSpec()?.getChaincodeId()?.getName() ?? '';
}

export function proposalSignature(proposal: Proposal): SignedData {
  return {
    data: proposal.signed.getProposalBytes_asU8(),
    identity: proposal.signatureHeader.getCreator_asU8(),
    signature: proposal.signed.getSignature_asU8(),
  };
}

export function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

const { HeaderType } = common;

function headerTypeName(value: number): string {
  return Object.entries(HeaderType).find(([, number]) => number === value)?.[0] ?? value.toString();
}

/**
 * Checks what a peer checks of every proposal: header, transaction id, creator, signature.
 * @param ownMspId for a proposal without a channel, the only organisation whose members may send it.
 */
export function validateProposal(proposal: Proposal, organisations: MspManager, ownMspId: string): Identity {
  const type: number = proposal.channelHeader.getType();
  if (type !== HeaderType.ENDORSER_TRANSACTION && type !== HeaderType.CONFIG) {
    throw new ProposalError(`invalid header type ${headerTypeName(type)}`);
  }
  if (proposal.channelHeader.getEpoch() !== 0) {
    throw new ProposalError('epoch is non-zero');
  }
  const nonce = proposal.signatureHeader.getNonce_asU8();
  if (nonce.length === 0) {
    throw new ProposalError('nonce is empty');
  }
  const creator = proposal.signatureHeader.getCreator_asU8();
  if (creator.length === 0) {
    throw new ProposalError('creator is empty');
  }
  const expected = transactionId(nonce, creator);
  if (proposal.txId !== expected) {
    throw new ProposalError(`incorrectly computed txid '${proposal.txId}' -- expected '${expected}'`);
  }
  const { data, signature } = proposalSignature(proposal);
  if (signature.length === 0) {
    throw new ProposalError('empty signature bytes');
  }
  const mspId = readCreator(creator)?.mspId;
  const known =
    proposal.channelId === '' ? mspId === ownMspId : mspId !== undefined && organisations.mspIds.includes(mspId);
  if (mspId === undefined || !known) {
    throw new ProposalError(`access denied: channel [${proposal.channelId}] creator org unknown, creator is malformed`);
  }
  const identity = identified(organisations, creator);
  if (identity?.verifies(data, signature) !== true) {
    throw new ProposalError(`access denied: channel [${proposal.channelId}] creator org [${mspId}]`);
  }
  rememberCreator(creator);
  return identity;
}

function identified(organisations: MspManager, creator: Uint8Array): Identity | undefined {
  try {
    return organisations.identify(creator);
  } catch {
    return undefined;
  }
}
