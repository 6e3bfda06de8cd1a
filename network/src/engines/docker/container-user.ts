import { chown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from './docker-command';

/** Whom containers run as. */
export interface ContainerUser {
  /** User and group, as Docker takes them: `1000:1000`. */
  readonly text: string;
  /** Makes the folder theirs, so that they can read and write it. */
  readonly own: (folder: string) => Promise<void>;
}

/** A user that no machine has by itself. */
const NOBODY_ELSE = 10_001;

/**
 * Containers run as the user of this process, whose files they read and write, and never as root: where this process is root's, as a
 * user of their own, to whom their nodes' files are given. Where Docker itself runs without root's rights, its root is the user.
 */
export async function containerUser(): Promise<ContainerUser> {
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  const asIs = async (): Promise<void> => undefined;
  if (await isRootless()) return { text: '0:0', own: asIs };
  if (user !== undefined && group !== undefined && user !== 0)
    return { text: `${user.toString()}:${group.toString()}`, own: asIs };
  const text = `${NOBODY_ELSE.toString()}:${NOBODY_ELSE.toString()}`;
  return { text, own: user === 0 ? giveAll : asIs };
}

async function isRootless(): Promise<boolean> {
  return (await docker(['info', '--format', '{{json .SecurityOptions}}'])).includes('name=rootless');
}

async function giveAll(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return;
  if (found.uid !== NOBODY_ELSE) await chown(path, NOBODY_ELSE, NOBODY_ELSE);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await giveAll(join(path, name));
}
