import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import type { Broadcaster } from '../../ordering/broadcaster';
import { blocksFrom } from '../../ordering/block-feed';
import type { CommitNotifier } from '../../ordering/commit-notifier';
import { OrderingStopped } from '../../ordering/ordering-service';
import type { AccessControl } from '../access';
import { eventsOf, transactionsOf } from '../blocks';
import { streaming, unary } from '../calls';
import { MalformedMessage, parse } from '../parse';
import { messageOf, RpcError, type NodeFailure } from '../rpc-error';
import { EndorsementCollector } from './endorse';
import { failureAt, judge, type EndorsingPeer, type GatewayNetwork, type Verdict } from './network';
import { readProposal, type GatewayProposal } from './proposal';

const { Status } = common;
const VALID = 0;

export interface GatewayContext {
  readonly network: GatewayNetwork;
  /** The peer that this gateway is part of. */
  readonly own: EndorsingPeer;
  readonly access: AccessControl;
  readonly broadcaster: Broadcaster;
  readonly notifier: CommitNotifier;
}

const STATUS_OF: Readonly<Record<Exclude<Verdict['kind'], 'endorsed'>, status>> = {
  unavailable: status.UNAVAILABLE,
  refused: status.FAILED_PRECONDITION,
  aborted: status.ABORTED,
  chaincode: status.UNKNOWN,
};

