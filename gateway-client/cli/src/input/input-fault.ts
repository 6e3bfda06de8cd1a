import { NotUtf8Error } from '@kessai/network';

/** One thing that is wrong in an input file. `line` and `column` count from 1. */
export interface InputFault {
  readonly file: string;
  readonly line: number;
  /** In a CSV file the number of the field between commas; in a JSON file that of the character. */
  readonly column: number;
  /** The column's name in the header, or the path of the field in a JSON file; '' where the whole line is meant. */
  readonly field: string;
  readonly reason: string;
}

/** What makes a whole file unreadable, with the line where it begins to be. */
export function unreadableFile(file: string, error: unknown): InputFault {
  const place = { file, line: 1, column: 1, field: '' };
  if (error instanceof NotUtf8Error) return { ...place, line: error.line, reason: error.message };
  return { ...place, reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
}

/** Input that cannot be used. Every fault found is told, not only the first, and nothing has been started. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly code = 'InputInvalid';

  constructor(readonly faults: readonly InputFault[]) {
    super(`${faults.length === 1 ? '1 fault' : `${faults.length} faults`} in the input files. Nothing was started.`);
  }
}

/** `orders.csv, line 14, column 7 (price): must be ...` */
export function faultText({ file, line, column, field, reason }: InputFault): string {
  return `${file}, line ${line}, column ${column}${field === '' ? '' : ` (${field})`}: ${reason}`;
}
