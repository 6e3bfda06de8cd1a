import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import type { Profile } from '../profile';
import { type Credential, selfSigned } from './certificate';
import { preparedTransaction } from './fake-answers';

/** A proposal that arrived. */
export interface ReceivedProposal {
  readonly step: 'evaluate' | 'endorse';
  readonly chaincode: string;
  /** Function and arguments, which every node of the channel sees. */
  readonly arguments: readonly string[];
  /** The transient request. */
  readonly request: string | undefined;
  readonly organisations: readonly string[];
  readonly transactionId: string;
}

/** A message that arrived, with the signature of who sent it. */
export interface SignedMessage {
  readonly step: 'evaluate' | 'endorse' | 'submit' | 'commitStatus' | 'chaincodeEvents' | 'deliver' | 'deliverFiltered';
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

export interface CommitAnswer {
  /** Fabric's validation code. */
  readonly code: peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap];
  readonly blockNumber: number;
}

/** What the gateway answers; a test replaces what it is about. Throwing a StatusError is answered with that status. */
export interface Script {
  evaluate(proposal: ReceivedProposal): string | Uint8Array | Promise<string | Uint8Array>;
  /** The chaincode's response in the endorsed transaction. */
  endorse(proposal: ReceivedProposal): string | Promise<string>;
  /** Blocks of the channel at an organisation's peer; asked through qscc. */
  height?(mspId: string | undefined): number;
  submit(transactionId: string): void | Promise<void>;
  commitStatus(transactionId: string): CommitAnswer | Promise<CommitAnswer>;
  chaincodeEvents(
    request: gateway.ChaincodeEventsRequest,
    stream: ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>,
  ): void;
  deliver(first: number | undefined, stream: ServerDuplexStream<common.Envelope, peer.DeliverResponse>): void;
  deliverFiltered(first: number | undefined, stream: ServerDuplexStream<common.Envelope, peer.DeliverResponse>): void;
}

const channel = 'market';

