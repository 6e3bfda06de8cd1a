import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PeerAccess } from '../admin';
import { LocalSigner, OrganisationFiles } from '../identities';
import type { Organisation } from '../topology';
import { LOOPBACK } from './free-ports';
import { requireGoodUser } from './good-certificates';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
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
 * @throws NetworkError `CertificateExpired`, `CertificateNotYetValid`, `CertificateForeign`.
 */
export function administratorOf(network: OpenNetwork, organisation: Organisation): PeerAccess {
  const { files, record } = network;
  const own = new OrganisationFiles(files.directory, organisation);
  const admin = organisation.users.find((user) => user.kind === 'admin')?.name ?? '';
  requireGoodUser(network, organisation, admin);
  return {
    mspId: organisation.mspId,
    endpoint: `${LOOPBACK}:${portOf(record, organisation.peer).toString()}`,
    tlsRootCertificate: readFileSync(own.tlsCaCertificate, 'utf8'),
    hostname: organisation.peer.hostname,
    signer: LocalSigner.fromMspFolder(organisation.mspId, own.user(admin)),
  };
}
