import { join } from 'node:path';
import { gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { RunnableChaincodes } from '../chaincode/definitions';
import { PackageStore } from '../chaincode/package-store';
import { ChaincodeRuntime } from '../chaincode/runtime';
import { AccessControl } from './access';
import { PeerDeliver } from './deliver/peer-deliver';
import { Endorser } from './endorser';
import { Gateway } from './gateway/gateway';
import type { EndorsingPeer, GatewayNetwork, OrderingNode } from './gateway/network';
import { NodeServer, type NodeAddress, type NodeTls, type Service } from './node-server';
import { ordererService } from './orderer-node';
import { Broadcaster } from '../ordering/broadcaster';
import { CommitNotifier } from '../ordering/commit-notifier';
import { OrderingService, type BlockCutting, type OrderingStopped } from '../ordering/ordering-service';
import type { Ledger, MspManager, Policy, Signer } from '../ports';
import { configBlock, configOf } from '../system/config-block';
import { ChannelQueries } from '../system/cscc';
import { Lifecycle } from '../system/lifecycle/lifecycle';
import { LedgerQueries } from '../system/qscc';
import { legacyLifecycle, SystemChaincodes } from '../system/system-chaincodes';

/** A node's place on the network. */
export interface NodeEndpoint extends NodeAddress {
  readonly tls: NodeTls;
  /** How other nodes and clients name it, where that is not host:port: shown in errors. */
  readonly address?: string;
}

/** An organisation's peer, which is its gateway too. */
export interface PeerOptions {
  readonly mspId: string;
  readonly endpoint: NodeEndpoint;
  readonly signer: Signer;
  /** Values for `{{.name}}` in the connection.json of chaincode packages, as Fabric's builder for services takes them. */
  readonly chaincodeVariables?: Readonly<Record<string, string>>;
}

export interface OrdererOptions {
  readonly mspId: string;
  readonly endpoint: NodeEndpoint;
}

export interface EngineSettings {
  readonly blockCutting: BlockCutting;
  /** How long a chaincode may take for a transaction. */
  readonly chaincodeTimeout_ms: number;
  /** How far the timestamp of a request may be from this clock, either way. */
  readonly timeWindow_ms: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface EngineParts {
  /** Where installed chaincode packages are kept. */
  readonly directory: string;
  readonly channel: string;
  readonly ledger: Ledger;
  readonly organisations: MspManager;
  /** The organisations of the channel's application, which approve chaincode. */
  readonly applicationMspIds: readonly string[];
  /** Makes a key's own endorsement policy (common.SignaturePolicyEnvelope bytes) ready. */
  readonly keyPolicy: (envelope: Uint8Array) => Policy;
  readonly peers: readonly PeerOptions[];
  readonly orderers: readonly OrdererOptions[];
  readonly settings: EngineSettings;
  /** Told once, when a block could not be committed. */
  readonly onFailure: (failure: OrderingStopped) => void;
}

export interface ListeningNode {
  readonly mspId: string;
  readonly host: string;
  readonly port: number;
}

interface PeerNode extends EndorsingPeer {
  readonly options: PeerOptions;
  readonly access: AccessControl;
  readonly runtime: ChaincodeRuntime;
}

/** A message is taken in before anything of it is checked: no more than a transaction of the largest size, with what is around it, needs. */
const LEAST_RECEIVE_BYTES = 16 * 1024 * 1024;
const AROUND_A_TRANSACTION_BYTES = 1024 * 1024;

/** The nodes of a network on one ledger: a peer with a gateway an organisation, and the orderers. */
export class EngineNodes {
  readonly peers: readonly ListeningNode[];
  readonly orderers: readonly ListeningNode[];
  readonly ordering: OrderingService;
  readonly #runtimes: readonly ChaincodeRuntime[];
  readonly #servers: readonly NodeServer[];
  readonly #close: () => Promise<void>;

  private constructor(
    peers: readonly ListeningNode[],
    orderers: readonly ListeningNode[],
    ordering: OrderingService,
    runtimes: readonly ChaincodeRuntime[],
    servers: readonly NodeServer[],
    close: () => Promise<void>,
  ) {
    this.peers = peers;
    this.orderers = orderers;
    this.ordering = ordering;
    this.#runtimes = runtimes;
    this.#servers = servers;
    this.#close = close;
  }

  /** @throws PortInUse, ListenFailed; nothing listens then */
  static async start(parts: EngineParts): Promise<EngineNodes> {
    const { channel, ledger, settings } = parts;
    const notifier = new CommitNotifier(ledger);
    const ordering = new OrderingService(ledger, settings.blockCutting, undefined, (failure) => {
      notifier.fail(failure);
      parts.onFailure(failure);
    });
    const broadcaster = new Broadcaster(channel, ledger, ordering, settings.now);
    const peers = parts.peers.map((options) => peerNode(parts, options));
    const network: GatewayNetwork = {
      channel,
      ledger,
      peers,
      orderers: parts.orderers.map(orderingNode),
      byzantine: await isByzantine(ledger),
      keyPolicy: parts.keyPolicy,
    };
    const receiveBytes = Math.max(
      LEAST_RECEIVE_BYTES,
      settings.blockCutting.absoluteMaxBytes + AROUND_A_TRANSACTION_BYTES,
    );
    const servers: NodeServer[] = [];
    const listen = async (
      mspId: string,
      endpoint: NodeEndpoint,
      services: readonly Service[],
    ): Promise<ListeningNode> => {
      const server = await NodeServer.listen(endpoint, endpoint.tls, services, receiveBytes);
      servers.push(server);
      return { mspId, host: endpoint.host, port: server.port };
    };
    const closeParts = async (): Promise<void> => {
      await ordering.close();
      notifier.close();
      for (const { runtime } of peers) {
        runtime.close();
      }
    };
    const listening: { peers: ListeningNode[]; orderers: ListeningNode[] } = { peers: [], orderers: [] };
    try {
      for (const node of peers) {
        const services = peerServices(
          parts,
          node,
          new Gateway({ network, own: node, access: node.access, broadcaster, notifier }),
        );
        listening.peers.push(await listen(node.mspId, node.options.endpoint, services));
      }
      for (const { mspId, endpoint } of parts.orderers) {
        const implementation = ordererService({ ...settings, channel, ledger, broadcaster });
        const service = { definition: orderer.AtomicBroadcastService, implementation };
        listening.orderers.push(await listen(mspId, endpoint, [service]));
      }
    } catch (error) {
      await Promise.all(servers.map((server) => server.close()));
      await closeParts();
      throw error;
    }
    const runtimes = peers.map(({ runtime }) => runtime);
    return new EngineNodes(listening.peers, listening.orderers, ordering, runtimes, servers, closeParts);
  }

  /** The process that served a chaincode package to the peers has ended. */
  serviceEnded(packageId: string): void {
    for (const runtime of this.#runtimes) runtime.serviceEnded(packageId);
  }

  /** Takes no more requests, commits what was accepted, and lets go of ports and chaincode. The ledger stays open. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.#close();
  }
}

function peerNode(parts: EngineParts, options: PeerOptions): PeerNode {
  const { channel, ledger, organisations, applicationMspIds, settings } = parts;
  const { mspId } = options;
  const packages = new PackageStore(join(parts.directory, 'chaincodes', mspId), options.chaincodeVariables);
  const access = new AccessControl(channel, mspId, organisations, ledger);
  const system = new SystemChaincodes({
    qscc: new LedgerQueries(channel, ledger, access),
    cscc: new ChannelQueries(channel, ledger, access),
    _lifecycle: new Lifecycle({ channel, mspId, organisations, applicationMspIds, ledger, packages, access }),
    lscc: legacyLifecycle,
  });
  const runnable = new RunnableChaincodes(ledger, channel, mspId, packages);
  const runtime = new ChaincodeRuntime(runnable, packages, system, access, settings.chaincodeTimeout_ms);
  const endorser = new Endorser({
    ...settings,
    channel,
    mspId,
    signer: options.signer,
    organisations,
    ledger,
    access,
    system,
    runtime,
  });
  return {
    mspId,
    options,
    access,
    runtime,
    endorser,
    address: addressOf(options.endpoint),
    has: async (chaincode) => system.has(chaincode) || runnable.has(chaincode),
  };
}

function peerServices(parts: EngineParts, node: PeerNode, ownGateway: Gateway): readonly Service[] {
  const { channel, ledger, organisations, settings } = parts;
  const deliver = new PeerDeliver({
    ...settings,
    channel,
    mspId: node.mspId,
    ledger,
    organisations,
    access: node.access,
  });
  return [
    { definition: gateway.GatewayService, implementation: ownGateway.service() },
    { definition: peer.EndorserService, implementation: node.endorser.service() },
    { definition: peer.DeliverService, implementation: deliver.service() },
  ];
}

function orderingNode({ mspId, endpoint }: OrdererOptions): OrderingNode {
  return { mspId, address: addressOf(endpoint) };
}

function addressOf(endpoint: NodeEndpoint): string {
  return endpoint.address ?? `${endpoint.host}:${endpoint.port.toString()}`;
}

/** What the channel's configuration says about its orderers. */
async function isByzantine(ledger: Ledger): Promise<boolean> {
  const block = await configBlock(ledger);
  const config = block === undefined ? undefined : configOf(block);
  const value = config?.getChannelGroup()?.getGroupsMap().get('Orderer')?.getValuesMap().get('ConsensusType');
  const type = value === undefined ? '' : orderer.ConsensusType.deserializeBinary(value.getValue_asU8()).getType();
  return type === 'BFT';
}
