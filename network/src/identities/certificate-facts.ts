import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { CertificatePlace, CertificateUse } from './certificate-places';

const DAY_MS = 86_400_000;

/** `foreign`: its organisation's authority did not issue it, or its key is another one. */
export type CertificateState = 'valid' | 'expired' | 'not-yet-valid' | 'foreign';

/** A certificate of a network, as people ask about it. */
export interface CertificateFacts {
  readonly mspId: string | undefined;
  readonly bearer: string;
  readonly use: CertificateUse;
  readonly state: CertificateState;
  /** ISO 8601. */
  readonly validFrom: string;
  /** ISO 8601. */
  readonly validTo: string;
  /** Whole days until it expires; negative when it has. */
  readonly daysLeft: number;
  readonly serialNumber: string;
  readonly file: string;
}

/** Reads a certificate and looks whether it is good at that time. @throws Error where its file is not a certificate. */
export function certificateFacts(place: CertificatePlace, now: Date = new Date()): CertificateFacts {
  const certificate = new X509Certificate(readFileSync(place.certificateFile));
  const validTo = new Date(certificate.validTo);
  const validFrom = new Date(certificate.validFrom);
  return {
    mspId: place.mspId,
    bearer: place.bearer,
    use: place.use,
    state: isForeign(place, certificate)
      ? 'foreign'
      : validTo < now
        ? 'expired'
        : validFrom > now
          ? 'not-yet-valid'
          : 'valid',
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
    daysLeft: Math.floor((validTo.getTime() - now.getTime()) / DAY_MS),
    serialNumber: certificate.serialNumber,
    file: place.certificateFile,
  };
}

function isForeign({ authority, certificateFile, keyFile }: CertificatePlace, certificate: X509Certificate): boolean {
  const issuer = new X509Certificate(readFileSync(authority?.certificateFile ?? certificateFile));
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return true;
  // Of another organisation only the certificates are there.
  return existsSync(keyFile) && !certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
}
