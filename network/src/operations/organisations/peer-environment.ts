import { writeConfiguration } from '../../engines/fabric/configuration-file';
import { openNetwork } from '../../directory/open-network';
import { administratorOf } from '../../directory/peer-access';
import { requireHere } from '../../directory/network-part';
import { OrganisationFiles } from '../../identities';
import { servedBy } from '../../topology';

/** The name of a folder beside those of the nodes, which have host names. */
const CLIENT = 'client';

/**
 * The environment in which Fabric's own `peer` command acts as an organisation's administrator at the peer at which its users act, on
 * whatever engine. The configuration file that the command reads is written below the network's directory.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `OrganisationUnknown`, `OrganisationElsewhere`; `CertificateExpired`,
 * `CertificateNotYetValid`, `CertificateForeign`.
 */
export async function peerEnvironment(request: {
  readonly directory: string;
  readonly mspId: string;
}): Promise<Readonly<Record<string, string>>> {
  const network = openNetwork(request.directory);
  const { files, record } = network;
  const organisation = requireHere(record, request.mspId);
  const { endpoint, hostname = '' } = administratorOf(network, organisation);
  const admin = organisation.users.find(({ kind }) => kind === 'admin')?.name ?? '';
  const configuration = files.nodeConfiguration(CLIENT);
  // All that the command needs of its configuration file: which provider of cryptography it uses. The rest is in its environment.
  await writeConfiguration(configuration, 'core', {
    peer: { BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } }, client: { connTimeout: '5s' } },
  });
  const server = new OrganisationFiles(files.directory, servedBy(record.topology, organisation));
  return {
    FABRIC_CFG_PATH: configuration,
    CORE_PEER_LOCALMSPID: organisation.mspId,
    CORE_PEER_MSPCONFIGPATH: new OrganisationFiles(files.directory, organisation).user(admin),
    CORE_PEER_ADDRESS: endpoint,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: server.tlsCaCertificate,
    CORE_PEER_TLS_SERVERHOSTOVERRIDE: hostname,
  };
}