/** The gateway service of one organisation's peer. */
export class Gateway {
  readonly #context: GatewayContext;
  readonly #collector: EndorsementCollector;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#collector = new EndorsementCollector(context.network, context.own);
  }

  service(): UntypedServiceImplementation {
    return {
      evaluate: unary((request: gateway.EvaluateRequest) => this.#evaluate(request)),
      endorse: unary((request: gateway.EndorseRequest) => this.#endorse(request)),
      submit: unary((request: gateway.SubmitRequest) => this.#submit(request)),
      commitStatus: unary((request: gateway.SignedCommitStatusRequest, signal) => this.#commitStatus(request, signal)),
      chaincodeEvents: streaming((request: gateway.SignedChaincodeEventsRequest, signal) =>
        this.#chaincodeEvents(request, signal),
      ),
    };
  }

  async #evaluate(request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
    const proposal = evaluateProposal(request);
    if (proposal.channelId !== this.#context.network.channel) {
      throw new RpcError(
        status.UNAVAILABLE,
        `failed to get config for channel [${proposal.channelId}]: could not get last config for channel ${proposal.channelId}`,
      );
    }
    const failures: NodeFailure[] = [];
    let last: status = status.UNAVAILABLE;
    for await (const target of this.#evaluators(proposal, request.getTargetOrganizationsList())) {
      const verdict = judge(await target.endorser.process(proposal.signed, false), target === this.#context.own);
      if (verdict.kind === 'endorsed') {
        return evaluated(verdict.response);
      }
      failures.push(failureAt(target, verdict.message));
      last = STATUS_OF[verdict.kind];
      if (verdict.kind === 'refused' || verdict.kind === 'chaincode') {
        throw new RpcError(last, `evaluate call to endorser returned error: ${verdict.message}`, failures);
      }
    }
    throw new RpcError(last, 'failed to evaluate transaction, see attached details for more info', failures);
  }

  /** The peers that may answer a query, the own organisation's first. Transient data goes nowhere else unasked. */
  async *#evaluators(proposal: GatewayProposal, targets: readonly string[]): AsyncGenerator<EndorsingPeer, void> {
    const { network, own } = this.#context;
    const isProtected = proposal.hasTransient && targets.length === 0;
    const allowed = isProtected ? [own.mspId] : targets;
    let found = false;
    for (const candidate of [own, ...network.peers.filter((peer) => peer !== own)]) {
      const isAllowed = allowed.length === 0 || allowed.includes(candidate.mspId);
      if (isAllowed && (await candidate.has(proposal.chaincode))) {
        found = true;
        yield candidate;
      }
    }
    if (!found) {
      const none = `no peers available to evaluate chaincode ${proposal.chaincode} in channel ${proposal.channelId}`;
      throw new RpcError(
        status.FAILED_PRECONDITION,
        isProtected
          ? `no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: ${none}`
          : none,
      );
    }
  }

  async #endorse(request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
    const signed = request.getProposedTransaction();
    if (signed === undefined || signed.getProposalBytes_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'the proposed transaction must contain a signed proposal');
    }
    let proposal: GatewayProposal;
    try {
      proposal = readProposal(signed);
    } catch (error) {
      throw new RpcError(status.INVALID_ARGUMENT, messageOf(error));
    }
    const organisations = request.getEndorsingOrganizationsList();
    if (proposal.channelId !== this.#context.network.channel) {
      throw organisations.length > 0
        ? new RpcError(status.UNAVAILABLE, `failed to find any endorsing peers for org(s): ${organisations.join(', ')}`)
        : new RpcError(
            status.FAILED_PRECONDITION,
            'no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode ' +
              `${proposal.chaincode} in channel ${proposal.channelId}`,
          );
    }
    const response = new gateway.EndorseResponse();
    response.setPreparedTransaction(await this.#collector.collect(proposal, organisations));
    return response;
  }

  async #submit(request: gateway.SubmitRequest): Promise<gateway.SubmitResponse> {
    const transaction = request.getPreparedTransaction();
    if (transaction === undefined) {
      throw new RpcError(status.INVALID_ARGUMENT, 'a prepared transaction is required');
    }
    if (transaction.getSignature_asU8().length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
    }
    const { network, broadcaster } = this.#context;
    if (request.getChannelId() !== network.channel) {
      throw new RpcError(
        status.FAILED_PRECONDITION,
        `failed to get config for channel [${request.getChannelId()}]: channel does not exist`,
      );
    }
    const outcome = await broadcaster.process(transaction);
    if (outcome.status === Status.SUCCESS) {
      return new gateway.SubmitResponse();
    }
    const message = `received unsuccessful response from orderer: status=${statusName(outcome.status)}, info=${outcome.info}`;
    const failures = network.orderers.map(({ address, mspId }) => ({ address, mspId, message }));
    if (network.byzantine) {
      throw new RpcError(
        status.UNAVAILABLE,
        'insufficient number of orderers could successfully process transaction to satisfy quorum requirement',
        failures,
      );
    }
    if (outcome.status >= 400 && outcome.status < 500) {
      throw new RpcError(status.ABORTED, message);
    }
    throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction');
  }

  async #commitStatus(
    signed: gateway.SignedCommitStatusRequest,
    signal: AbortSignal,
  ): Promise<gateway.CommitStatusResponse> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'a commit status request is required');
    }
    const request = parseRequest(gateway.CommitStatusRequest, 'invalid status request', bytes);
    const identity = request.getIdentity_asU8();
    if (identity.length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'no identity provided');
    }
    if (request.getChannelId() === '') {
      throw new RpcError(status.INVALID_ARGUMENT, 'no channel ID provided');
    }
    if (request.getTransactionId() === '') {
      throw new RpcError(status.INVALID_ARGUMENT, 'transaction ID should not be empty');
    }
    this.#authorise('gateway/CommitStatus', request.getChannelId(), bytes, identity, signed.getSignature_asU8());
    const result = await this.#context.notifier.resultOf(request.getTransactionId(), signal).catch((error: unknown) => {
      if (error instanceof OrderingStopped) {
        throw new RpcError(status.UNAVAILABLE, messageOf(error));
      }
      throw new RpcError(signal.aborted ? status.CANCELLED : status.ABORTED, messageOf(error));
    });
    const response = new gateway.CommitStatusResponse();
    response.setResult(result.validationCode as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap]);
    response.setBlockNumber(Number(result.blockNumber));
    return response;
  }

  async *#chaincodeEvents(
    signed: gateway.SignedChaincodeEventsRequest,
    signal: AbortSignal,
  ): AsyncGenerator<gateway.ChaincodeEventsResponse, void> {
    const bytes = signed.getRequest_asU8();
    if (bytes.length === 0) {
      throw new RpcError(status.INVALID_ARGUMENT, 'a chaincode events request is required');
    }
    const request = parseRequest(gateway.ChaincodeEventsRequest, 'invalid chaincode events request', bytes);
    const [channel, identity] = [request.getChannelId(), request.getIdentity_asU8()];
    this.#authorise('gateway/ChaincodeEvents', channel, bytes, identity, signed.getSignature_asU8());
    const start = await this.#eventsStart(request);
    const matches = eventMatcher(request.getChaincodeId(), request.getAfterTransactionId());
    for await (const block of blocksFrom(this.#context.network.ledger, start, signal)) {
      const events = transactionsOf(block)
        .filter(({ validationCode }) => validationCode === VALID)
        .flatMap((transaction) => eventsOf(transaction))
        .filter(matches);
      if (events.length > 0) {
        const response = new gateway.ChaincodeEventsResponse();
        response.setEventsList(events);
        response.setBlockNumber(block.getHeader()?.getNumber() ?? 0);
        yield response;
      }
    }
  }

  async #eventsStart(request: gateway.ChaincodeEventsRequest): Promise<bigint> {
    const { ledger } = this.#context.network;
    const after = request.getAfterTransactionId();
    if (after !== '') {
      const transaction = await ledger.transaction(after);
      if (transaction !== undefined) {
        return transaction.blockNumber;
      }
    }
    const position = request.getStartPosition();
    switch (position?.getTypeCase()) {
      case orderer.SeekPosition.TypeCase.SPECIFIED:
        return BigInt(position.getSpecified()?.getNumber() ?? 0);
      case orderer.SeekPosition.TypeCase.OLDEST:
        throw new RpcError(status.INVALID_ARGUMENT, 'invalid start position type: *orderer.SeekPosition_Oldest');
      case orderer.SeekPosition.TypeCase.NEWEST:
        throw new RpcError(status.INVALID_ARGUMENT, 'invalid start position type: *orderer.SeekPosition_Newest');
      default:
        return ledger.height;
    }
  }

  #authorise(resource: string, channel: string, data: Uint8Array, identity: Uint8Array, signature: Uint8Array): void {
    try {
      this.#context.access.check(resource, channel, { data, identity, signature });
    } catch (error) {
      throw new RpcError(status.PERMISSION_DENIED, messageOf(error));
    }
  }
}

