import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a file that only its owner can read, and returns when it is on disk. The option `flush` does so from Node.js 20.10 on only. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns when a folder and all that is below it is on disk. */
export async function flushFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  // Beside each other: a file system writes many in one go.
  await Promise.all(entries.filter((one) => !one.isDirectory()).map(async ({ name }) => flush(join(folder, name))));
  for (const { name } of entries.filter((one) => one.isDirectory())) await flushFolder(join(folder, name));
  await flush(folder);
}

/** Returns when a file, or the names that a folder has, is on disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
