import { setTimeout as wait } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { type common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { type Topology, exportProfile, hasPeer, openNetwork } from '@kessai/network';
import { BlockWatch } from './block-watch';
import { ClientIdentity } from './client-identity';
import { OrderingStream } from './ordering-stream';
import { type Answer, answerOf } from './refusal';
import { seek } from './seek';

const callMs = 60_000;
const handOverAttempts = 20;
const handOverPauseMs = 250;
const maxMessageBytes = 100 * 1024 * 1024;
const watcher = 'user1';

type Unary<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  callback: grpc.requestCallback<Response>,
) => grpc.ClientUnaryCall;

interface PeerClients {
  readonly gateway: gateway.GatewayClient;
  readonly endorser: peer.EndorserClient;
  readonly deliver: peer.DeliverClient;
}

/** One of the two networks that are compared, spoken to in Fabric's own messages. */
export class Side implements Disposable {
  readonly topology: Topology;
  readonly #directory: string;
  readonly #ports: Readonly<Record<string, number>>;
  readonly #peers = new Map<string, PeerClients>();
  readonly #watches = new Map<string, BlockWatch>();
  readonly #orderers: OrderingStream[] = [];
  readonly #cut: (() => Promise<void>) | undefined;

  /** @param cut commits what waits as one block; undefined where the network decides that itself. */
  private constructor(
    readonly name: 'embedded' | 'native',
    directory: string,
    cut?: () => Promise<void>,
  ) {
    const { record } = openNetwork(directory);
    this.#directory = directory;
    this.#cut = cut;
    this.topology = record.topology;
    this.#ports = record.ports;
  }

  /** Connects to every node, and follows every peer's blocks. */
  static async connect(name: Side['name'], directory: string, cut?: () => Promise<void>): Promise<Side> {
    const side = new Side(name, directory, cut);
    for (const { mspId, peer: node, orderer: ordering } of side.topology.organisations.filter(hasPeer)) {
      const arguments_ = side.#connection(mspId, node.hostname);
      const clients = {
        gateway: new gateway.GatewayClient(...arguments_),
        endorser: new peer.EndorserClient(...arguments_),
        deliver: new peer.DeliverClient(...arguments_),
      };
      side.#peers.set(mspId, clients);
      const request = await seek(side.identity(mspId, watcher), side.topology.channel);
      side.#watches.set(mspId, new BlockWatch(`${name} ${node.hostname}`, clients.deliver, request));
      if (ordering !== undefined) {
        const client = new orderer.AtomicBroadcastClient(...side.#connection(mspId, ordering.hostname));
        side.#orderers.push(new OrderingStream(`${name} ${ordering.hostname}`, client));
      }
    }
    return side;
  }

  identity(mspId: string, user?: string): ClientIdentity {
    return new ClientIdentity(
      exportProfile({ directory: this.#directory, mspId, ...(user === undefined ? {} : { user }) }),
    );
  }

  /** A text with every address replaced by the name of the node that listens there. */
  readonly named = (text: string): string =>
    text.replace(/127\.0\.0\.1:(\d+)/g, (address, port: string) => this.#nodeAt(Number(port)) ?? address);

  peer(mspId: string): PeerClients {
    const found = this.#peers.get(mspId);
    if (!found) throw new RangeError(`${mspId} has no peer`);
    return found;
  }

  watch(mspId: string): BlockWatch {
    const found = this.#watches.get(mspId);
    if (!found) throw new RangeError(`${mspId} has no peer`);
    return found;
  }

  /** Asks again where peers have not handed over private data to each other yet, which says nothing about what is asked. */
  async endorse(at: string, request: gateway.EndorseRequest): Promise<Answer<common.Envelope>> {
    let answer = await this.#endorse(at, request);
    for (let attempt = 1; attempt < handOverAttempts && isNotHandedOver(answer); attempt += 1) {
      await wait(handOverPauseMs);
      answer = await this.#endorse(at, request);
    }
    return answer;
  }

  async #endorse(at: string, request: gateway.EndorseRequest): Promise<Answer<common.Envelope>> {
    const client = this.peer(at).gateway;
    const called = unary(client.endorse.bind(client), request).then((answer) => {
      const envelope = answer.getPreparedTransaction();
      if (!envelope) throw new Error(`${this.name}: an endorsement without a transaction`);
      return envelope;
    });
    return answerOf(called, this.named);
  }

  async evaluate(at: string, request: gateway.EvaluateRequest): Promise<Answer<peer.Response>> {
    const client = this.peer(at).gateway;
    const called = unary(client.evaluate.bind(client), request).then((answer) => {
      const result = answer.getResult();
      if (!result) throw new Error(`${this.name}: an evaluation without a result`);
      return result;
    });
    return answerOf(called, this.named);
  }

  async commitStatus(
    at: string,
    request: gateway.SignedCommitStatusRequest,
  ): Promise<Answer<gateway.CommitStatusResponse>> {
    const client = this.peer(at).gateway;
    return answerOf(unary(client.commitStatus.bind(client), request), this.named);
  }

  async processProposal(at: string, request: peer.SignedProposal): Promise<Answer<peer.ProposalResponse>> {
    const client = this.peer(at).endorser;
    return answerOf(unary(client.processProposal.bind(client), request), this.named);
  }

  /** Gives transactions to the orderers in this order, and returns when one of them has accepted each. */
  async order(envelopes: readonly common.Envelope[]): Promise<void> {
    // The embedded engine orders once behind all of its endpoints.
    const streams = this.name === 'embedded' ? this.#orderers.slice(0, 1) : this.#orderers;
    const accepted = streams.map((stream) => stream.send(envelopes));
    // One that is slower than the others says that it has seen the transaction in a block already.
    await Promise.all(envelopes.map(async (_, index) => Promise.any(accepted.flatMap((one) => one[index] ?? []))));
  }

  /** Commits what waits as one block, where that is not the network's own affair. */
  async cut(): Promise<void> {
    await this.#cut?.();
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches.values()) watch.close();
    for (const stream of this.#orderers) stream.close();
    for (const clients of this.#peers.values()) {
      clients.gateway.close();
      clients.endorser.close();
      clients.deliver.close();
    }
  }

  #connection(mspId: string, hostname: string): [string, grpc.ChannelCredentials, grpc.ClientOptions] {
    const { tlsRootCert } = exportProfile({ directory: this.#directory, mspId });
    return [
      `127.0.0.1:${String(this.#ports[hostname])}`,
      grpc.credentials.createSsl(Buffer.from(tlsRootCert)),
      {
        'grpc.ssl_target_name_override': hostname,
        'grpc.max_receive_message_length': maxMessageBytes,
        'grpc.max_send_message_length': maxMessageBytes,
      },
    ];
  }

  #nodeAt(port: number): string | undefined {
    return Object.entries(this.#ports).find(([, one]) => one === port)?.[0];
  }
}

async function unary<Request, Response>(method: Unary<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, new grpc.Metadata(), { deadline: Date.now() + callMs }, (error, response) => {
      if (error) reject(error);
      else if (response === undefined) reject(new Error('The node answered nothing'));
      else resolve(response);
    });
  });
}

function isNotHandedOver(answer: Answer<unknown>): boolean {
  const waits = /Failed disseminating|"code":"CollectionNotHeld"/;
  return 'refused' in answer && answer.refused.details.some((detail) => waits.test(detail));
}
