import { readFileSync } from 'node:fs';
import { CommandError } from '../terminal/command-error';

export interface TextLine {
  readonly text: string;
  readonly line: number;
}

/** The lines of a file that are not empty, with their numbers. @throws CommandError RequestUnreadable */
export function readLines(file: string): readonly TextLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('RequestUnreadable', `The file cannot be read: ${reason}`, 'Give the path of a file.', {
      file,
    });
  }
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), line: index + 1 }))
    .filter(({ text: line }) => line !== '');
}
