import { LOG_FORMAT_VARIABLE, METRICS_ADDRESS_VARIABLE, PROCESS_NAME_VARIABLE } from '@kessai/telemetry';
import type { ListenAddress, LogSettings } from '@kessai/telemetry';
import { LOOPBACK } from './free-ports';
import { portNames } from './network-record';
import type { NetworkRecord } from './network-record';

/** How a process of a network tells of itself. */
export interface TelemetrySettings {
  readonly log: LogSettings;
  /** Where it serves its metrics; undefined: nowhere, as in a network that an earlier release made and that was not brought up since. */
  readonly metrics: ListenAddress | undefined;
}

/** @param host where the process listens for its keeper. */
export function telemetryOf(record: NetworkRecord, name: string, host: string = LOOPBACK): TelemetrySettings {
  const port = record.ports[portNames.metrics({ name })];
  return {
    log: { format: record.logFormat ?? 'text', process: name },
    metrics: port === undefined ? undefined : { host, port },
  };
}

/** The same as variables for the environment of a process that is started. */
export function telemetryVariables(
  record: NetworkRecord,
  name: string,
  host?: string,
): Readonly<Record<string, string>> {
  const { log, metrics } = telemetryOf(record, name, host);
  return {
    [PROCESS_NAME_VARIABLE]: log.process,
    [LOG_FORMAT_VARIABLE]: log.format,
    ...(metrics === undefined ? {} : { [METRICS_ADDRESS_VARIABLE]: `${metrics.host}:${metrics.port.toString()}` }),
  };
}
