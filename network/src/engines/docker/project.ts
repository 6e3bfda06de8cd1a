import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NetworkFiles } from '../../directory/network-files';

const NAME = /^kessai-[0-9a-f]{12}$/;

/** The name by which Docker knows what belongs to a network, or undefined where none has been given yet. */
export function recordedProject(files: NetworkFiles): string | undefined {
  try {
    const name = readFileSync(files.containerProject, 'utf8').trim();
    return NAME.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** The same, given now where there is none. It is on record before anything bears it. */
export function projectOf(files: NetworkFiles): string {
  const known = recordedProject(files);
  if (known !== undefined) return known;
  const name = `kessai-${randomBytes(6).toString('hex')}`;
  mkdirSync(dirname(files.containerProject), { recursive: true });
  writeFileSync(`${files.containerProject}.new`, `${name}\n`);
  renameSync(`${files.containerProject}.new`, files.containerProject);
  return name;
}