function evaluateProposal(request: gateway.EvaluateRequest): GatewayProposal {
  const refuse = (why: string): RpcError =>
    new RpcError(status.INVALID_ARGUMENT, `failed to unpack transaction proposal: ${why}`);
  const signed = request.getProposedTransaction();
  if (signed === undefined || signed.getProposalBytes_asU8().length === 0) {
    throw refuse('a signed proposal is required');
  }
  let proposal: GatewayProposal;
  try {
    proposal = readProposal(signed);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  if (proposal.channelId === '') {
    throw refuse('no channel id provided');
  }
  if (proposal.chaincodeSpecified === 'no specification') {
    throw refuse(`no chaincode spec is provided, channel id [${proposal.channelId}]`);
  }
  if (proposal.chaincodeSpecified === 'no id') {
    throw refuse(`no chaincode id is provided, channel id [${proposal.channelId}]`);
  }
  if (proposal.chaincode === '') {
    throw refuse(`no chaincode name is provided, channel id [${proposal.channelId}]`);
  }
  return proposal;
}

/** The result stands in the endorsed payload; a response outside it need not carry it. */
function evaluated(response: peer.ProposalResponse): gateway.EvaluateResponse {
  const result = response.getResponse() ?? new peer.Response();
  const bytes = response.getPayload_asU8();
  if (bytes.length > 0) {
    const payload = peer.ProposalResponsePayload.deserializeBinary(bytes);
    const action = peer.ChaincodeAction.deserializeBinary(payload.getExtension_asU8());
    result.setPayload(action.getResponse()?.getPayload_asU8() ?? new Uint8Array());
  }
  const answer = new gateway.EvaluateResponse();
  answer.setResult(result);
  return answer;
}

function parseRequest<T>(type: { deserializeBinary(bytes: Uint8Array): T }, failure: string, bytes: Uint8Array): T {
  try {
    return parse(type, failure, bytes);
  } catch (error) {
    if (error instanceof MalformedMessage) {
      throw new RpcError(status.INVALID_ARGUMENT, `${failure}: proto: cannot parse invalid wire-format data`);
    }
    throw error;
  }
}

/** Events of a chaincode; after a checkpoint, only those of transactions that follow it. */
function eventMatcher(chaincode: string, afterTransaction: string): (event: peer.ChaincodeEvent) => boolean {
  let passed = afterTransaction === '';
  return (event) => {
    if (!passed) {
      passed = event.getTxId() === afterTransaction;
      return false;
    }
    return event.getChaincodeId() === chaincode;
  };
}

function statusName(value: number): string {
  return Object.entries(Status).find(([, number]) => number === value)?.[0] ?? value.toString();
}
