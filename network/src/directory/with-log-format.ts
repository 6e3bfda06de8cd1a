import type { LogFormat } from '@kessai/telemetry';
import type { NetworkFiles } from './network-files';
import { writeRecord } from './network-record';
import type { NetworkRecord } from './network-record';

/** The record with how its processes are to write their logs; undefined leaves that as it is. */
export function withLogFormat(
  files: NetworkFiles,
  record: NetworkRecord,
  logFormat: LogFormat | undefined,
): NetworkRecord {
  if (logFormat === undefined || logFormat === (record.logFormat ?? 'text')) return record;
  const changed = { ...record, logFormat };
  writeRecord(files, changed);
  return changed;
}
