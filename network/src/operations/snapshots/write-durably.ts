import { open } from 'node:fs/promises';

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
