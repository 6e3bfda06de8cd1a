const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * Whether an ASN.1 ECDSA signature over P-256 has an s of at most half the curve's order. Of the two values of s that verify,
 * Fabric accepts only this one.
 */
export function isLowS(signature: Uint8Array): boolean {
  // SEQUENCE { INTEGER r, INTEGER s }, each length in one byte: the whole has at most 72 bytes.
  const lengthOfR = signature[3] ?? 0;
  const start = 4 + lengthOfR + 2;
  const lengthOfS = signature[start - 1] ?? 0;
  const s = Buffer.from(signature.subarray(start, start + lengthOfS)).toString('hex');
  return BigInt(`0x${s}`) <= P256_ORDER / 2n;
}
