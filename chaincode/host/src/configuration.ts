import { readFileSync } from 'node:fs';
import { FieldError, type MspId, mspId } from '@kessai/interface';
import {
  type ListenAddress,
  LOG_FORMATS,
  LOG_FORMAT_VARIABLE,
  type LogSettings,
  METRICS_ADDRESS_VARIABLE,
  PROCESS_NAME_VARIABLE,
  listenAddressOf,
} from '@kessai/telemetry';
import type { TlsFiles } from './renewed-tls';
import type { ServerOptions } from './server';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Configuration extends ServerOptions {
  readonly founders: readonly MspId[];
  /** How long the process that serves may be silent before it is replaced. */
  readonly watchdogMs: number;
  /** How long it may be silent where it executes a cycle and comes no further in it. */
  readonly instructionMs: number;
  /** Whether many keys are read and written in one message where the peer offers it. */
  readonly batchedIo: boolean;
  /** Whether the messages of each transaction are counted in the log. */
  readonly streamCounts: boolean;
  /** Where metrics are served; undefined: nowhere. */
  readonly metrics: ListenAddress | undefined;
}

/** An environment in which the chaincode must not start; the message names the variable and the remedy. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(
    readonly variable: string,
    reason: string,
  ) {
    super(`${variable} ${reason}`);
  }
}

/** A peer gives a transaction up after 30 seconds, so one that is stuck is ended before. */
const defaultWatchdogSeconds = 20;
/** All members wait for it. */
const defaultInstructionSeconds = 5;

/** @throws ConfigurationError */
export function readConfiguration(environment: Environment): Configuration {
  const packageId = needed(environment, 'CHAINCODE_ID', 'the package id under which the chaincode was installed');
  const address = addressOf(environment);
  const tls = tlsOf(environment);
  const watchdogMs = millisecondsOf(environment, 'KESSAI_WATCHDOG_SECONDS', defaultWatchdogSeconds);
  return {
    packageId,
    address,
    tls,
    ...(tls ? { readTls: () => tlsOf(environment) ?? tls } : {}),
    founders: foundersOf(environment),
    watchdogMs,
    instructionMs: Math.min(
      watchdogMs,
      millisecondsOf(environment, 'KESSAI_INSTRUCTION_SECONDS', defaultInstructionSeconds),
    ),
    batchedIo: switchOf(environment, 'KESSAI_BATCHED_IO', true),
    streamCounts: switchOf(environment, 'KESSAI_STREAM_COUNTS', false),
    metrics: metricsAddressOf(environment),
  };
}

/** How the process writes its log. @throws ConfigurationError */
export function readLogSettings(environment: Environment): LogSettings {
  const text = environment[LOG_FORMAT_VARIABLE] ?? '';
  const format = text === '' ? 'text' : LOG_FORMATS.find((known) => known === text);
  if (format === undefined) throw new ConfigurationError(LOG_FORMAT_VARIABLE, `must be ${LOG_FORMATS.join(' or ')}`);
  return { format, process: environment[PROCESS_NAME_VARIABLE] ?? 'chaincode' };
}

function metricsAddressOf(environment: Environment): ListenAddress | undefined {
  const text = environment[METRICS_ADDRESS_VARIABLE] ?? '';
  if (text === '') return undefined;
  const address = listenAddressOf(text);
  if (address === undefined)
    throw new ConfigurationError(METRICS_ADDRESS_VARIABLE, 'must be host:port, such as 127.0.0.1:9100');
  return address;
}

function addressOf(environment: Environment): string {
  const variable = 'CHAINCODE_SERVER_ADDRESS';
  const address = needed(environment, variable, 'the host:port where peers find the chaincode');
  if (!/^\S+:[0-9]{1,5}$/.test(address))
    throw new ConfigurationError(variable, 'must be host:port, such as 0.0.0.0:9999');
  return address;
}

function tlsOf(environment: Environment): TlsFiles | undefined {
  const disabled = environment['CHAINCODE_TLS_DISABLED'];
  if (disabled === 'true') return undefined;
  if (disabled !== undefined && disabled !== '' && disabled !== 'false') {
    throw new ConfigurationError('CHAINCODE_TLS_DISABLED', 'must be true or false');
  }
  const file = (variable: string, meaning: string): Buffer => {
    const path = needed(environment, variable, `the file of ${meaning}, or CHAINCODE_TLS_DISABLED=true for plaintext`);
    try {
      return readFileSync(path);
    } catch (error) {
      throw new ConfigurationError(variable, `names a file that cannot be read: ${(error as Error).message}`);
    }
  };
  return {
    key: file('CHAINCODE_TLS_KEY_FILE', "the server's private key in PEM"),
    certificate: file('CHAINCODE_TLS_CERT_FILE', "the server's certificate in PEM"),
    clientAuthority: file('CHAINCODE_TLS_CLIENT_CA_FILE', "the authority of the peers' client certificates in PEM"),
  };
}

function foundersOf(environment: Environment): readonly MspId[] {
  const variable = 'KESSAI_FOUNDERS';
  const text = needed(
    environment,
    variable,
    'the MSP ids, separated by commas, of the operators that may found the market',
  );
  return text.split(',').map((name) => {
    try {
      return mspId.decode(name.trim(), variable);
    } catch (error) {
      if (error instanceof FieldError)
        throw new ConfigurationError(variable, `names "${name}", which is not an MSP id`);
      throw error;
    }
  });
}

function millisecondsOf(environment: Environment, variable: string, otherwise: number): number {
  const text = environment[variable] ?? '';
  const seconds = text === '' ? otherwise : Number(text);
  if (!(seconds >= 1 && seconds <= 3_600))
    throw new ConfigurationError(variable, 'must be a number of seconds from 1 to 3600');
  return seconds * 1_000;
}

function switchOf(environment: Environment, variable: string, otherwise: boolean): boolean {
  const text = environment[variable] ?? '';
  if (text === '') return otherwise;
  if (text !== 'on' && text !== 'off') throw new ConfigurationError(variable, 'must be on or off');
  return text === 'on';
}

function needed(environment: Environment, variable: string, meaning: string): string {
  const value = environment[variable]?.trim();
  if (value === undefined || value === '') throw new ConfigurationError(variable, `is not set. It is ${meaning}.`);
  return value;
}
