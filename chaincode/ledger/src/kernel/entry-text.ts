/** Characters of the entries that are remembered of ids. */

/** An id is found by its hash, and what is found is compared: two ids with one hash cost a look and nothing else. */
export const hashLength = 6;
export const cycleLength = 5;

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A whole number in a fixed number of characters. */
export function written(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 1) {
    text = (digits[rest % 64] ?? '') + text;
    rest = Math.floor(rest / 64);
  }
  if (rest !== 0) throw new Error('A number is too large for its place in an entry');
  return text;
}

export function read(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 64 + digits.indexOf(digit);
  return value;
}

/** Two FNV-1a hashes with different bases, 36 bits of them: even, and the same everywhere. */
export function hashOf(name: string): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193) >>> 0;
    b = Math.imul(b ^ (unit + i), 0x85ebca6b) >>> 0;
  }
  // Of what a bitwise operation gives, half is below zero.
  return written(((a ^ (a >>> 15)) >>> 0) % 0x40000, 3) + written(((b ^ (b >>> 13)) >>> 0) % 0x40000, 3);
}
