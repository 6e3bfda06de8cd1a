import { status } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { withoutTransient } from '../proposal';
import { messageOf, RpcError, type NodeFailure } from '../rpc-error';
import { failureAt, judge, type EndorsingPeer, type GatewayNetwork, type Verdict } from './network';
import { keyPoliciesOf, type KeyPolicies } from './key-policies';
import { layoutsFor, peersOf, type Layout } from './plan';
import type { GatewayProposal } from './proposal';

interface Endorsements {
  readonly layouts: readonly Layout[];
  /** What each organisation's peer gave, with the first that gave anything. */
  readonly given: Map<string, peer.ProposalResponse>;
  readonly failures: NodeFailure[];
}

/** Collects endorsements for a proposal, as a peer's gateway does. */
export class EndorsementCollector {
  readonly #network: GatewayNetwork;
  readonly #own: EndorsingPeer;

  constructor(network: GatewayNetwork, own: EndorsingPeer) {
    this.#network = network;
    this.#own = own;
  }

  /**
   * The transaction, ready to be signed by the client.
   * @param organisations who must endorse; empty leaves the choice to the gateway.
   * @throws RpcError
   */
  async collect(proposal: GatewayProposal, organisations: readonly string[]): Promise<common.Envelope> {
    const endorsements =
      organisations.length > 0 ? await this.#named(proposal, organisations) : await this.#chosen(proposal);
    for (const layout of endorsements.layouts) {
      if (await this.#complete(proposal, layout, endorsements)) {
        return transactionOf(proposal, layout, endorsements.given);
      }
    }
    throw new RpcError(
      status.ABORTED,
      'failed to collect enough transaction endorsements, see attached details for more info',
      endorsements.failures,
    );
  }

  async #named(proposal: GatewayProposal, organisations: readonly string[]): Promise<Endorsements> {
    const peers = await peersOf(this.#network, proposal.chaincode, organisations);
    return { layouts: [peers.map(({ mspId }) => mspId)], given: new Map(), failures: [] };
  }

  /** Asks the own organisation first, and learns from its answer who else is needed. */
  async #chosen(proposal: GatewayProposal): Promise<Endorsements> {
    const fallback = new peer.ChaincodeInterest();
    const call = new peer.ChaincodeCall();
    call.setName(proposal.chaincode);
    fallback.addChaincodes(call);
    const first = await this.#first(proposal, fallback);
    const verdict = await this.#ask(first, proposal);
    if (verdict.kind !== 'endorsed') {
      throw new RpcError(status.ABORTED, 'failed to endorse transaction, see attached details for more info', [
        failureAt(first, verdict.message),
      ]);
    }
    const touched = verdict.response.getInterest();
    const interest = touched === undefined || touched.getChaincodesList().length === 0 ? fallback : touched;
    const keyPolicies = await keyPoliciesOf(this.#network, first.mspId, verdict.response);
    const layouts = await this.#layouts(interest, first.mspId, proposal.hasTransient, keyPolicies);
    return { layouts, given: new Map([[first.mspId, verdict.response]]), failures: [] };
  }

  async #first(proposal: GatewayProposal, fallback: peer.ChaincodeInterest): Promise<EndorsingPeer> {
    if (await this.#own.has(proposal.chaincode)) {
      return this.#own;
    }
    if (proposal.hasTransient) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data",
      );
    }
    const [layout = []] = await this.#layouts(fallback, undefined, false);
    const chosen = this.#network.peers.find(({ mspId }) => mspId === layout[0]);
    if (chosen === undefined) {
      throw new RpcError(status.FAILED_PRECONDITION, 'no peer combination can satisfy the endorsement policy');
    }
    return chosen;
  }

  async #layouts(
    interest: peer.ChaincodeInterest,
    preferred: string | undefined,
    hasTransient: boolean,
    keyPolicies?: ReadonlyMap<string, KeyPolicies>,
  ): Promise<readonly Layout[]> {
    const cautious = interest.cloneMessage();
    const protectedCollections: string[] = [];
    if (hasTransient) {
      for (const call of cautious.getChaincodesList()) {
        if (call.getNoPrivateReads()) {
          call.setNoPrivateReads(false);
          protectedCollections.push(...call.getCollectionNamesList());
        }
      }
    }
    try {
      return await layoutsFor(this.#network, cautious, preferred, keyPolicies);
    } catch (error) {
      if (protectedCollections.length > 0 && (await this.#possible(interest, preferred))) {
        throw new RpcError(
          status.FAILED_PRECONDITION,
          `requires endorsement from organisation(s) that are not in the distribution policy of the private data collection(s): [${protectedCollections.join(' ')}]; retry specifying trusted endorsing organizations to protect transient data`,
        );
      }
      throw new RpcError(status.FAILED_PRECONDITION, messageOf(error));
    }
  }

  async #possible(interest: peer.ChaincodeInterest, preferred: string | undefined): Promise<boolean> {
    return layoutsFor(this.#network, interest, preferred).then(
      () => true,
      () => false,
    );
  }

  /** Asks whoever of a layout has not endorsed yet; whether the layout is then complete. */
  async #complete(proposal: GatewayProposal, layout: Layout, endorsements: Endorsements): Promise<boolean> {
    const { given, failures } = endorsements;
    const failed = new Set(failures.map(({ mspId }) => mspId));
    if (layout.some((mspId) => failed.has(mspId))) {
      return false;
    }
    const missing = this.#network.peers.filter(({ mspId }) => layout.includes(mspId) && !given.has(mspId));
    const verdicts = await Promise.all(missing.map((peer) => this.#ask(peer, proposal)));
    verdicts.forEach((verdict, index) => {
      const asked = missing[index];
      if (asked === undefined) {
        return;
      }
      if (verdict.kind !== 'endorsed') {
        failures.push(failureAt(asked, verdict.message));
      } else if (!agrees(verdict.response, given)) {
        failures.push(failureAt(asked, 'ProposalResponsePayloads do not match'));
      } else {
        given.set(asked.mspId, verdict.response);
      }
    });
    return layout.every((mspId) => given.has(mspId));
  }

  async #ask(target: EndorsingPeer, proposal: GatewayProposal): Promise<Verdict> {
    return judge(await target.endorser.process(proposal.signed, true), target === this.#own);
  }
}

function agrees(response: peer.ProposalResponse, given: ReadonlyMap<string, peer.ProposalResponse>): boolean {
  const [first] = given.values();
  return first === undefined || Buffer.compare(first.getPayload_asU8(), response.getPayload_asU8()) === 0;
}

function transactionOf(
  proposal: GatewayProposal,
  layout: Layout,
  given: ReadonlyMap<string, peer.ProposalResponse>,
): common.Envelope {
  const action = new peer.ChaincodeEndorsedAction();
  for (const mspId of layout) {
    const response = given.get(mspId);
    action.setProposalResponsePayload(response?.getPayload_asU8() ?? new Uint8Array());
    action.addEndorsements(response?.getEndorsement());
  }
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setChaincodeProposalPayload(withoutTransient(proposal.payload));
  actionPayload.setAction(action);
  const transactionAction = new peer.TransactionAction();
  transactionAction.setHeader(proposal.header.getSignatureHeader_asU8());
  transactionAction.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(transactionAction);
  const payload = new common.Payload();
  payload.setHeader(proposal.header);
  payload.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope;
}
