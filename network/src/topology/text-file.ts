import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** A file of people's text that is not UTF-8. Read as such, what cannot be read would become U+FFFD without a word. */
export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';

  constructor(
    reason: string,
    /** The first line that cannot be read, counted from 1. */
    readonly line: number,
  ) {
    super(`${reason}; save it as UTF-8 (a spreadsheet calls that "CSV UTF-8")`);
  }
}

/** Reads a text file in UTF-8; a byte order mark at its beginning is left out. @throws NotUtf8Error, and what the file system answers */
export function readTextFile(path: string): string {
  return utf8Text(readFileSync(path));
}

/** By ISO-2022-JP two bytes are a Japanese character from here on. All of them are ASCII, and so UTF-8 as well. */
const shiftsToJapanese = ['\u001b$@', '\u001b$B'];

/** @throws NotUtf8Error */
export function utf8Text(bytes: Uint8Array): string {
  const [first, second, third, fourth] = bytes;
  // Workbooks of spreadsheets are ZIP archives.
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    throw new NotUtf8Error('is a ZIP archive, as a workbook of a spreadsheet (.xlsx) is, and no text', 1);
  }
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // No text has U+0000, and UTF-16 has a zero byte in each Latin letter.
  if (marked || bytes.includes(0)) throw new NotUtf8Error(marked ? 'is UTF-16' : 'holds zero bytes, as UTF-16 does', 1);
  if (isUtf8(bytes)) {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const shifts = shiftsToJapanese.map((shift) => text.indexOf(shift)).filter((at) => at >= 0);
    if (shifts.length === 0) return text;
    const line = text.slice(0, Math.min(...shifts)).split('\n').length;
    throw new NotUtf8Error(`is ISO-2022-JP from line ${line} on`, line);
  }
  const line = firstUnreadableLine(bytes);
  throw new NotUtf8Error(`is not UTF-8 in line ${line}: it may be Shift_JIS (CP932) or another encoding`, line);
}

/** A line feed is a byte of its own in UTF-8, and no part of a character in the encodings that are taken for it. */
function firstUnreadableLine(bytes: Uint8Array): number {
  for (let from = 0, line = 1; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const next = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(from, next))) return line;
    from = next;
  }
  return 1;
}
