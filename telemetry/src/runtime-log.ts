import { inspect } from 'node:util';
import type { Log, LogFields } from './log';

/** An error as it may be told where others read it. */
export interface ToldError {
  readonly message: string;
  readonly fields?: LogFields;
}

/** The name of an error and the place where it was thrown: its message may quote what it met. */
export function placeOfError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { message: typeof error };
  const place = (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line));
  return { message: `${error.name}${place === undefined ? '' : ` ${place.trim()}`}` };
}

/** All of an error, its causes too: for a process whose errors quote nothing private. */
export function wholeError(error: unknown): ToldError {
  return { message: inspect(error), ...(error instanceof Error ? { fields: { name: error.name } } : {}) };
}

/** Has what nobody caught told in the log, in its form; the process then ends with code 1, as it would have anyway. */
export function logUncaught(log: Log, tell: (error: unknown) => ToldError = placeOfError): void {
  const end = (what: string, error: unknown): never => {
    const { message, fields } = tell(error);
    log('error', `${what}: ${message}`, fields);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => end('uncaught exception', error));
  process.on('unhandledRejection', (error) => end('unhandled rejection', error));
}

/** Has the warnings of Node.js told in the log, in its form, instead of as text of their own. */
export function logWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => log('warn', message, { name }));
}
