import { sign, verify, type KeyObject } from 'node:crypto';
import { derElement, derInteger, derTag, readDerElement } from '../../../identities/der';

/** Order of the group of NIST P-256 (FIPS 186-4, D.1.2.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P256_HALF_ORDER = P256_ORDER >> 1n;
const SCALAR_BYTES = 32;

interface SignatureScalars {
  readonly r: bigint;
  readonly s: bigint;
}

/**
 * Of a signature and its negative, which verifies as well, Fabric accepts only the one with the lower S, so that nobody can make a
 * second valid form of someone else's signature.
 */
export function verifyLowS(publicKey: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  const scalars = parseSignature(signature);
  if (scalars === undefined || scalars.s > P256_HALF_ORDER || scalars.r >= P256_ORDER) return false;
  return verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, fixedLength(scalars));
}

/** ASN.1 ECDSA signature over SHA-256 of the message, low S. */
export function signLowS(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return encodeLowS({ r: scalarOf(raw.subarray(0, SCALAR_BYTES)), s: scalarOf(raw.subarray(SCALAR_BYTES)) });
}

/** The same signature in its low S form; undefined when it is no P-256 signature. */
export function toLowS(signature: Uint8Array): Uint8Array | undefined {
  const scalars = parseSignature(signature);
  return scalars === undefined ? undefined : encodeLowS(scalars);
}

function encodeLowS({ r, s }: SignatureScalars): Uint8Array {
  const low = s > P256_HALF_ORDER ? P256_ORDER - s : s;
  return derElement(derTag.sequence, Buffer.concat([derInteger(r), derInteger(low)]));
}

/** As Go's encoding/asn1 reads it: what follows the two numbers is not looked at. */
function parseSignature(signature: Uint8Array): SignatureScalars | undefined {
  try {
    const sequence = readDerElement(signature, 0);
    if (sequence.tag !== derTag.sequence) return undefined;
    const r = readDerElement(signature, sequence.contentStart, sequence.end);
    const s = readDerElement(signature, r.end, sequence.end);
    const scalars = {
      r: positiveInteger(signature, r.tag, r.contentStart, r.end),
      s: positiveInteger(signature, s.tag, s.contentStart, s.end),
    };
    return scalars.r >= P256_ORDER || scalars.s >= P256_ORDER ? undefined : scalars;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function positiveInteger(bytes: Uint8Array, tag: number, start: number, end: number): bigint {
  const first = bytes[start];
  if (tag !== derTag.integer || first === undefined || first >= 0x80) throw new RangeError('not a positive INTEGER');
  if (first === 0 && end - start > 1 && (bytes[start + 1] ?? 0) < 0x80) throw new RangeError('INTEGER is not minimal');
  const value = scalarOf(bytes.subarray(start, end));
  if (value === 0n) throw new RangeError('not a positive INTEGER');
  return value;
}

function fixedLength({ r, s }: SignatureScalars): Buffer {
  return Buffer.from(
    r.toString(16).padStart(2 * SCALAR_BYTES, '0') + s.toString(16).padStart(2 * SCALAR_BYTES, '0'),
    'hex',
  );
}

function scalarOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}
