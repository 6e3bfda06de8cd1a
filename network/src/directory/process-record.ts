import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { NetworkFiles } from './network-files';
import { isSame } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { removeNow } from './temporary-place';

/** The engine process of a network, as it noted itself when it was ready. */
export interface ProcessRecord extends ProcessIdentity {
  readonly engine: 'embedded';
  /** ISO 8601. */
  readonly readyAt: string;
}

export function writeProcessRecord(files: NetworkFiles, record: ProcessRecord): void {
  const temporary = `${files.process}.${record.pid.toString()}`;
  writeFileSync(temporary, `${JSON.stringify(record)}\n`);
  renameSync(temporary, files.process);
}

/** The engine process that runs now; a record of one that has ended counts as none. */
export function runningProcess(files: NetworkFiles): ProcessRecord | undefined {
  let record: ProcessRecord;
  try {
    record = JSON.parse(readFileSync(files.process, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
  return isSame(record) ? record : undefined;
}

/** Where it cannot be removed it stays: of a process that has ended it counts as none. */
export function removeProcessRecord(files: NetworkFiles): void {
  removeNow(files.process);
}
