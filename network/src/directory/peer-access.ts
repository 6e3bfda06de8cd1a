import { readFileSync } from 'node:fs';
import type { PeerAccess } from '../admin';
import { LocalSigner, OrganisationFiles } from '../identities';
import { hostOf, localAddressOf, servedBy } from '../topology';
import type { Organisation, PeerOrganisation } from '../topology';
import { requireGoodUser } from './good-certificates';
import { requireHere } from './network-part';
import { portOf, presentOrganisations } from './network-record';
import type { OpenNetwork } from './open-network';

/**
 * Access as an organisation's administrator to the peer at which its users act: its own, or that of the operator that hosts it.
 *
 * @throws NetworkError `OrganisationElsewhere`; `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`.
 */
export function administratorOf(network: OpenNetwork, organisation: Organisation): PeerAccess {
  const { record } = network;
  const server = servedBy(record.topology, organisation);
  const isHere = presentOrganisations(record).includes(server);
  return accessTo(network, server, isHere ? localAddressOf(server) : hostOf(server), organisation);
}

/**
 * Access to the peer of an organisation whose part is elsewhere, as the administrator of an organisation that is here.
 *
 * @throws NetworkError as `administratorOf` does.
 */
export function guestAt(network: OpenNetwork, organisation: PeerOrganisation, guest: Organisation): PeerAccess {
  return accessTo(network, organisation, hostOf(organisation), guest);
}

function accessTo(
  network: OpenNetwork,
  organisation: PeerOrganisation,
  host: string,
  administrator: Organisation,
): PeerAccess {
  const { files, record } = network;
  const admin = administrator.users.find((user) => user.kind === 'admin')?.name ?? '';
  requireHere(record, administrator.mspId);
  requireGoodUser(network, administrator, admin);
  const own = new OrganisationFiles(files.directory, organisation);
  const folder = new OrganisationFiles(files.directory, administrator).user(admin);
  return {
    mspId: organisation.mspId,
    endpoint: `${host}:${portOf(record, organisation.peer).toString()}`,
    tlsRootCertificate: readFileSync(own.tlsCaCertificate, 'utf8'),
    hostname: organisation.peer.hostname,
    signer: LocalSigner.fromMspFolder(administrator.mspId, folder),
  };
}
