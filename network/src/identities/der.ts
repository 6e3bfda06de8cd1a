/** A DER element within its buffer. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

export const derTag = { integer: 0x02, bitString: 0x03, sequence: 0x30 } as const;

/** @throws RangeError when there is no whole, minimally encoded element at `start`. */
export function readDerElement(bytes: Uint8Array, start: number, limit = bytes.length): DerElement {
  const tag = byteAt(bytes, start, limit);
  const first = byteAt(bytes, start + 1, limit);
  let contentStart = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new RangeError('unsupported DER length');
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + byteAt(bytes, contentStart + i, limit);
    contentStart += count;
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new RangeError('DER length is not minimal');
  }
  const end = contentStart + length;
  if (end > limit) throw new RangeError('DER element is cut short');
  return { tag, start, contentStart, end };
}

export function derElement(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const lengthBytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | lengthBytes.length, ...lengthBytes]), content]);
}

/** The DER INTEGER of a number that is not negative. */
export function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const magnitude = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const first = magnitude[0] ?? 0;
  return derElement(derTag.integer, first >= 0x80 ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude);
}

function byteAt(bytes: Uint8Array, index: number, limit: number): number {
  const byte = index < limit ? bytes[index] : undefined;
  if (byte === undefined) throw new RangeError('DER element is cut short');
  return byte;
}
