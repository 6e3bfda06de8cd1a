import { join, resolve } from 'node:path';

/** Where a network lies unless its directory is named, below the current directory. */
export const DEFAULT_DIRECTORY = join('.kessai', 'network');

/** What a shell reads as it stands. */
const PLAIN = /^[A-Za-z0-9_/.,:=@%+-]+$/;

/** A command as it is typed: a word that a shell would read otherwise, such as a path with spaces, is quoted. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** The words that name a network's directory to a command; none where it is the one that is taken by default. */
export function directoryWords(directory: string): readonly string[] {
  return isDefault(directory) ? [] : ['--dir', directory];
}

/** A command on a network's directory as it is typed, such as `kessai up --dir second`. */
export function networkCommand(directory: string, ...words: readonly string[]): string {
  return commandLine('kessai', ...words, ...directoryWords(directory));
}

function isDefault(directory: string): boolean {
  try {
    return resolve(directory) === resolve(DEFAULT_DIRECTORY);
  } catch {
    // The current directory has been removed, and with it what would lie below it.
    return false;
  }
}