/** A gateway without a network behind it: real gRPC, TLS, statuses and messages, and answers that a test scripts. */
export class FakeGateway implements AsyncDisposable {
  readonly script: Script = {
    evaluate: () => '{}',
    endorse: () => '{"outcome":"created"}',
    submit: () => undefined,
    commitStatus: () => ({ code: peer.TxValidationCode.VALID, blockNumber: 7 }),
    chaincodeEvents: (_request, stream) => stream.end(),
    deliver: (_first, stream) => stream.end(),
    deliverFiltered: (_first, stream) => stream.end(),
  };
  readonly proposals: ReceivedProposal[] = [];
  /** All that arrived, in its order. */
  readonly signed: SignedMessage[] = [];
  /** Transactions handed over to be ordered. */
  readonly submitted: string[] = [];
  /** Transactions whose commit status was asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #credential: Credential;
  readonly #user: Credential;
  readonly #port: number;

  private constructor(server: Server, credential: Credential, port: number) {
    this.#server = server;
    this.#credential = credential;
    this.#user = selfSigned('user1');
    this.#port = port;
  }

  static async start(): Promise<FakeGateway> {
    const credential = selfSigned('localhost');
    const pair = { private_key: Buffer.from(credential.key), cert_chain: Buffer.from(credential.cert) };
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    const fake = new FakeGateway(server, credential, port);
    fake.#serve();
    return fake;
  }

  /** A profile of a user of Alpha, with three operators. */
  profile(changes: Partial<Profile> = {}): Profile {
    return {
      mspId: 'AlphaMSP',
      channel,
      chaincode: 'market',
      endpoint: `localhost:${this.#port.toString()}`,
      tlsRootCert: this.#credential.cert,
      ...this.#user,
      gatewayOptions: { operators: ['ExchangeMSP', 'CsdMSP', 'CcpMSP'] },
      ...changes,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  #serve(): void {
    this.#server.addService(gateway.GatewayService, {
      evaluate: unary((request: gateway.EvaluateRequest) => this.#evaluate(request)),
      endorse: unary((request: gateway.EndorseRequest) => this.#endorse(request)),
      submit: unary((request: gateway.SubmitRequest) => this.#submit(request)),
      commitStatus: unary((request: gateway.SignedCommitStatusRequest) => this.#commitStatus(request)),
      chaincodeEvents: (
        stream: ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>,
      ) => {
        this.#signed('chaincodeEvents', stream.request.getRequest_asU8(), stream.request.getSignature_asU8());
        const request = gateway.ChaincodeEventsRequest.deserializeBinary(stream.request.getRequest_asU8());
        this.script.chaincodeEvents(request, stream);
      },
    });
    this.#server.addService(peer.DeliverService, {
      deliver: this.#delivering('deliver'),
      deliverFiltered: this.#delivering('deliverFiltered'),
      deliverWithPrivateData: (stream: Delivery) => stream.end(),
    });
  }

  async #evaluate(request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
    const organisations = request.getTargetOrganizationsList();
    const received = this.#received(
      'evaluate',
      organisations,
      request.getTransactionId(),
      request.getProposedTransaction(),
    );
    const result = new peer.Response();
    result.setStatus(200);
    const asksForHeight = received.arguments[0] === 'GetChainInfo' && this.script.height !== undefined;
    const payload = asksForHeight ? this.#chainInfo(organisations[0]) : await this.script.evaluate(received);
    result.setPayload(typeof payload === 'string' ? Buffer.from(payload) : payload);
    const response = new gateway.EvaluateResponse();
    response.setResult(result);
    return response;
  }

  #chainInfo(mspId: string | undefined): Uint8Array {
    const info = new common.BlockchainInfo();
    info.setHeight(this.script.height?.(mspId) ?? 0);
    return info.serializeBinary();
  }

  async #endorse(request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
    const organisations = request.getEndorsingOrganizationsList();
    const transactionId = request.getTransactionId();
    const received = this.#received('endorse', organisations, transactionId, request.getProposedTransaction());
    const response = new gateway.EndorseResponse();
    response.setPreparedTransaction(preparedTransaction(channel, transactionId, await this.script.endorse(received)));
    return response;
  }

  async #submit(request: gateway.SubmitRequest): Promise<gateway.SubmitResponse> {
    this.submitted.push(request.getTransactionId());
    const envelope = request.getPreparedTransaction();
    this.#signed('submit', envelope?.getPayload_asU8(), envelope?.getSignature_asU8());
    await this.script.submit(request.getTransactionId());
    return new gateway.SubmitResponse();
  }

  async #commitStatus(request: gateway.SignedCommitStatusRequest): Promise<gateway.CommitStatusResponse> {
    this.#signed('commitStatus', request.getRequest_asU8(), request.getSignature_asU8());
    const transactionId = gateway.CommitStatusRequest.deserializeBinary(request.getRequest_asU8()).getTransactionId();
    this.asked.push(transactionId);
    const { code, blockNumber } = await this.script.commitStatus(transactionId);
    const response = new gateway.CommitStatusResponse();
    response.setResult(code);
    response.setBlockNumber(blockNumber);
    return response;
  }

  #received(
    step: ReceivedProposal['step'],
    organisations: readonly string[],
    transactionId: string,
    signed: peer.SignedProposal | undefined,
  ): ReceivedProposal {
    const proposal = peer.Proposal.deserializeBinary(signed?.getProposalBytes_asU8() ?? new Uint8Array());
    const payload = peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8());
    const spec = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()).getChaincodeSpec();
    const transient = payload.getTransientmapMap().get('request') as Uint8Array | undefined;
    const received = {
      step,
      organisations,
      transactionId,
      chaincode: spec?.getChaincodeId()?.getName() ?? '',
      arguments: (spec?.getInput()?.getArgsList_asU8() ?? []).map(textOf),
      request: transient && textOf(transient),
    };
    this.proposals.push(received);
    this.#signed(step, signed?.getProposalBytes_asU8(), signed?.getSignature_asU8());
    return received;
  }

  /** Tells the block from which the client wants to be told; undefined: from the next one. */
  #delivering(step: 'deliver' | 'deliverFiltered'): (stream: Delivery) => void {
    return (stream) => {
      stream.once('data', (envelope: common.Envelope) => {
        this.#signed(step, envelope.getPayload_asU8(), envelope.getSignature_asU8());
        const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
        const seek = orderer.SeekInfo.deserializeBinary(payload.getData_asU8());
        this.script[step](seek.getStart()?.getSpecified()?.getNumber(), stream);
      });
    };
  }

  #signed(step: SignedMessage['step'], message?: Uint8Array, signature?: Uint8Array): void {
    this.signed.push({ step, message: message ?? new Uint8Array(), signature: signature ?? new Uint8Array() });
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function unary<Q, R>(
  handle: (request: Q) => Promise<R>,
): (call: ServerUnaryCall<Q, R>, answer: sendUnaryData<R>) => void {
  return (call, answer) => {
    handle(call.request).then(
      (response) => answer(null, response),
      (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
    );
  };
}

type Delivery = ServerDuplexStream<common.Envelope, peer.DeliverResponse>;
