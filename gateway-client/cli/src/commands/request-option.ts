import { text } from 'node:stream/consumers';
import { type JsonSchema, allMethods } from '@kessai/interface';
import { readRequestFile } from '../input/text-lines';
import { CommandError } from '../terminal/command-error';

const remedy = 'Give the path of a JSON file after @, or - to read standard input.';

/**
 * The request that an option gives: its own text, or that of a file after `@`, or of standard input where it is `-`.
 *
 * @throws CommandError RequestUnreadable; SecretExposed where a secret stands on the command line, which everybody of the machine can read.
 */
export async function requestOf(method: string, option: string): Promise<string> {
  if (option === '-' || option === '@-') return readStandardInput();
  if (option.startsWith('@')) return readRequestFile(option.slice(1), remedy);
  const secret = secretIn(method, option);
  if (secret === undefined) return option;
  throw new CommandError(
    'SecretExposed',
    `The request holds a secret, "${secret}", and everybody of this machine can read a command line while it runs.`,
    `Give it in a file that only you can read, with --request @FILE, or by standard input, with --request -. Choose another secret than this one.`,
    { method, field: secret },
  );
}

async function readStandardInput(): Promise<string> {
  try {
    return await text(process.stdin);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('RequestUnreadable', `Standard input cannot be read: ${reason}`, remedy, {});
  }
}

/** The field of a request that is a secret and is given, or undefined. */
function secretIn(method: string, request: string): string | undefined {
  const definition = allMethods().find(({ fullName }) => fullName === method);
  return definition && secretOf(definition.method.request.schema, valueOf(request), '');
}

function valueOf(request: string): unknown {
  try {
    return JSON.parse(request);
  } catch {
    // What is wrong with it is told where it is read.
    return undefined;
  }
}

function secretOf({ writeOnly, properties = {} }: JsonSchema, value: unknown, path: string): string | undefined {
  if (writeOnly === true) return value === undefined ? undefined : path;
  if (value === null || typeof value !== 'object') return undefined;
  const members: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(properties)
    .map(([name, schema]) => secretOf(schema, members[name], path === '' ? name : `${path}.${name}`))
    .find((found) => found !== undefined);
}
