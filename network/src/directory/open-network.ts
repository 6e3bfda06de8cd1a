import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import { readRecord } from './network-record';
import type { NetworkRecord } from './network-record';

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
