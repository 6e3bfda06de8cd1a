import { sendUnaryData, ServerUnaryCall, status } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import type { ChaincodeOutcome, ChaincodeRuntime } from '../chaincode/runtime';
import type { TransactionScope } from '../chaincode/transaction';
import type { Identity, Ledger, MspManager, Signer, Simulator } from '../ports';
import { SYSTEM_VERSION, type SystemChaincodes } from '../system/system-chaincodes';
import type { AccessControl } from './access';
import { readCreator } from './creator';
import { interestOf } from './interest';
import { parse } from './parse';
import { proposalSignature, ProposalError, unpackProposal, validateProposal, type Proposal } from './proposal';
import { messageOf, RpcError, toServiceError } from './rpc-error';

/** From this status on a response cannot become a transaction. */
const ERROR_THRESHOLD = 400;
const ERROR = 500;

export interface EndorserContext {
  readonly channel: string;
  readonly mspId: string;
  readonly signer: Signer;
  readonly organisations: MspManager;
  readonly ledger: Ledger;
  readonly access: AccessControl;
  readonly system: SystemChaincodes;
  readonly runtime: ChaincodeRuntime;
  /** How far a proposal's timestamp may be from the peer's clock, either way. */
  readonly timeWindow_ms: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * A peer's answer to a proposal. `refused` is an error of the call; `unanswered` is one that comes before the peer proper, so that
 * not even its own gateway gets a response with it.
 */
export type ProposalOutcome =
  | { readonly kind: 'response'; readonly response: peer.ProposalResponse }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unanswered'; readonly message: string };

interface Simulation extends ChaincodeOutcome {
  readonly version: string;
  readonly results: Uint8Array;
  readonly interest: peer.ChaincodeInterest | undefined;
}

/** One organisation's endorsing peer. */
export class Endorser {
  readonly #context: EndorserContext;

  constructor(context: EndorserContext) {
    this.#context = context;
  }

  /** @param keep whether the private values written are kept for the commit: not for a query. */
  async process(signed: peer.SignedProposal, keep: boolean): Promise<ProposalOutcome> {
    let proposal: Proposal;
    try {
      this.#filter(signed);
      proposal = unpackProposal(signed);
    } catch (error) {
      return error instanceof FilteredOut
        ? { kind: 'unanswered', message: error.message }
        : { kind: 'refused', message: messageOf(error) };
    }
    const { channelId } = proposal;
    if (channelId !== '' && channelId !== this.#context.channel) {
      return { kind: 'response', response: failed(`channel '${channelId}' not found`) };
    }
    let creator: Identity;
    try {
      creator = await this.#check(proposal);
    } catch (error) {
      return { kind: 'refused', message: messageOf(error) };
    }
    try {
      return { kind: 'response', response: await this.#endorse(proposal, creator, keep) };
    } catch (error) {
      return { kind: 'response', response: failed(messageOf(error)) };
    }
  }

  /** The Endorser service. */
  service(): {
    processProposal(
      call: ServerUnaryCall<peer.SignedProposal, peer.ProposalResponse>,
      reply: sendUnaryData<peer.ProposalResponse>,
    ): void;
  } {
    return {
      processProposal: (call, reply) => {
        this.process(call.request, true).then(
          (outcome) => {
            if (outcome.kind === 'response') {
              reply(null, outcome.response);
            } else {
              reply(toServiceError(new RpcError(status.UNKNOWN, outcome.message)));
            }
          },
          (error: unknown) => {
            reply(toServiceError(error));
          },
        );
      },
    };
  }

  /** What a peer's filters ask in front of the peer proper: whether the creator's certificate has expired, and the proposal's time. */
  #filter(signed: peer.SignedProposal): void {
    const { now, timeWindow_ms } = this.#context;
    const proposal = filtered('proposal', () => parse(peer.Proposal, 'Proposal', signed.getProposalBytes_asU8()));
    const header = filtered('header', () => parse(common.Header, 'Header', proposal.getHeader_asU8()));
    const signatureHeader = filtered('signature header', () =>
      parse(common.SignatureHeader, 'SignatureHeader', header.getSignatureHeader_asU8()),
    );
    const expiry = readCreator(signatureHeader.getCreator_asU8())?.expiry;
    if (expiry !== undefined && now() > expiry.getTime()) {
      throw new FilteredOut('proposal client identity expired');
    }
    const channelHeader = filtered('channel header', () =>
      parse(common.ChannelHeader, 'ChannelHeader', header.getChannelHeader_asU8()),
    );
    const stamped = channelHeader.getTimestamp()?.toDate().getTime();
    // Not "more than": a timestamp beyond the range of dates is no number, and no comparison with it holds.
    if (stamped === undefined || !(Math.abs(now() - stamped) <= timeWindow_ms)) {
      throw new FilteredOut(
        `request unauthorized due to incorrect timestamp ${rfc3339(stamped ?? 0)}, peer time ${rfc3339(now())}, peer.authentication.timewindow ${goDuration(timeWindow_ms)}`,
      );
    }
  }

