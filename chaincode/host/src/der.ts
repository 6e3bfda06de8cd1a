/** One element of the Distinguished Encoding Rules (X.690): its tag octet and what it holds. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
}

export const derTag = {
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  /** Explicit [0]: the version of a certificate. */
  context0: 0xa0,
  /** Explicit [3]: the extensions of a certificate. */
  context3: 0xa3,
} as const;

/** The elements that stand one after the other. @throws RangeError where the bytes are not that */
export function derElements(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    const first = bytes.readUInt8(at + 1);
    const lengthOctets = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthOctets;
    const length = lengthOctets === 0 ? first : bytes.readUIntBE(at + 2, lengthOctets);
    const end = start + length;
    if (end > bytes.length) throw new RangeError('An element is longer than what holds it');
    elements.push({ tag, content: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}
