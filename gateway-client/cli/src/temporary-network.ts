import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, purge, removeNetworkNow, uninterrupted } from '@kessai/network';

/**
 * Runs what needs a network for a while, in a directory of its own. Its processes are ended and the directory is removed when that is
 * done or fails, and by force when the process ends before.
 *
 * @param keeps told of the result: whether the network stays.
 */
export async function withTemporaryNetwork<Result>(
  prefix: string,
  run: (directory: string) => Promise<Result>,
  keeps: (result: Result) => boolean = () => false,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  const removeNow = (): void => removeNetworkNow(directory);
  process.on('exit', removeNow);
  let stays = false;
  try {
    const result = await run(directory);
    stays = keeps(result);
    return result;
  } finally {
    if (!stays) await uninterrupted(async () => remove(directory));
    process.off('exit', removeNow);
  }
}

async function remove(directory: string): Promise<void> {
  await down({ directory });
  await purge({ directory });
  await rm(directory, { recursive: true, force: true });
}
