import { LOOPBACK } from '../../directory/free-ports';
import { portNames, portOf, presentOrganisations } from '../../directory/network-record';
import { openNetwork } from '../../directory/open-network';
import { OrganisationFiles } from '../../identities';
import type { NodeFiles } from '../../identities';
import type { Node } from '../../topology';

/** Where a node tells its metrics, in the text form of Prometheus, to whoever shows a certificate of its organisation's TLS authority. */
export interface MetricsTarget {
  readonly name: string;
  readonly kind: 'orderer' | 'peer';
  readonly mspId: string;
  /** Host and port, of this machine. */
  readonly address: string;
  readonly path: '/metrics';
  /** Files of a certificate that may be shown: the node's own. The name is the one in what the node shows. */
  readonly tls: {
    readonly serverName: string;
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
  };
}

/**
 * The orderers and peers of real Fabric that the directory has, whether they run or not. The embedded engine has none.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`.
 */
export function metricsTargets({ directory }: { readonly directory: string }): readonly MetricsTarget[] {
  const { files, record } = openNetwork(directory);
  if (record.engine === 'embedded') return [];
  return presentOrganisations(record).flatMap((organisation) => {
    const { mspId, orderer, peer } = organisation;
    const own = new OrganisationFiles(files.directory, organisation);
    const ordererFiles = own.orderer();
    const target = (kind: MetricsTarget['kind'], node: Node, tls: NodeFiles): MetricsTarget => ({
      name: node.hostname,
      kind,
      mspId,
      address: `${LOOPBACK}:${portOf(record, { hostname: portNames.operations(node) }).toString()}`,
      path: '/metrics',
      tls: {
        serverName: node.hostname,
        caFile: tls.tlsRoot,
        certFile: tls.tlsCertificate,
        keyFile: tls.tlsKey,
      },
    });
    return [
      ...(orderer === undefined || ordererFiles === undefined ? [] : [target('orderer', orderer, ordererFiles)]),
      ...(peer === undefined ? [] : [target('peer', peer, own.peer())]),
    ];
  });
}
