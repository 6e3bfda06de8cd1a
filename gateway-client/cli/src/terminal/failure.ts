import { MarketError, RejectedError } from '@kessai/gateway-client';
import { type Json, type JsonObject, encodeRejection, marketRejections } from '@kessai/interface';
import { AdministrationError, NetworkError, TopologyError } from '@kessai/network';
import { BookReplayError } from '../book-replay';
import { InputError, faultText } from '../input';
import { CommandError } from './command-error';
import { printableLine } from './printable';
import { isSystemError, systemFailure } from './system-failure';

/** A failed command, as programs and as people read it. */
export interface Failure {
  readonly exitCode: 1 | 2;
  /** `{ code, message, ...payload }`. */
  readonly error: JsonObject;
  /** What happened, where, what to do: a line or a few. */
  readonly lines: readonly string[];
}

/**
 * What any error means to whoever called the command.
 *
 * @param place the directory that the command works on, for what the system says of no file by name.
 */
export function failureOf(error: unknown, place?: string): Failure {
  if (error instanceof RejectedError) return rejected(error);
  if (error instanceof CommandError) {
    const { code, message, remedy, payload, exitCode } = error;
    return { exitCode, error: { code, message, remedy, ...payload }, lines: [message, remedy] };
  }
  if (error instanceof InputError) return inputFailure(error);
  if (error instanceof NetworkError) {
    const { code, message, remedy, payload } = error;
    return { exitCode: 1, error: { code, message, remedy, ...payload }, lines: [sentence(message), remedy] };
  }
  if (error instanceof TopologyError) {
    const { code, message, remedy, path, file, line, column } = error;
    const place = { path, file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    return { exitCode: 1, error: { code, message, remedy, ...place }, lines: [message, remedy] };
  }
  if (error instanceof BookReplayError) {
    const { code, message, fault } = error;
    // Of usage is only what was written on the command line.
    const exitCode = code === 'FormatUnsupported' ? 2 : 1;
    return { exitCode, error: { message, ...(fault as unknown as JsonObject), code }, lines: [sentence(message)] };
  }
  if (error instanceof MarketError || error instanceof AdministrationError) {
    const { code, message } = error;
    const remedy = error instanceof AdministrationError && error.remedy !== undefined ? [error.remedy] : [];
    return { exitCode: 1, error: { code, message, ...payloadOf(error) }, lines: [message, ...remedy] };
  }
  if (isSystemError(error)) return systemFailure(error, place);
  const message = error instanceof Error ? error.message : String(error);
  const said = error instanceof Error && error.stack !== undefined ? error.stack : message;
  return { exitCode: 1, error: { code: 'Unexpected', message }, lines: ['An error that was not foreseen:', said] };
}

function rejected({ rejection, code, message }: RejectedError): Failure {
  const error = encodeRejection(marketRejections, rejection);
  const field = 'field' in rejection && rejection.field !== '' ? [`Field: ${rejection.field}`] : [];
  const lines = [`The market refuses (${code}): ${message}`, ...field, 'Nothing was changed.'];
  // What it repeats of the request may be anything.
  return { exitCode: 1, error, lines: lines.map(printableLine) };
}

function inputFailure({ code, message, faults }: InputError): Failure {
  const told = faults.map((fault): JsonObject => ({ ...fault }));
  return {
    exitCode: 1,
    error: { code, message, faults: told },
    lines: [message, ...faults.map(faultText).map(printableLine)],
  };
}

const known = ['name', 'code', 'message', 'stack', 'cause'];

/** What else an error says of itself, where JSON can say it. */
function payloadOf(error: Error): JsonObject {
  const members = Object.entries(error).filter(([name, value]) => !known.includes(name) && value !== undefined);
  return JSON.parse(JSON.stringify(Object.fromEntries(members))) as Record<string, Json>;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
