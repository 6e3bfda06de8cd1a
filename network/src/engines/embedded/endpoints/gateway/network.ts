import type { Ledger, Policy } from '../../ports';
import type { Endorser, ProposalOutcome } from '../endorser';
import type { NodeFailure } from '../rpc-error';
import type { peer } from '@hyperledger/fabric-protos';

/** An organisation's peer as a gateway knows it. */
export interface EndorsingPeer {
  readonly mspId: string;
  /** Host and port, as error details name it. */
  readonly address: string;
  readonly endorser: Endorser;
  /** Whether it could run the chaincode now: committed, approved by its organisation and installed. */
  has(chaincode: string): Promise<boolean>;
}

export interface OrderingNode {
  readonly mspId: string;
  readonly address: string;
}

/** The network behind a gateway. */
export interface GatewayNetwork {
  readonly channel: string;
  readonly ledger: Ledger;
  readonly peers: readonly EndorsingPeer[];
  readonly orderers: readonly OrderingNode[];
  /** Whether the channel's orderers agree by a Byzantine fault tolerant protocol, which the gateway's errors show. */
  readonly byzantine: boolean;
  /** Makes a key's own endorsement policy (common.SignaturePolicyEnvelope bytes) ready. */
  readonly keyPolicy: (envelope: Uint8Array) => Policy;
}

/** The chaincode's or a collection's endorsement policy; undefined where there is none to be found. */
export function endorsementPolicy(network: GatewayNetwork, chaincode: string, collection?: string): Policy | undefined {
  if (chaincode === '_lifecycle') {
    return network.ledger.policy('/Channel/Application/LifecycleEndorsement');
  }
  const definition = network.ledger.definition(chaincode);
  if (collection === undefined) {
    return definition?.endorsementPolicy;
  }
  return definition?.collections.get(collection)?.endorsementPolicy ?? definition?.endorsementPolicy;
}

export function failureAt(peer: EndorsingPeer, message: string): NodeFailure {
  return { address: peer.address, mspId: peer.mspId, message };
}

/** How a peer's answer looks to the gateway at another peer, or at itself. */
export type Verdict =
  | { readonly kind: 'endorsed'; readonly response: peer.ProposalResponse }
  | { readonly kind: 'unavailable' | 'refused' | 'aborted' | 'chaincode'; readonly message: string };

/** Reads a peer's answer as a gateway does. @param local whether the peer is the gateway's own. */
export function judge(outcome: ProposalOutcome, local: boolean): Verdict {
  if (outcome.kind !== 'response') {
    const message = local ? outcome.message : `rpc error: code = Unknown desc = ${outcome.message}`;
    return { kind: local && outcome.kind === 'refused' ? 'refused' : 'unavailable', message };
  }
  const { response } = outcome;
  const status = response.getResponse()?.getStatus() ?? 0;
  const message = response.getResponse()?.getMessage() ?? '';
  if (status >= 200 && status < 400) {
    return { kind: 'endorsed', response };
  }
  if (status === 500 && response.getPayload_asU8().length === 0) {
    return { kind: 'aborted', message };
  }
  return { kind: 'chaincode', message: `chaincode response ${status.toString()}, ${message}` };
}
