import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { certificatePlaces } from '../../directory/good-certificates';
import { NetworkError } from '../../directory/network-error';
import type { OpenNetwork } from '../../directory/open-network';
import {
  earlierCertificatesFile,
  isSerial,
  normalSerial,
  OrganisationFiles,
  signingCertificateFile,
} from '../../identities';
import type { Organisation } from '../../topology';

/** What is to be revoked of one organisation, as it is kept until that is done. */
export interface RevocationPlan {
  /** As it was asked for: a user's name, or a serial number. */
  readonly target: string;
  /** Serial numbers, as `normalSerial` writes them. */
  readonly serials: readonly string[];
  /** The user who gets a new key, and a certificate for it. */
  readonly user?: string;
}

/**
 * Who is meant, and with which certificates: of a user that which it has now and all with the same key before it. A serial number of a
 * user's certificate means that user; another one that certificate alone, which may be of somebody whose keys are not in the directory.
 *
 * @throws NetworkError `UserUnknown`, `CertificateNotRevocable`.
 */
export function revocationPlan(network: OpenNetwork, organisation: Organisation, target: string): RevocationPlan {
  const { users, mspId } = organisation;
  const bearers = users.map(({ name }) => ({ name, serials: serialsOf(network, organisation, name) }));
  const named = bearers.find(({ name }) => name === target);
  if (named !== undefined) return { target, serials: named.serials, user: named.name };
  if (!isSerial(target)) {
    const known = users.map(({ name }) => name);
    throw new NetworkError(
      'UserUnknown',
      `${mspId} has no user called '${target}', and that is no serial number`,
      `Use one of: ${known.join(', ')}; or a serial number in hexadecimal, as kessai certificates show --json tells.`,
      { mspId, user: target, known },
    );
  }
  const serial = normalSerial(target);
  const bearer = bearers.find(({ serials }) => serials.includes(serial));
  if (bearer !== undefined) return { target, serials: bearer.serials, user: bearer.name };
  requireNotOfNetwork(network, organisation, serial);
  return { target, serials: [serial] };
}

/** The revocation of the organisation that has begun and is not done; undefined where there is none. */
export function unfinishedPlan({ revoking }: OrganisationFiles): RevocationPlan | undefined {
  return existsSync(revoking) ? (JSON.parse(readFileSync(revoking, 'utf8')) as RevocationPlan) : undefined;
}

/** The serial number of the certificate that a user has now. */
export function currentSerial({ files }: OpenNetwork, organisation: Organisation, user: string): string {
  const own = new OrganisationFiles(files.directory, organisation);
  return serialIn(readFileSync(signingCertificateFile(own.user(user)), 'utf8'));
}

function serialsOf(network: OpenNetwork, organisation: Organisation, user: string): readonly string[] {
  const file = earlierCertificatesFile(new OrganisationFiles(network.files.directory, organisation).user(user));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const earlier = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return [currentSerial(network, organisation, user), ...earlier.map(serialIn)];
}

function serialIn(pem: string): string {
  return normalSerial(new X509Certificate(pem).serialNumber);
}

/** A node without its identity would be lost, and with it perhaps the quorum; and no list of the signing authority speaks of TLS. */
function requireNotOfNetwork(network: OpenNetwork, { mspId }: Organisation, serial: string): void {
  const place = certificatePlaces(network, [mspId]).find(
    ({ use, certificateFile }) => use !== 'user-signing' && serialIn(readFileSync(certificateFile, 'utf8')) === serial,
  );
  if (place === undefined) return;
  const { bearer } = place;
  throw new NetworkError(
    'CertificateNotRevocable',
    `the certificate ${serial} is that of ${bearer}, by which the network runs`,
    'Only certificates of users are revoked. A node whose key was stolen is replaced: give its organisation a new directory with new keys.',
    { mspId, bearer, serial },
  );
}
