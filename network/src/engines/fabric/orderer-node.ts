import { OrganisationFiles, seenAs, tlsRootFile } from '../../identities';
import type { NodeFiles } from '../../identities';
import { portNames, portOf } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { localAddressOf } from '../../topology';
import type { Node, Organisation } from '../../topology';
import { writeConfiguration } from './configuration-file';
import { type FabricNode, LARGEST_MESSAGE_BYTES, SHORTEST_PING_INTERVAL } from './fabric-node';
import { answersTls, saysHealthy } from './node-health';
import { siteOf } from './node-site';
import type { NodeSite } from './node-site';

/** The orderer of an organisation, or undefined where it runs none. */
export function ordererNode(network: OpenNetwork, organisation: Organisation): FabricNode | undefined {
  const { files, record } = network;
  const node = organisation.orderer;
  const own = new OrganisationFiles(files.directory, organisation).orderer();
  if (node === undefined || own === undefined) return undefined;
  const ports = ordererPorts(network, node);
  const site = siteOf(network);
  const ordering = record.topology.organisations
    .filter(({ orderer }) => orderer !== undefined)
    .map((other) => new OrganisationFiles(files.directory, other).msp);
  const configuration = files.nodeConfiguration(node.hostname);
  const data = files.nodeData(node.hostname);
  return {
    name: node.hostname,
    kind: 'orderer',
    organisation,
    ports: new Map([
      [node.hostname, ports.own],
      [portNames.operations(node), ports.operations],
      [portNames.administration(node), ports.administration],
    ]),
    environment: { FABRIC_CFG_PATH: site.pathOf(configuration), ...logging(record) },
    reads: [configuration, own.root, ...ordering],
    writes: data,
    prepare: async () => {
      const place = { data: site.pathOf(data), clusterRoots: ordering.map(tlsRootFile).map(site.pathOf) };
      const settings = {
        mspId: organisation.mspId,
        own: seenAs(own, site.pathOf),
        ports,
        ...addressesIn(site, organisation),
      };
      await writeConfiguration(configuration, 'orderer', ordererConfiguration(settings, place));
    },
    // It tells of its health before it listens on its other ports.
    isHealthy: async () =>
      (await saysHealthy(ports.operations, node.hostname, own.tlsRoot)) &&
      (await answersTls(ports.administration, node.hostname, own)) &&
      (await answersTls(ports.own, node.hostname, own, localAddressOf(organisation))),
  };
}

interface OrdererPorts {
  readonly own: number;
  readonly operations: number;
  readonly administration: number;
}

function ordererPorts({ record }: OpenNetwork, node: Node): OrdererPorts {
  return {
    own: portOf(record, node),
    operations: portOf(record, { hostname: portNames.operations(node) }),
    administration: portOf(record, { hostname: portNames.administration(node) }),
  };
}

const TEXT_LINES = '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} %{module}: %{message}';

/** What Fabric's nodes log, unless FABRIC_LOGGING_SPEC says otherwise, and in which form. */
export function logging({ logFormat }: Pick<NetworkRecord, 'logFormat'>): Readonly<Record<string, string>> {
  return {
    FABRIC_LOGGING_SPEC: process.env['FABRIC_LOGGING_SPEC'] ?? 'warn',
    FABRIC_LOGGING_FORMAT: logFormat === 'json' ? 'json' : TEXT_LINES,
  };
}

interface OrdererSettings {
  readonly mspId: string;
  readonly own: NodeFiles;
  readonly ports: OrdererPorts;
  /** Where it listens for clients and other orderers. */
  readonly listen: string;
  /** Where it listens for its keeper. */
  readonly keeper: string;
}

function addressesIn(site: NodeSite, organisation: Organisation): Pick<OrdererSettings, 'listen' | 'keeper'> {
  return { listen: site.listenAddress(organisation), keeper: site.keeperAddress };
}

// The names are those of Fabric's orderer.yaml; what is left out has Fabric's own default.
function ordererConfiguration(
  { mspId, own, ports, listen, keeper }: OrdererSettings,
  place: { readonly data: string; readonly clusterRoots: readonly string[] },
): object {
  const tls = { Enabled: true, PrivateKey: own.tlsKey, Certificate: own.tlsCertificate };
  return {
    General: {
      ListenAddress: listen,
      ListenPort: ports.own,
      TLS: { ...tls, RootCAs: [own.tlsRoot], ClientAuthRequired: false },
      Keepalive: { ServerMinInterval: SHORTEST_PING_INTERVAL },
      MaxRecvMsgSize: LARGEST_MESSAGE_BYTES,
      // The other orderers show the certificates that the channel's configuration has for them.
      Cluster: {
        ClientCertificate: own.tlsCertificate,
        ClientPrivateKey: own.tlsKey,
        RootCAs: place.clusterRoots,
        SendBufferSize: 100,
        // An orderer that fetches blocks from the others takes no part meanwhile: where a leader ends just then, nothing is ordered until
        // it is done. It waits for an orderer that has a block and does not give it for a third of the second times the third, and
        // gives up after all of it, to begin anew. Fabric's own are 5 s, 5 s and 12: twenty seconds, and a minute.
        ReplicationRetryTimeout: '1s',
        ReplicationPullTimeout: '2s',
        ReplicationMaxRetries: 3,
      },
      BootstrapMethod: 'none',
      LocalMSPDir: own.msp,
      LocalMSPID: mspId,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      // A connection between orderers that broke is made again soon, since a quorum may depend on it.
      Backoff: { BaseDelay: '100ms', Multiplier: 1.6, MaxDelay: '2s' },
    },
    FileLedger: { Location: place.data },
    Consensus: { WALDir: `${place.data}/etcdraft/wal`, SnapDir: `${place.data}/etcdraft/snapshot` },
    Operations: {
      ListenAddress: `${keeper}:${ports.operations.toString()}`,
      TLS: { ...tls, ClientAuthRequired: false, ClientRootCAs: [own.tlsRoot] },
    },
    Admin: {
      ListenAddress: `${keeper}:${ports.administration.toString()}`,
      TLS: { ...tls, RootCAs: [own.tlsRoot], ClientAuthRequired: true, ClientRootCAs: [own.tlsRoot] },
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: '10 MB' },
    Metrics: { Provider: 'prometheus' },
  };
}
