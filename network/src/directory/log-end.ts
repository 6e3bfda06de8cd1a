import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LINES = 20;
const PIECE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * The last lines of a log, or an empty list where there is none. Of a long log only the end is read.
 *
 * @param bytes as if the log were no longer than that.
 */
export function endOfLog(file: string, lines: number = LINES, bytes = Infinity): readonly string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    return linesOf(lastBytes(descriptor, Math.min(bytes, fstatSync(descriptor).size), lines), lines);
  } finally {
    closeSync(descriptor);
  }
}

function lastBytes(descriptor: number, size: number, lines: number): Buffer {
  let [found, from] = [Buffer.alloc(0), size];
  // One line feed more than lines: what is before the first of them belongs to another line.
  while (from > 0 && count(found) <= lines) {
    const length = Math.min(PIECE_BYTES, from);
    from -= length;
    const piece = Buffer.alloc(length);
    readSync(descriptor, piece, 0, length, from);
    found = Buffer.concat([piece, found]);
  }
  return found;
}

function count(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => (byte === LINE_FEED ? sum + 1 : sum), 0);
}

function linesOf(bytes: Buffer, lines: number): readonly string[] {
  const text = bytes.toString('utf8').trimEnd();
  return text === '' || lines === 0 ? [] : text.split('\n').slice(-lines);
}
