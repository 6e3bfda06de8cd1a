import {
  LOG_FORMATS,
  LOG_FORMAT_VARIABLE,
  type ListenAddress,
  METRICS_ADDRESS_VARIABLE,
  listenAddressOf,
} from '@kessai/telemetry';
import { InvalidArgumentError, Option } from 'commander';

/** @param whose and of what time, for help. */
export function logFormatOption(description: string): Option {
  return new Option('--log-format <format>', description).choices(LOG_FORMATS).env(LOG_FORMAT_VARIABLE);
}

export function metricsOption(): Option {
  return new Option(
    '--metrics <address>',
    'where it serves its metrics (default: on the loopback interface, at the port that the network has for it)',
  )
    .argParser(metricsAddress)
    .env(METRICS_ADDRESS_VARIABLE);
}

function metricsAddress(text: string): ListenAddress {
  const address = listenAddressOf(text);
  if (address === undefined) throw new InvalidArgumentError('It is host:port, such as 127.0.0.1:9100.');
  return address;
}
