import { NotUtf8Error, readTextFile } from '@kessai/network';
import { CommandError } from '../terminal/command-error';

export interface TextLine {
  readonly text: string;
  readonly line: number;
}

/** A file that is named on the command line, as text in UTF-8. @throws CommandError RequestUnreadable */
export function readRequestFile(file: string, remedy = 'Give the path of a file.'): string {
  try {
    return readTextFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof NotUtf8Error) {
      const { line } = error;
      throw new CommandError('RequestUnreadable', `The file ${reason}.`, 'Nothing was sent.', { file, line });
    }
    throw new CommandError('RequestUnreadable', `The file cannot be read: ${reason}`, remedy, { file });
  }
}

/** The lines of a file that are not empty, with their numbers. @throws CommandError RequestUnreadable */
export function readLines(file: string): readonly TextLine[] {
  return readRequestFile(file)
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.trim(), line: index + 1 }))
    .filter(({ text: line }) => line !== '');
}
