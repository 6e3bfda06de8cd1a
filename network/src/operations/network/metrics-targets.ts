import { LOOPBACK } from '../../directory/free-ports';
import { keepingNodes, networkNodes, schedulerNodes } from '../../directory/network-nodes';
import type { NetworkNode, ProcessKind } from '../../directory/network-nodes';
import { portNames, portOf, requireOrganisation } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { telemetryOf } from '../../directory/telemetry-settings';
import { OrganisationFiles } from '../../identities';
import type { NodeFiles } from '../../identities';
import type { Node } from '../../topology';

/** Where a process tells its metrics, in the text form of Prometheus. */
export interface MetricsTarget {
  readonly name: string;
  readonly kind: ProcessKind;
  /** Whose it is, where it is one organisation's. */
  readonly mspId?: string;
  /** Host and port, of this machine. */
  readonly address: string;
  readonly path: '/metrics';
  /**
   * Of Fabric's own nodes, which answer whoever shows a certificate of their organisation's TLS authority: files of one that may be shown,
   * the node's own. The name is the one in what the node shows. Undefined: whoever reaches the address is answered, in plain HTTP.
   */
  readonly tls?: {
    readonly serverName: string;
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
  };
}

/**
 * The processes of the directory's network, schedulers of its operators among them, whether they run or not; and `keep`, where it ever ran.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`.
 */
export function metricsTargets({ directory }: { readonly directory: string }): readonly MetricsTarget[] {
  const network = openNetwork(directory);
  const { record } = network;
  const nodes = [...networkNodes(record), ...schedulerNodes(record), ...keepingNodes(record)];
  return nodes.flatMap((node) => targetOf(network, node) ?? []);
}

function targetOf(network: OpenNetwork, process: NetworkNode): MetricsTarget | undefined {
  const { mspId, kind } = process;
  if (kind !== 'orderer' && kind !== 'peer') return ownTarget(network, process);
  const organisation = requireOrganisation(network.record, mspId ?? '');
  const files = new OrganisationFiles(network.files.directory, organisation);
  const [node, tls] = kind === 'orderer' ? [organisation.orderer, files.orderer()] : [organisation.peer, files.peer()];
  return node === undefined || tls === undefined ? undefined : fabricTarget(network, process, node, tls);
}

/** Undefined where the network was made by an earlier release, and was not brought up since. */
function ownTarget({ record }: OpenNetwork, process: NetworkNode): MetricsTarget | undefined {
  const { metrics } = telemetryOf(record, process.name);
  return metrics && { ...process, address: `${metrics.host}:${metrics.port.toString()}`, path: '/metrics' };
}

function fabricTarget({ record }: OpenNetwork, process: NetworkNode, node: Node, tls: NodeFiles): MetricsTarget {
  return {
    ...process,
    address: `${LOOPBACK}:${portOf(record, { hostname: portNames.operations(node) }).toString()}`,
    path: '/metrics',
    tls: { serverName: node.hostname, caFile: tls.tlsRoot, certFile: tls.tlsCertificate, keyFile: tls.tlsKey },
  };
}
