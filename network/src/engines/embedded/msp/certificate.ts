import { createHash, X509Certificate } from 'node:crypto';
import { derElement, derTag, readDerElement } from '../../../identities/der';
import { toLowS } from './ecdsa-signature';

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/** The first certificate of a PEM text; undefined when there is no PEM block. @throws when the block holds no certificate. */
export function certificateOfPem(pem: Uint8Array): X509Certificate | undefined {
  const content = firstPemBlock(Buffer.from(pem.buffer, pem.byteOffset, pem.length).toString('latin1'));
  return content === undefined ? undefined : new X509Certificate(Buffer.from(content, 'base64'));
}

/** Between the lines that begin and end the first block. The text is anybody's, so each step is one pass over it. */
function firstPemBlock(text: string): string | undefined {
  const begin = text.indexOf(BEGIN);
  const label = begin < 0 ? -1 : text.indexOf(DASHES, begin + BEGIN.length);
  if (label < 0) return undefined;
  const start = label + DASHES.length;
  const end = text.indexOf(`${END}${text.slice(begin + BEGIN.length, label)}${DASHES}`, start);
  const content = text.slice(start, end);
  return end < 0 || !BASE64.test(content) ? undefined : content;
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
