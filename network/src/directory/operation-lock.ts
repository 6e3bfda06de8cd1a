import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import { isRunning } from './process-identity';
import { removeNow } from './temporary-place';

/**
 * Runs an operation that changes what runs in a network directory, one at a time. A lock that a killed operation left is taken over.
 *
 * @throws NetworkError `NetworkDirectoryBusy` while another one is at it.
 */
export async function withLock<Result>(files: NetworkFiles, operation: () => Promise<Result>): Promise<Result> {
  const holder = take(files.lock, TAKEOVERS);
  if (holder !== undefined) throw busy(files, holder);
  try {
    return await operation();
  } finally {
    rmSync(files.lock, { force: true });
  }
}

/**
 * The same for an operation that must be possible where nothing can be written any more, as on a full disk: it then goes on without a lock
 * of its own, as long as nobody else holds one.
 */
export async function withLockWhereWritable<Result>(
  files: NetworkFiles,
  operation: () => Promise<Result>,
): Promise<Result> {
  if (canBeWritten(files)) return withLock(files, operation);
  const holder = holderOf(files.lock);
  if (holder !== undefined && isRunning(holder)) throw busy(files, holder);
  return operation();
}

/** Whether a lock can be made: whoever may make a file may still have no room for what is in it. */
function canBeWritten({ lock }: NetworkFiles): boolean {
  const draft = `${lock}.${randomUUID()}`;
  try {
    writeFileSync(draft, process.pid.toString(), { flag: 'wx' });
    return true;
  } catch {
    return false;
  } finally {
    removeNow(draft);
  }
}

/** Of locks left by operations that were killed while they took over a lock that was left. */
const TAKEOVERS = 3;

/** @returns undefined when the lock is this process's now, else the process that holds it, or 0 where that cannot be told. */
function take(lock: string, takeovers: number): number | undefined {
  if (create(lock)) return undefined;
  const left = holderOf(lock);
  if (left !== undefined && isRunning(left)) return left;
  if (takeovers === 0) return 0;
  // Removing the lock of the dead must not remove the one that somebody else has made in its place: so one at a time may do it.
  const takeover = `${lock}.takeover`;
  const other = take(takeover, takeovers - 1);
  if (other !== undefined) return other;
  try {
    const holder = holderOf(lock);
    if (holder !== undefined && isRunning(holder)) return holder;
    // Where it is gone by now, somebody may be making one this moment.
    if (holder !== undefined) rmSync(lock, { force: true });
    return create(lock) ? undefined : (holderOf(lock) ?? 0);
  } finally {
    rmSync(takeover, { force: true });
  }
}

/** Makes the lock with its holder in it in one step, so that nobody ever reads one without. */
function create(lock: string): boolean {
  const draft = `${lock}.${randomUUID()}`;
  writeFileSync(draft, process.pid.toString(), { flag: 'wx' });
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The process that a lock names; undefined where the lock is gone. */
function holderOf(lock: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(lock, 'utf8'), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function busy(files: NetworkFiles, pid: number): NetworkError {
  return new NetworkError(
    'NetworkDirectoryBusy',
    `another operation on ${files.directory} is under way (process ${pid.toString()})`,
    'Wait until it has ended, then try again.',
    { directory: files.directory, pid },
  );
}
