import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CertificateAuthority } from './certificate-authority';
import type { CertificatePlace } from './certificate-places';
import { earlierCertificatesFile } from './organisation-files';

/**
 * Puts a renewed certificate in a certificate's place, for the same name and key. The key is kept for two reasons: the channel's
 * configuration holds the orderers' certificates, and Fabric compares them by their keys; and only one file changes, in one step, so
 * that there is never a certificate with another's key.
 *
 * @throws RangeError where the certificate is an authority's own, or not from the organisation's authority.
 */
export async function renewCertificate(place: CertificatePlace, days?: number): Promise<void> {
  const { authority, certificateFile } = place;
  if (authority === undefined) throw new RangeError(`${certificateFile} is an authority's own certificate`);
  const issuer = await CertificateAuthority.load({
    certificate: await readFile(authority.certificateFile, 'utf8'),
    privateKey: await readFile(authority.keyFile, 'utf8'),
  });
  const earlier = await readFile(certificateFile, 'utf8');
  const renewed = await issuer.renew(earlier, days);
  if (place.use === 'user-signing') await appendFile(earlierCertificatesFile(mspOf(certificateFile)), earlier);
  // Beside the folder, since Fabric reads every file in some of them.
  const draft = `${dirname(certificateFile)}.new.pem`;
  try {
    await writeFile(draft, renewed);
    await rename(draft, certificateFile);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The MSP folder of a signing certificate. */
function mspOf(certificateFile: string): string {
  return dirname(dirname(certificateFile));
}
