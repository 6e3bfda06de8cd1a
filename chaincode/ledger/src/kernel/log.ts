import { type Codec, list, object } from '@kessai/interface';
import { type Table, table } from './state';

/** A page to which the instructions of one cycle add lines, and which is never written again. */
export interface Log<T> {
  readonly lines: readonly T[];
}

/** `{ lines }`, each by itself. */
export function linesCodec<T>(line: Codec<T>): Codec<Log<T>> {
  return object({ lines: list(line, { max: 1_000_000 }) });
}

export function logTable<T>(kind: string, line: Codec<T>): Table<Log<T>> {
  return table(kind, linesCodec(line));
}
