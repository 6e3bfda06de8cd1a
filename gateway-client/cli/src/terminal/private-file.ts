import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { CommandError } from './command-error';

const OWNER_ONLY = 0o600;

/**
 * Writes a file that only its owner can read, from the moment that it exists, whole or not at all.
 *
 * @param replace whether it may take the place of one that is there.
 * @throws CommandError FileExists, FileUnwritable
 */
export async function writePrivateFile(file: string, text: string, replace: boolean): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link takes nobody's place, whoever makes a file of the name meanwhile.
    if (replace) await rename(draft, file);
    else await link(draft, file);
  } catch (error) {
    throw failure(file, error);
  } finally {
    await rm(draft, { force: true });
  }
}

function failure(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'EEXIST') {
    const remedy = 'Choose another name, or replace it with --force.';
    return new CommandError('FileExists', `${file} is there already.`, remedy, { file });
  }
  const reason = error instanceof Error ? error.message : code;
  const remedy = 'Choose a file in a folder that is there and that you may write to.';
  return new CommandError('FileUnwritable', `${file} cannot be written: ${reason}`, remedy, { file });
}
