import { posix } from 'node:path';
import { OrganisationFiles, seenAs } from '../../identities';
import type { NodeFiles } from '../../identities';
import { portNames, portOf } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { localAddressOf, LOOPBACK } from '../../topology';
import type { PeerOrganisation } from '../../topology';
import { writeConfiguration } from './configuration-file';
import { type FabricNode, LARGEST_MESSAGE_BYTES, SHORTEST_PING_INTERVAL } from './fabric-node';
import { answersTls, saysHealthy } from './node-health';
import { siteOf } from './node-site';
import { logging } from './orderer-node';
import { preparePeerBuilder } from './peer-builder';

const BUILDER = 'kessai-ccaas';

/** The peer of an organisation. */
export function peerNode(network: OpenNetwork, organisation: PeerOrganisation): FabricNode {
  const { files, record } = network;
  const { peer, mspId } = organisation;
  const name = peer.hostname;
  const own = new OrganisationFiles(files.directory, organisation).peer();
  const port = portOf(record, peer);
  const operations = portOf(record, { hostname: portNames.operations(peer) });
  const site = siteOf(network);
  const configuration = files.nodeConfiguration(name);
  const data = files.nodeData(name);
  return {
    name,
    kind: 'peer',
    organisation,
    ports: new Map([
      [name, port],
      [portNames.operations(peer), operations],
    ]),
    environment: { FABRIC_CFG_PATH: site.pathOf(configuration), ...logging(record) },
    reads: [configuration, own.root],
    writes: data,
    prepare: async () => {
      const builder = await preparePeerBuilder(network, organisation);
      const place = { channel: record.topology.channel, data: site.pathOf(data), builder: site.pathOf(builder) };
      const addresses = {
        host: site.hostOf(organisation, name),
        listen: site.listenAddress(organisation),
        keeper: site.keeperAddress,
        port,
        operations,
      };
      const settings = { name, mspId, own: seenAs(own, site.pathOf), ...addresses };
      await writeConfiguration(configuration, 'core', peerConfiguration(settings, place));
    },
    // It tells of its health before it listens on its own port.
    isHealthy: async () =>
      (await saysHealthy(operations, name, own.tlsRoot)) &&
      (await answersTls(port, name, own, localAddressOf(organisation))),
  };
}

interface PeerSettings {
  readonly name: string;
  readonly mspId: string;
  readonly own: NodeFiles;
  /** By which others call it. */
  readonly host: string;
  /** Where it listens for others. */
  readonly listen: string;
  /** Where it listens for its keeper. */
  readonly keeper: string;
  readonly port: number;
  readonly operations: number;
}

interface PeerPlace {
  readonly channel: string;
  readonly data: string;
  readonly builder: string;
}

// The names are those of Fabric's core.yaml; what is left out has Fabric's own default.
function peerConfiguration(settings: PeerSettings, place: PeerPlace): object {
  return {
    peer: peerSection(settings, place),
    vm: { endpoint: '' },
    chaincode: {
      mode: 'net',
      // The chaincode library ends its process when it gets one.
      keepalive: 0,
      executetimeout: '30s',
      startuptimeout: '300s',
      installTimeout: '300s',
      externalBuilders: [{ name: BUILDER, path: place.builder, propagateEnvironment: [] }],
      system: { _lifecycle: 'enable', cscc: 'enable', lscc: 'enable', qscc: 'enable' },
      logging: { level: 'info', shim: 'warning' },
      runtimeParams: {
        useWriteBatch: true,
        maxSizeWriteBatch: 1_000,
        useGetMultipleKeys: true,
        maxSizeGetMultipleKeys: 1_000,
      },
    },
    ledger: {
      state: { stateDatabase: 'goleveldb', totalQueryLimit: 100_000 },
      history: { enableHistoryDatabase: true },
      // Private data that nobody had at the first try is asked for again so often; Fabric's own interval is an hour.
      pvtdataStore: { deprioritizedDataReconcilerInterval: '1m' },
      snapshots: { rootDir: posix.join(place.data, 'snapshots') },
    },
    operations: {
      listenAddress: `${settings.keeper}:${settings.operations.toString()}`,
      tls: {
        enabled: true,
        cert: { file: settings.own.tlsCertificate },
        key: { file: settings.own.tlsKey },
        clientAuthRequired: false,
        clientRootCAs: { files: [settings.own.tlsRoot] },
      },
    },
    metrics: { provider: 'prometheus' },
  };
}

