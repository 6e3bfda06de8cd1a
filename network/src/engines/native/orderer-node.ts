import { OrganisationFiles } from '../../identities';
import type { NodeFiles } from '../../identities';
import { LOOPBACK } from '../../operations/free-ports';
import { portNames, portOf } from '../../operations/network-record';
import type { OpenNetwork } from '../../operations/open-network';
import type { Node, Organisation } from '../../topology';
import { writeConfiguration } from './configuration-file';
import type { FabricProgram } from './fabric-programs';
import type { NativeNode } from './native-node';
import { accepts, saysHealthy } from './node-health';

/** The orderer of an organisation, or undefined where it runs none. */
export function ordererNode(
  network: OpenNetwork,
  organisation: Organisation,
  program: FabricProgram,
): NativeNode | undefined {
  const { files, record } = network;
  const node = organisation.orderer;
  const own = new OrganisationFiles(files.directory, organisation).orderer();
  if (node === undefined || own === undefined) return undefined;
  const ports = ordererPorts(network, node);
  return {
    name: node.hostname,
    kind: 'orderer',
    mspId: organisation.mspId,
    ports: new Map([
      [node.hostname, ports.own],
      [portNames.operations(node), ports.operations],
      [portNames.administration(node), ports.administration],
    ]),
    process: {
      program: program.path,
      args: ['start'],
      environment: { FABRIC_CFG_PATH: files.nodeConfiguration(node.hostname), ...logging() },
    },
    prepare: async () => {
      const clusterRoots = record.topology.organisations.flatMap(
        (other) => new OrganisationFiles(files.directory, other).orderer()?.tlsRoot ?? [],
      );
      const place = { data: files.nodeData(node.hostname), clusterRoots };
      const configuration = ordererConfiguration(organisation.mspId, own, ports, place);
      await writeConfiguration(files.nodeConfiguration(node.hostname), 'orderer', configuration);
    },
    // It tells of its health before it listens on its other ports.
    isHealthy: async () =>
      (await saysHealthy(ports.operations, node.hostname, own.tlsRoot)) &&
      (await accepts(ports.administration)) &&
      (await accepts(ports.own)),
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

/** What Fabric's nodes log, unless FABRIC_LOGGING_SPEC says otherwise; plain text, as a file is read. */
export function logging(): Readonly<Record<string, string>> {
  return {
    FABRIC_LOGGING_SPEC: process.env['FABRIC_LOGGING_SPEC'] ?? 'warn',
    FABRIC_LOGGING_FORMAT: '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} %{module}: %{message}',
  };
}

// The names are those of Fabric's orderer.yaml; what is left out has Fabric's own default.
function ordererConfiguration(
  mspId: string,
  own: NodeFiles,
  ports: OrdererPorts,
  place: { readonly data: string; readonly clusterRoots: readonly string[] },
): object {
  const tls = { Enabled: true, PrivateKey: own.tlsKey, Certificate: own.tlsCertificate };
  return {
    General: {
      ListenAddress: LOOPBACK,
      ListenPort: ports.own,
      TLS: { ...tls, RootCAs: [own.tlsRoot], ClientAuthRequired: false },
      // The other orderers show the certificates that the channel's configuration has for them.
      Cluster: {
        ClientCertificate: own.tlsCertificate,
        ClientPrivateKey: own.tlsKey,
        RootCAs: place.clusterRoots,
        SendBufferSize: 100,
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
      ListenAddress: `${LOOPBACK}:${ports.operations.toString()}`,
      TLS: { ...tls, ClientAuthRequired: false, ClientRootCAs: [own.tlsRoot] },
    },
    Admin: {
      ListenAddress: `${LOOPBACK}:${ports.administration.toString()}`,
      TLS: { ...tls, RootCAs: [own.tlsRoot], ClientAuthRequired: true, ClientRootCAs: [own.tlsRoot] },
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: '10 MB' },
    Metrics: { Provider: 'disabled' },
  };
}
