import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PeerAccess } from '../admin';
import { LocalSigner, OrganisationFiles } from '../identities';
import { hostOf, localAddressOf } from '../topology';
import type { Organisation } from '../topology';
import { requireGoodUser } from './good-certificates';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import { requireHere } from './network-part';
import { portOf, readRecord } from './network-record';
import type { NetworkRecord } from './network-record';
import { runningOf } from './running';
import type { Running } from './running';

/** A network directory that was made. */
export interface OpenNetwork {
  readonly files: NetworkFiles;
  readonly record: NetworkRecord;
}

/** @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`. */
export function openNetwork(directory: string): OpenNetwork {
  const files = new NetworkFiles(resolve(directory));
  const record = existsSync(files.directory) ? readRecord(files) : undefined;
  if (record !== undefined) return { files, record };
  throw new NetworkError(
    'NetworkDirectoryAbsent',
    `there is no network in ${files.directory}`,
    'Run up first, or give its --dir.',
    {
      directory: files.directory,
    },
  );
}

/** @throws NetworkError `NetworkNotRunning`, and as `runningOf` does. */
export function requireRunning({ files, record }: OpenNetwork): Running {
  const running = runningOf(files, record);
  if (running !== undefined) return running;
  throw new NetworkError('NetworkNotRunning', `the network in ${files.directory} is not running`, 'Run up first.', {
    directory: files.directory,
  });
}

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
