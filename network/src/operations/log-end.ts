import { readFileSync } from 'node:fs';

const LINES = 20;

/** The last lines of a log, or an empty list where there is none. */
export function endOfLog(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LINES);
  } catch {
    return [];
  }
}
