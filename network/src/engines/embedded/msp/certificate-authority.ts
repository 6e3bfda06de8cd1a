// @peculiar/x509 resolves its algorithms through decorators, which need this to be loaded first.
import 'reflect-metadata';
import { verify, type X509Certificate } from 'node:crypto';
import { BasicConstraintsExtension, X509Certificate as ParsedCertificate, X509Crl } from '@peculiar/x509';
import { normalSerial, revocationListDer } from '../../../identities';
import { derTag, readDerElement } from '../../../identities/der';

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/** One CA of an organisation: a root or an intermediate. */
export class CertificateAuthority {
  readonly certificate: X509Certificate;
  readonly isRoot: boolean;
  readonly #maximumPathLength: number | undefined;
  readonly #revokedSerials = new Set<string>();

  constructor(certificate: X509Certificate, isRoot: boolean) {
    this.certificate = certificate;
    this.isRoot = isRoot;
    const constraints = new ParsedCertificate(certificate.raw).getExtension(BasicConstraintsExtension);
    this.#maximumPathLength = constraints?.pathLength;
  }

  get commonName(): string {
    const name = /^CN=(.*)$/m.exec(this.certificate.subject)?.[1];
    return name ?? `serial:${BigInt(`0x${this.certificate.serialNumber}`).toString()}`;
  }

  isNamedAsIssuerOf(certificate: X509Certificate): boolean {
    return certificate.issuer === this.certificate.subject;
  }

  /** @param intermediatesBelow number of CAs between this one and the identity. */
  hasIssued(certificate: X509Certificate, at: number, intermediatesBelow: number): boolean {
    return (
      certificate.checkIssued(this.certificate) &&
      certificate.verify(this.certificate.publicKey) &&
      this.certificate.ca &&
      isWithinValidity(this.certificate, at) &&
      allowsServerAuthentication(this.certificate) &&
      (this.#maximumPathLength === undefined || intermediatesBelow <= this.#maximumPathLength)
    );
  }

  /** Takes the serial numbers of a revocation list (PEM, or DER) if this CA signed it; else changes nothing. */
  revoke(configured: Uint8Array): boolean {
    const list = revocationListDer(configured);
    const outer = readDerElement(list, 0);
    const toBeSigned = readDerElement(list, outer.contentStart, outer.end);
    const algorithm = readDerElement(list, toBeSigned.end, outer.end);
    const bits = readDerElement(list, algorithm.end, outer.end);
    const signature = list.subarray(bits.contentStart + 1, bits.end);
    if (bits.tag !== derTag.bitString) return false;
    if (!verify('sha256', list.subarray(toBeSigned.start, toBeSigned.end), this.certificate.publicKey, signature))
      return false;
    for (const entry of new X509Crl(list).entries) this.#revokedSerials.add(normalSerial(entry.serialNumber));
    return true;
  }

  hasRevoked(certificate: X509Certificate): boolean {
    return this.#revokedSerials.has(normalSerial(certificate.serialNumber));
  }
}

export function isWithinValidity(certificate: X509Certificate, at: number): boolean {
  return Date.parse(certificate.validFrom) <= at && at <= Date.parse(certificate.validTo);
}

/** Go verifies for server authentication unless told otherwise, and Fabric does not tell it otherwise. */
export function allowsServerAuthentication(certificate: X509Certificate): boolean {
  // The types call it always present; it is absent without an extended key usage extension.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (usages === undefined || usages.length === 0) return true;
  return usages.includes(SERVER_AUTHENTICATION) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}
