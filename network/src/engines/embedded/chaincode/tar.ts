import { gunzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  /** The type flag of the header: '0' is a regular file, '5' a directory. */
  readonly type: string;
  readonly content: Uint8Array;
}

const BLOCK_BYTES = 512;
const UNPACKED_LIMIT_BYTES = 256 * 1024 * 1024;

/** Thrown for bytes that are not a gzipped tar archive. */
export class ArchiveError extends Error {
  readonly code = 'ArchiveUnreadable';

  constructor(message: string) {
    super(message);
    this.name = 'ArchiveError';
  }
}

/** Reads a .tar.gz: USTAR with the POSIX and GNU extensions for long names, which is what tar programs write. */
export function readTarGz(source: Uint8Array): TarEntry[] {
  let bytes: Buffer;
  try {
    bytes = gunzipSync(source, { maxOutputLength: UNPACKED_LIMIT_BYTES });
  } catch (error) {
    throw new ArchiveError(`error reading as gzip stream: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let offset = 0;
  while (offset + BLOCK_BYTES <= bytes.length) {
    const header = bytes.subarray(offset, offset + BLOCK_BYTES);
    offset += BLOCK_BYTES;
    if (header.every((byte) => byte === 0)) {
      break;
    }
    const size = readOctal(header, 124, 12);
    if (!checksumHolds(header) || offset + size > bytes.length) {
      throw new ArchiveError('error inspecting next tar header: archive/tar: invalid tar header');
    }
    const content = bytes.subarray(offset, offset + size);
    offset += Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') {
      longName = paxPath(content);
    } else if (type === 'L') {
      longName = text(content);
    } else if (type !== 'g') {
      entries.push({ name: longName ?? ustarName(header), type: type === '\0' ? '0' : type, content });
      longName = undefined;
    }
  }
  return entries;
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end === -1 ? bytes.length : end).toString('utf8');
}

function readOctal(header: Buffer, start: number, length: number): number {
  const digits = text(header.subarray(start, start + length)).trim();
  const value = digits === '' ? 0 : Number.parseInt(digits, 8);
  // A negative size would lead back to a header that was read before.
  if (!/^[0-7]*$/.test(digits)) {
    throw new ArchiveError('error inspecting next tar header: archive/tar: invalid tar header');
  }
  return value;
}

function checksumHolds(header: Buffer): boolean {
  let sum = 0;
  for (let index = 0; index < BLOCK_BYTES; index++) {
    const inChecksum = index >= 148 && index < 156;
    sum += inChecksum ? 0x20 : (header[index] ?? 0);
  }
  return sum === readOctal(header, 148, 8);
}

function ustarName(header: Buffer): string {
  const name = text(header.subarray(0, 100));
  const isUstar = header.subarray(257, 262).toString('latin1') === 'ustar';
  const prefix = isUstar ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** A pax record is "<length> <key>=<value>\n"; only the path matters here. */
function paxPath(content: Buffer): string | undefined {
  let rest = content;
  while (rest.length > 0) {
    const space = rest.indexOf(0x20);
    const length = Number.parseInt(rest.subarray(0, space).toString('latin1'), 10);
    if (space < 0 || Number.isNaN(length) || length <= space) {
      throw new ArchiveError('error inspecting next tar header: archive/tar: invalid tar header');
    }
    const record = rest.subarray(space + 1, length - 1).toString('utf8');
    if (record.startsWith('path=')) {
      return record.slice('path='.length);
    }
    rest = rest.subarray(length);
  }
  return undefined;
}
