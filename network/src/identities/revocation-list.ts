// @peculiar/x509 resolves its algorithms through decorators, which need this to be loaded first.
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { X509Crl } from '@peculiar/x509';
import { CertificateAuthority } from './certificate-authority';
import { writePublic } from './msp-folder';
import type { OrganisationFiles } from './organisation-files';
import { normalSerial, revocationListDer, type RevokedCertificate } from './revocation-list-form';

/** What an organisation's authority has revoked so far. @throws Error where the file is no revocation list. */
export function revokedCertificates({ revocationList }: OrganisationFiles): readonly RevokedCertificate[] {
  if (!existsSync(revocationList)) return [];
  return new X509Crl(revocationListDer(readFileSync(revocationList))).entries.map(
    ({ serialNumber, revocationDate }) => ({
      serialNumber: normalSerial(serialNumber),
      revokedAt: revocationDate,
    }),
  );
}

/**
 * Adds serial numbers to the revocation list of an organisation's authority; those that are in it stay as they are.
 *
 * @returns the list, a PEM text.
 */
export async function revokeSerials(files: OrganisationFiles, serials: readonly string[]): Promise<string> {
  const known = revokedCertificates(files);
  const added = serials
    .map(normalSerial)
    .filter((serial) => !known.some(({ serialNumber }) => serialNumber === serial))
    .map((serialNumber): RevokedCertificate => ({ serialNumber, revokedAt: new Date() }));
  if (added.length === 0 && known.length > 0) return readFileSync(files.revocationList, 'utf8');
  const authority = await CertificateAuthority.load({
    certificate: readFileSync(files.caCertificate, 'utf8'),
    privateKey: readFileSync(files.caKey, 'utf8'),
  });
  const list = await authority.revocationList([...known, ...added]);
  await writePublic(files.revocationList, list);
  return list;
}