  async #check(proposal: Proposal): Promise<Identity> {
    const { organisations, mspId, ledger, system, access } = this.#context;
    let creator: Identity;
    try {
      creator = validateProposal(proposal, organisations, mspId);
    } catch (error) {
      throw new ProposalError(`error validating proposal: ${messageOf(error)}`);
    }
    if (proposal.channelId === '') {
      return creator;
    }
    if ((await ledger.transaction(proposal.txId)) !== undefined) {
      const hex = Buffer.from(proposal.signatureHeader.getCreator_asU8()).toString('hex');
      throw new ProposalError(`duplicate transaction found [${proposal.txId}]. Creator [${hex}]`);
    }
    if (!system.has(proposal.chaincode)) {
      access.check('peer/Propose', proposal.channelId, proposalSignature(proposal));
    }
    return creator;
  }

  async #endorse(proposal: Proposal, creator: Identity, keep: boolean): Promise<peer.ProposalResponse> {
    const simulation = await this.#simulate(proposal, creator, keep);
    const { response } = simulation;
    const payload = this.#responsePayload(proposal, simulation);
    const result = new peer.ProposalResponse();
    result.setResponse(response);
    if (response.getStatus() >= ERROR) {
      result.setPayload(payload);
      result.setInterest(simulation.interest);
      return result;
    }
    if (proposal.channelId === '' || response.getStatus() >= ERROR_THRESHOLD) {
      return result;
    }
    const { signer } = this.#context;
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(signer.creator);
    endorsement.setSignature(signer.sign(Buffer.concat([payload, signer.creator])));
    result.setVersion(1);
    result.setEndorsement(endorsement);
    result.setPayload(payload);
    result.setInterest(simulation.interest);
    return result;
  }

  async #simulate(proposal: Proposal, creator: Identity, keep: boolean): Promise<Simulation> {
    const { ledger, mspId, runtime } = this.#context;
    const { chaincode, channelId, txId } = proposal;
    // Queries about the ledger and the channel have no simulation of their own, as on a real peer.
    const simulates = channelId !== '' && chaincode !== 'qscc' && chaincode !== 'cscc';
    const simulator = simulates ? ledger.simulate(txId, mspId) : undefined;
    const scope: TransactionScope = {
      txId,
      channelId,
      mspId,
      signed: proposal.signed,
      creator,
      ledger,
      simulator,
      privateReads: new Set(),
    };
    try {
      const version = await this.#versionOf(scope, chaincode);
      let outcome: ChaincodeOutcome;
      try {
        outcome = await runtime.execute(scope, chaincode, proposal.input);
      } catch (error) {
        throw new ProposalError(`error in simulation: ${messageOf(error)}`);
      }
      return await this.#finish(scope, outcome, version, simulator, keep);
    } finally {
      simulator?.discard();
    }
  }

  async #versionOf(scope: TransactionScope, chaincode: string): Promise<string> {
    if (this.#context.system.has(chaincode)) {
      return SYSTEM_VERSION;
    }
    try {
      return (await this.#context.runtime.prepare(scope, chaincode)).version;
    } catch (error) {
      throw new ProposalError(
        `make sure the chaincode ${chaincode} has been successfully defined on channel ${scope.channelId} and try again: ${messageOf(error)}`,
      );
    }
  }

  async #finish(
    scope: TransactionScope,
    outcome: ChaincodeOutcome,
    version: string,
    simulator: Simulator | undefined,
    keep: boolean,
  ): Promise<Simulation> {
    const succeeded = outcome.response.getStatus() < ERROR_THRESHOLD;
    const event = succeeded ? outcome.event : undefined;
    if (simulator === undefined) {
      return { response: outcome.response, event, version, results: new Uint8Array(), interest: undefined };
    }
    const { publicResults, privateResults } = simulator.finish();
    const { ledger, mspId } = this.#context;
    if (keep && succeeded && privateResults !== undefined) {
      await ledger.keepPrivate(scope.txId, mspId, privateResults);
    }
    const interest = interestOf(publicResults, scope.privateReads);
    return { response: outcome.response, event, version, results: publicResults, interest };
  }

  #responsePayload(proposal: Proposal, simulation: Simulation): Uint8Array {
    const id = new peer.ChaincodeID();
    id.setName(proposal.chaincode);
    id.setVersion(simulation.version);
    const action = new peer.ChaincodeAction();
    action.setResults(simulation.results);
    if (simulation.event !== undefined) {
      action.setEvents(simulation.event.serializeBinary());
    }
    action.setResponse(simulation.response);
    action.setChaincodeId(id);
    const payload = new peer.ProposalResponsePayload();
    payload.setProposalHash(proposal.hash);
    payload.setExtension$(action.serializeBinary());
    return payload.serializeBinary();
  }
}

/** Refused by what stands before the endorser. */

class FilteredOut extends Error {}

function failed(message: string): peer.ProposalResponse {
  const response = new peer.Response();
  response.setStatus(ERROR);
  response.setMessage(message);
  const result = new peer.ProposalResponse();
  result.setResponse(response);
  return result;
}

export function rfc3339(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'beyond all dates' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A duration as Go prints it: 15m0s. */
export function goDuration(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1_000);
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor((total % 3_600) / 60), total % 60];
  const tail = `${minutes.toString()}m${seconds.toString()}s`;
  if (hours > 0) {
    return `${hours.toString()}h${tail}`;
  }
  return minutes > 0 ? tail : `${seconds.toString()}s`;
}

function filtered<Part>(name: string, read: () => Part): Part {
  try {
    return read();
  } catch (error) {
    throw new FilteredOut(`failed parsing ${name}: ${messageOf(error)}`);
  }
}
