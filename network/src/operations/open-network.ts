import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import { readRecord } from './network-record';
import type { NetworkRecord } from './network-record';
import { runningOf } from './running';
import type { Running } from './running';

/** A network directory that was made. */
export interface OpenNetwork {
  readonly files: NetworkFiles;
  readonly record: NetworkRecord;
}

/** @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`. */
export function openNetwork(directory: string): OpenNetwork {
  const files = new NetworkFiles(resolve(directory));
  const record = existsSync(files.directory) ? readRecord(files) : undefined;
  if (record !== undefined) return { files, record };
  throw new NetworkError(
    'NetworkDirectoryAbsent',
    `there is no network in ${files.directory}`,
    'Run up first, or give its --dir.',
    {
      directory: files.directory,
    },
  );
}

/** @throws NetworkError `NetworkNotRunning`, and as `runningOf` does. */
export function requireRunning({ files, record }: OpenNetwork): Running {
  const running = runningOf(files, record);
  if (running !== undefined) return running;
  throw new NetworkError('NetworkNotRunning', `the network in ${files.directory} is not running`, 'Run up first.', {
    directory: files.directory,
  });
}
