import * as grpc from '@grpc/grpc-js';
import type { common } from '@hyperledger/fabric-protos';
import { discovery, gateway, peer } from '@hyperledger/fabric-protos';
import type { LocalSigner } from '../identities';
import { AdministrationError } from './administration-error';
import type { SignedProposal } from './proposal';

/** An organisation's peer, with the identity of the organisation's administrator. */
export interface PeerAccess {
  readonly mspId: string;
  /** Host and port. */
  readonly endpoint: string;
  /** PEM text of the root that the peer's TLS certificate chains to. */
  readonly tlsRootCertificate: string;
  /** The name in the peer's TLS certificate, where it is not the endpoint's. */
  readonly hostname?: string;
  readonly signer: LocalSigner;
  /** How long the peer may take to answer a proposal, in milliseconds; 30 seconds unless told. */
  readonly timeoutMs?: number;
}

// Above Fabric's own limit for a block, so that no honest answer is cut.
const MAX_MESSAGE_BYTES = 100 * 1024 * 1024;
const CALL_MS = 30_000;
const COMMIT_MS = 30_000;
const UNCLEAR_SUBMIT_MS = 5_000;

type Unary<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  callback: grpc.requestCallback<Response>,
) => grpc.ClientUnaryCall;

/** A connection to one peer: its endorser, its discovery, and its gateway for what goes to the orderers. */
export class PeerConnection {
  readonly mspId: string;
  readonly signer: LocalSigner;
  readonly #endorser: peer.EndorserClient;
  readonly #timeoutMs: number;
  readonly #gateway: gateway.GatewayClient;
  readonly #discovery: discovery.DiscoveryClient;

  constructor(access: PeerAccess) {
    const credentials = grpc.credentials.createSsl(Buffer.from(access.tlsRootCertificate));
    const options = {
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
      ...(access.hostname === undefined ? {} : { 'grpc.ssl_target_name_override': access.hostname }),
    };
    this.mspId = access.mspId;
    this.signer = access.signer;
    this.#timeoutMs = access.timeoutMs ?? CALL_MS;
    this.#endorser = new peer.EndorserClient(access.endpoint, credentials, options);
    this.#gateway = new gateway.GatewayClient(access.endpoint, credentials, options);
    this.#discovery = new discovery.DiscoveryClient(access.endpoint, credentials, options);
  }

  /**
   * @throws AdministrationError `ProposalRefused` with the peer's words where it does not endorse.
   */
  async endorse(operation: string, proposal: SignedProposal): Promise<peer.ProposalResponse> {
    let answer: peer.ProposalResponse;
    try {
      answer = await call<peer.SignedProposal, peer.ProposalResponse>(
        this.#endorser.processProposal.bind(this.#endorser),
        proposal.message,
        this.#timeoutMs,
      );
    } catch (error) {
      throw this.#failure(operation, error as grpc.ServiceError, proposal.transactionId);
    }
    const response = answer.getResponse();
    const status = response?.getStatus() ?? 0;
    if (status >= 200 && status < 400) return answer;
    throw new AdministrationError('ProposalRefused', {
      mspId: this.mspId,
      operation,
      message: response?.getMessage() ?? 'the peer gave no response',
      transactionId: proposal.transactionId,
    });
  }

  /** Sends a transaction to the orderers through this peer's gateway and returns once it is committed and valid at this peer. */
  async submit(operation: string, proposal: SignedProposal, envelope: common.Envelope): Promise<void> {
    const { transactionId, channel } = proposal;
    const request = new gateway.SubmitRequest();
    request.setTransactionId(transactionId);
    request.setChannelId(channel);
    request.setPreparedTransaction(envelope);
    let unclear: grpc.ServiceError | undefined;
    try {
      await call(this.#gateway.submit.bind(this.#gateway), request, CALL_MS);
    } catch (error) {
      // A transaction whose submission failed may be committed all the same: the commit status tells.
      unclear = error as grpc.ServiceError;
    }
    await this.#committed(operation, transactionId, channel, unclear);
  }

  async #committed(
    operation: string,
    transactionId: string,
    channel: string,
    unclear: grpc.ServiceError | undefined,
  ): Promise<void> {
    const request = new gateway.CommitStatusRequest();
    request.setTransactionId(transactionId);
    request.setChannelId(channel);
    request.setIdentity(this.signer.creator);
    const signed = new gateway.SignedCommitStatusRequest();
    const bytes = request.serializeBinary();
    signed.setRequest(bytes);
    signed.setSignature(this.signer.sign(bytes));
    const where = { mspId: this.mspId, operation, transactionId };
    let status: gateway.CommitStatusResponse;
    try {
      status = await call<gateway.SignedCommitStatusRequest, gateway.CommitStatusResponse>(
        this.#gateway.commitStatus.bind(this.#gateway),
        signed,
        unclear === undefined ? COMMIT_MS : UNCLEAR_SUBMIT_MS,
      );
    } catch (error) {
      const cause = unclear ?? (error as grpc.ServiceError);
      const code = unclear === undefined ? 'OutcomeUnknown' : 'SubmitFailed';
      throw new AdministrationError(code, { ...where, message: cause.details, cause });
    }
    const result = status.getResult();
    if (result === peer.TxValidationCode.VALID) return;
    const name = Object.entries(peer.TxValidationCode).find(([, code]) => code === result)?.[0] ?? result.toString();
    throw new AdministrationError('TransactionInvalid', { ...where, message: `the transaction is invalid: ${name}` });
  }

  /** What the peer knows of the network. @throws AdministrationError `PeerUnreachable`, `ProposalRefused`. */
  async discover(query: discovery.Query): Promise<discovery.QueryResult> {
    const authentication = new discovery.AuthInfo();
    authentication.setClientIdentity(this.signer.creator);
    const request = new discovery.Request();
    request.setAuthentication(authentication);
    request.setQueriesList([query]);
    const signed = new discovery.SignedRequest();
    const payload = request.serializeBinary();
    signed.setPayload(payload);
    signed.setSignature(this.signer.sign(payload));
    try {
      const discover = this.#discovery.discover.bind(this.#discovery);
      const answer = await call<discovery.SignedRequest, discovery.Response>(discover, signed, this.#timeoutMs);
      const [result] = answer.getResultsList();
      if (result !== undefined) return result;
    } catch (error) {
      throw this.#failure('Discover', error as grpc.ServiceError);
    }
    throw this.#failure('Discover', { code: grpc.status.INTERNAL, details: 'the peer gave no result' });
  }

  close(): void {
    this.#discovery.close();
    this.#endorser.close();
    this.#gateway.close();
  }

  #failure(
    operation: string,
    cause: Pick<grpc.ServiceError, 'code' | 'details'>,
    transactionId?: string,
  ): AdministrationError {
    const unreachable = cause.code === grpc.status.UNAVAILABLE || cause.code === grpc.status.DEADLINE_EXCEEDED;
    const code = unreachable ? 'PeerUnreachable' : 'ProposalRefused';
    return new AdministrationError(code, {
      mspId: this.mspId,
      operation,
      message: cause.details,
      ...(transactionId === undefined ? {} : { transactionId }),
      cause,
    });
  }
}

async function call<Request, Response>(
  method: Unary<Request, Response>,
  request: Request,
  timeoutMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, new grpc.Metadata(), { deadline: Date.now() + timeoutMs }, (error, response) => {
      if (error !== null) reject(error);
      else if (response === undefined) reject(new Error('the peer answered nothing'));
      else resolve(response);
    });
  });
}
