import { readFileSync } from 'node:fs';
import type { PeerAccess } from '../admin';
import { LocalSigner, OrganisationFiles } from '../identities';
import { hostOf, localAddressOf } from '../topology';
import type { Organisation } from '../topology';
import { requireGoodUser } from './good-certificates';
import { requireHere } from './network-part';
import { portOf } from './network-record';
import type { OpenNetwork } from './open-network';

/**
 * Access to an organisation's peer as the organisation's administrator.
 *
 * @throws NetworkError `OrganisationElsewhere`; `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`.
 */
export function administratorOf(network: OpenNetwork, organisation: Organisation): PeerAccess {
  return accessTo(network, organisation, localAddressOf(organisation), organisation);
}

/**
 * Access to the peer of an organisation whose part is elsewhere, as the administrator of an organisation that is here.
 *
 * @throws NetworkError as `administratorOf` does.
 */
export function guestAt(network: OpenNetwork, organisation: Organisation, guest: Organisation): PeerAccess {
  return accessTo(network, organisation, hostOf(organisation), guest);
}

function accessTo(
  network: OpenNetwork,
  organisation: Organisation,
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
