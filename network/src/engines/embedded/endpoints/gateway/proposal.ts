import { common, peer } from '@hyperledger/fabric-protos';
import { parse } from '../parse';

/** What a gateway reads of a proposal. It does not judge it: the peers do. */
export interface GatewayProposal {
  readonly signed: peer.SignedProposal;
  readonly header: common.Header;
  readonly payload: peer.ChaincodeProposalPayload;
  readonly channelId: string;
  readonly chaincode: string;
  readonly chaincodeSpecified: 'complete' | 'no specification' | 'no id';
  readonly hasTransient: boolean;
}

/** @throws MalformedMessage */
export function readProposal(signed: peer.SignedProposal): GatewayProposal {
  const proposal = parse(peer.Proposal, 'Proposal', signed.getProposalBytes_asU8());
  const header = parse(common.Header, 'Header', proposal.getHeader_asU8());
  const channelHeader = parse(common.ChannelHeader, 'ChannelHeader', header.getChannelHeader_asU8());
  const payload = parse(peer.ChaincodeProposalPayload, 'ChaincodeProposalPayload', proposal.getPayload_asU8());
  const invocation = parse(peer.ChaincodeInvocationSpec, 'ChaincodeInvocationSpec', payload.getInput_asU8());
  const specification = invocation.getChaincodeSpec();
  const id = specification?.getChaincodeId();
  const incomplete = specification === undefined ? 'no specification' : 'no id';
  return {
    signed,
    header,
    payload,
    channelId: channelHeader.getChannelId(),
    chaincode: id?.getName() ?? '',
    chaincodeSpecified: id === undefined ? incomplete : 'complete',
    hasTransient: payload.getTransientmapMap().getLength() > 0,
  };
}
