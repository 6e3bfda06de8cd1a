import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** What a LevelDB database holds that nobody has open, decompressed. A copy is read, for whoever opens one also writes into it. */
export async function levelEntries(
  folder: string,
  range: { readonly gte?: Buffer; readonly lt?: Buffer } = {},
): Promise<readonly Entry[]> {
  const copy = await mkdtemp(join(tmpdir(), 'kessai-level-'));
  try {
    await cp(folder, copy, { recursive: true });
    const store = new ClassicLevel<Buffer, Buffer>(copy, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    await store.open();
    try {
      const found: Entry[] = [];
      for await (const [key, value] of store.iterator(range)) found.push({ key, value });
      return found;
    } finally {
      await store.close();
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

export function bytesOf(entries: readonly Entry[]): Buffer {
  return Buffer.concat(entries.flatMap(({ key, value }) => [key, value]));
}