function peerSection({ name, mspId, own, host, listen, port }: PeerSettings, { channel, data }: PeerPlace): object {
  const address = `${host}:${port.toString()}`;
  return {
    id: name,
    networkId: channel,
    listenAddress: `${listen}:${port.toString()}`,
    address,
    // Chaincodes do not call this peer: it calls them. Fabric opens the port all the same.
    chaincodeListenAddress: `${LOOPBACK}:0`,
    localMspId: mspId,
    mspConfigPath: own.msp,
    fileSystemPath: data,
    BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
    tls: {
      enabled: true,
      clientAuthRequired: false,
      cert: { file: own.tlsCertificate },
      key: { file: own.tlsKey },
      rootcert: { file: own.tlsRoot },
    },
    keepalive: { minInterval: SHORTEST_PING_INTERVAL },
    gateway: { enabled: true, endorsementTimeout: '30s', broadcastTimeout: '30s', dialTimeout: '30s' },
    gossip: gossipSection(address),
    deliveryclient: {
      blockGossipEnabled: false,
      policy: 'cluster',
      connTimeout: '3s',
      // An orderer that withholds blocks is left for another one, and so is one whose machine has gone without a word. Until then this
      // peer knows of no commit, and its clients wait.
      blockCensorshipTimeoutKey: '10s',
      minimalReconnectInterval: '100ms',
      // A peer does not give up: an orderer comes back some day.
      reConnectBackoffThreshold: '10s',
      reconnectTotalTimeThreshold: '87600h',
    },
    discovery: { enabled: true, authCacheEnabled: true, authCacheMaxSize: 1_000, authCachePurgeRetentionRatio: 0.75 },
    authentication: { timewindow: '15m' },
    handlers: {
      authFilters: [{ name: 'DefaultAuth' }, { name: 'ExpirationCheck' }, { name: 'TimeWindowCheck' }],
      decorators: [{ name: 'DefaultDecorator' }],
      endorsers: { escc: { name: 'DefaultEndorsement' } },
      validators: { vscc: { name: 'DefaultValidation' } },
    },
    limits: { concurrency: { endorserService: 2_500, deliverService: 2_500, gatewayService: 500 } },
    maxRecvMsgSize: LARGEST_MESSAGE_BYTES,
    maxSendMsgSize: 100 * 1024 * 1024,
  };
}

/** More than there are. */
const EVERY_PEER = 1_000;

function gossipSection(address: string): object {
  return {
    bootstrap: address,
    endpoint: address,
    externalEndpoint: address,
    // Each organisation has one peer: it fetches its own blocks, and passes none on.
    useLeaderElection: false,
    orgLeader: true,
    state: { enabled: false },
    // A peer tells of itself to all others. Fabric's own way is three of them, by chance, each time; and since peers pass on signs of life
    // of their own organisation alone, two of different organisations now and then heard nothing of one another until they took each
    // other for dead, with nothing wrong: then nobody endorses with both for seconds.
    propagatePeerNum: EVERY_PEER,
    // What is to be told waits so long for more of it. A peer looks that often whether there is any, also where there is none: a hundred
    // times a second by Fabric's own setting. Private data and blocks do not go this way.
    maxPropagationBurstLatency: '100ms',
    // These are Fabric's own. Shorter ones cost more than they gain: each message is signed, and verified by every peer. A peer
    // whose process ended is noticed by its broken connections; silence alone proves little on a busy machine, and one that was
    // given up for dead too soon gets no private data.
    membershipTrackerInterval: '5s',
    publishStateInfoInterval: '4s',
    requestStateInfoInterval: '4s',
    aliveTimeInterval: '5s',
    aliveExpirationTimeout: '25s',
    // An endorser hands private data to other peers before it answers. For one whose process has just ended it dials in vain, once for
    // each collection and one after the other: with Fabric's three seconds a transaction of three collections took nine.
    dialTimeout: '1s',
    // One that came back is spoken to again soon.
    reconnectInterval: '2s',
    pvtData: {
      // A block waits so long for private data that no peer has; what is missing then is fetched afterwards.
      pullRetryThreshold: '5s',
      transientstoreMaxBlockRetention: 20_000,
      pushAckTimeout: '3s',
      btlPullMargin: 10,
      reconcileBatchSize: 100,
      reconcileSleepInterval: '5s',
      reconciliationEnabled: true,
      skipPullingInvalidTransactionsDuringCommit: false,
      implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
    },
  };
}
