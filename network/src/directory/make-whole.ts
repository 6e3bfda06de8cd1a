import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './process-identity';
import { inTemporaryPlace } from './temporary-place';

/** Says which process is making a directory, between its name and a random end. */
const MAKING = '.making-';

/**
 * Makes a directory under another name beside its place and renames it when it is whole, so that whoever is killed meanwhile leaves
 * nothing in its place. What was left beside is removed by the next one. In its place there may be an empty directory.
 */
export async function makeWhole(directory: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await removeLeftOvers(directory);
  const temporary = besideOf(directory);
  await inTemporaryPlace(temporary, async () => {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await fill(temporary);
    await rename(temporary, directory);
  });
}

/** Removes a directory in one step for whoever looks: under another name, which the next one to make it there would remove. */
export async function removeWhole(directory: string): Promise<void> {
  const leaving = besideOf(directory);
  await inTemporaryPlace(leaving, async () => {
    // Where its parent may not be changed, it is removed where it lies.
    const place = await rename(directory, leaving).then(
      () => leaving,
      () => directory,
    );
    await rm(place, { recursive: true, force: true });
  });
}

function besideOf(directory: string): string {
  const mark = `${process.pid.toString()}-${randomBytes(4).toString('hex')}`;
  return join(dirname(directory), `.${basename(directory)}${MAKING}${mark}`);
}

/** Removes what processes that were killed left beside a directory that they made. */
export async function removeLeftOvers(directory: string): Promise<void> {
  const parent = dirname(directory);
  const prefix = `.${basename(directory)}${MAKING}`;
  const names = existsSync(parent) ? await readdir(parent) : [];
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
