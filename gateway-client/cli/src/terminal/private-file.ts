import { randomBytes } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { CommandError } from './command-error';
import { isSystemError, reasonOf } from './system-failure';

const OWNER_ONLY = 0o600;

/**
 * Whether a file can be written there, asked before the work of which it is to tell. Nothing is left behind.
 *
 * @param replace whether it may take the place of one that is there.
 * @throws CommandError FileExists, FileUnwritable
 */
export async function requireWritable(file: string, replace: boolean): Promise<void> {
  await requireFree(file, replace);
  const [draft, placed] = [draftOf(file), draftOf(file)];
  try {
    await (await open(draft, 'wx', OWNER_ONLY)).close();
    // There are file systems without links.
    if (!replace) await link(draft, placed);
  } catch (error) {
    throw failure(file, error);
  } finally {
    await removed(draft);
    await removed(placed);
  }
}

/**
 * Writes a file that only its owner can read, from the moment that it exists, whole or not at all.
 *
 * @param replace whether it may take the place of one that is there.
 * @throws CommandError FileExists, FileUnwritable
 */
export async function writePrivateFile(file: string, text: string, replace: boolean): Promise<void> {
  await requireFree(file, replace);
  const draft = draftOf(file);
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
    await removed(draft);
  }
}

/** A folder or a device is never replaced. */
async function requireFree(file: string, replace: boolean): Promise<void> {
  if (file === '') throw unwritable(file, 'it has no name');
  if (file.endsWith('/') || file.endsWith(sep)) throw unwritable(file, 'its name is that of a folder');
  const found = await lstat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure(file, error);
  });
  if (found && !found.isFile() && !found.isSymbolicLink()) throw unwritable(file, 'it is no file');
  if (found && !replace) throw taken(file);
}

/** A name of its own beside the file, since that of the file may be as long as names may be. */
function draftOf(file: string): string {
  return join(dirname(file), `.kessai-${randomBytes(4).toString('hex')}.new`);
}

/** What was never made need not be removed; what the work came to is what is told. */
async function removed(draft: string): Promise<void> {
  await rm(draft, { force: true }).catch(() => undefined);
}

function failure(file: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  if (error.code === 'EEXIST') return taken(file);
  return unwritable(file, error.code === 'ENOENT' ? 'its folder is not there' : reasonOf(error));
}

function taken(file: string): CommandError {
  return new CommandError(
    'FileExists',
    `${file} is there already.`,
    'Choose another name, or replace it with --force.',
    {
      file,
    },
  );
}

function unwritable(file: string, reason: string): CommandError {
  const remedy = 'Choose a file in a folder that is there and that you may write to.';
  return new CommandError('FileUnwritable', `${file} cannot be written: ${reason}.`, remedy, { file });
}
