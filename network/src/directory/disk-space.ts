import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AdministrationError } from '../admin';
import { NetworkError } from './network-error';

const MEBIBYTE = 1024 * 1024;
// With less than this a program that says it has no room is believed; with more, its words are of an earlier day.
const NEARLY_FULL_BYTES = 64 * MEBIBYTE;
// A node that has less than this has ended for want of room, and whoever talked to it only sees that it went away.
const FULL_BYTES = MEBIBYTE;
const NO_ROOM = /no space left on device|ENOSPC|disk quota exceeded|EDQUOT/i;

/** Bytes that may still be written where the directory lies or will lie. */
export async function freeBytes(directory: string): Promise<number> {
  let place = directory;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  return bavail * bsize;
}

/** @throws NetworkError `DiskFull` where less than that may still be written. */
export async function requireSpace(directory: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free < neededBytes) throw diskFull(directory, free, neededBytes);
}

/**
 * Runs an operation that writes to the directory; where it failed for want of room, that is what is told.
 *
 * @param measure how many bytes are free, where that is not the disk's to say.
 */
export async function tellingDiskFull<Result>(
  directory: string,
  operation: () => Promise<Result>,
  measure = freeBytes,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    const free = await measure(directory).catch(() => 0);
    throw isForWantOfRoom(error, free) ? diskFull(directory, free, undefined, error) : error;
  }
}

function isForWantOfRoom(error: unknown, free: number): boolean {
  switch (saysDiskFull(error)) {
    case 'by code':
      return true;
    case 'in words':
      return free <= NEARLY_FULL_BYTES;
    case 'no':
      return error instanceof AdministrationError && free < FULL_BYTES;
  }
}

function saysDiskFull(error: unknown): 'by code' | 'in words' | 'no' {
  if (!(error instanceof Error) || (error instanceof NetworkError && error.code === 'DiskFull')) return 'no';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'by code';
  const inner = saysDiskFull(error.cause);
  if (inner !== 'no') return inner;
  return NO_ROOM.test(error.message) ? 'in words' : 'no';
}

function diskFull(directory: string, free: number, needed?: number, cause?: unknown): NetworkError {
  const wanted = needed === undefined ? 'there is not enough' : `${mebibytes(needed)} are needed`;
  return new NetworkError(
    'DiskFull',
    `the disk of ${directory} is full: ${wanted}, ${mebibytes(free)} are free`,
    'Free space on that disk, or choose a directory on another one with --dir; then do it again.',
    { directory, freeBytes: free, ...(needed === undefined ? {} : { neededBytes: needed }) },
    cause,
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
