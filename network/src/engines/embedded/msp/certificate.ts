import { createHash, X509Certificate } from 'node:crypto';
import { derElement, derTag, readDerElement } from './der';
import { toLowS } from './ecdsa-signature';

const PEM_BLOCK = /-----BEGIN [^-]*-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END [^-]*-----/;

/** The first certificate of a PEM text; undefined when there is no PEM block. @throws when the block holds no certificate. */
export function certificateOfPem(pem: Uint8Array): X509Certificate | undefined {
  const block = PEM_BLOCK.exec(Buffer.from(pem).toString('latin1'));
  return block?.[1] === undefined ? undefined : new X509Certificate(Buffer.from(block[1], 'base64'));
}

/**
 * The certificate's DER with the issuer's signature in its low S form. Two serialisations of one certificate that differ in this only are
 * one identity to Fabric.
 */
export function canonicalDer(certificate: X509Certificate): Buffer {
  const der = certificate.raw;
  const outer = readDerElement(der, 0);
  const toBeSigned = readDerElement(der, outer.contentStart, outer.end);
  const algorithm = readDerElement(der, toBeSigned.end, outer.end);
  const signature = readDerElement(der, algorithm.end, outer.end);
  const lowS = toLowS(der.subarray(signature.contentStart + 1, signature.end));
  if (lowS === undefined) return der;
  const signatureBits = derElement(derTag.bitString, Buffer.concat([Buffer.from([0]), lowS]));
  return derElement(derTag.sequence, Buffer.concat([der.subarray(outer.contentStart, algorithm.end), signatureBits]));
}

/** Fabric's certifiers identifier: SHA-256 over the certificates of a chain, the issuer first, the root last. */
export function chainIdentifier(chain: readonly X509Certificate[]): Buffer {
  const hash = createHash('sha256');
  for (const certificate of chain) hash.update(canonicalDer(certificate));
  return hash.digest();
}

/** Organisational units of the subject, in the certificate's order, repeated ones too. */
export function organisationalUnits(certificate: X509Certificate): readonly string[] {
  // The types call it a string; node gives a list where the attribute is repeated.
  const units: unknown = (certificate.toLegacyObject().subject as unknown as Record<string, unknown> | undefined)?.[
    'OU'
  ];
  if (typeof units === 'string') return [units];
  return Array.isArray(units) ? units.filter((unit): unit is string => typeof unit === 'string') : [];
}

export function isP256(certificate: X509Certificate): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
