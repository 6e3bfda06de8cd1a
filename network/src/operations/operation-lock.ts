import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import { isRunning } from './process-identity';

/**
 * Runs an operation that changes what runs in a network directory, one at a time. A lock that a killed operation left is taken over.
 *
 * @throws NetworkError `NetworkDirectoryBusy` while another one is at it.
 */
export async function withLock<Result>(files: NetworkFiles, operation: () => Promise<Result>): Promise<Result> {
  take(files);
  try {
    return await operation();
  } finally {
    rmSync(files.lock, { force: true });
  }
}

function take(files: NetworkFiles): void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(files.lock, 'wx');
      writeSync(handle, process.pid.toString());
      closeSync(handle);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number.parseInt(readFileSync(files.lock, 'utf8'), 10);
      if (isRunning(holder)) throw busy(files, holder);
      rmSync(files.lock, { force: true });
    }
  }
  throw busy(files, 0);
}

function busy(files: NetworkFiles, pid: number): NetworkError {
  return new NetworkError(
    'NetworkDirectoryBusy',
    `another operation on ${files.directory} is under way (process ${pid.toString()})`,
    'Wait until it has ended, then try again.',
    { directory: files.directory, pid },
  );
}
