import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NetworkError } from '../../directory/network-error';
import { safePoint } from '../../interruption';

/** A file as it was when the snapshot was taken. Its path is below the network's directory, with forward slashes. */
export interface FileContent {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mode: number;
}

export interface FolderContent {
  readonly path: string;
  readonly mode: number;
}

/** What a snapshot holds: folders first those that hold others, and files. */
export interface Content {
  readonly folders: readonly FolderContent[];
  readonly files: readonly FileContent[];
}

const PERMISSIONS = 0o777;
const OWNER_ONLY = 0o700;
// What a file takes on disk is a multiple of this on nearly every machine.
const BLOCK_BYTES = 4_096;

/** Files and folders below some entries of a directory, without their content. @throws NetworkError `SnapshotUnfit`. */
export async function survey(
  directory: string,
  entries: readonly string[],
): Promise<{ readonly folders: readonly FolderContent[]; readonly files: readonly Omit<FileContent, 'sha256'>[] }> {
  const folders: FolderContent[] = [];
  const files: Omit<FileContent, 'sha256'>[] = [];
  const visit = async (path: string): Promise<void> => {
    const found = await lstat(join(directory, path));
    const mode = found.mode & PERMISSIONS;
    if (found.isFile()) files.push({ path, bytes: found.size, mode });
    else if (found.isDirectory()) {
      folders.push({ path, mode });
      for (const name of (await readdir(join(directory, path))).sort()) await visit(`${path}/${name}`);
    } else throw unfit(join(directory, path));
  };
  for (const entry of [...entries].sort()) await visit(entry);
  return { folders, files };
}

/** Bytes that files take on disk. */
export function spaceOf(files: readonly Pick<FileContent, 'bytes'>[]): number {
  return files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0);
}

/** Copies entries of a directory to another one, and notes what was copied. */
export async function copyContent(from: string, entries: readonly string[], to: string): Promise<Content> {
  const { folders, files } = await survey(from, entries);
  await makeFolders(to, folders);
  const copied: FileContent[] = [];
  for (const file of files) {
    safePoint();
    await copy(join(from, file.path), join(to, file.path));
    // Of what was there, not of the copy: so a copy that went wrong shows when it is needed.
    copied.push({ ...file, sha256: await sha256Of(join(from, file.path)) });
  }
  await closeFolders(to, folders);
  return { folders, files: copied };
}

/** Copies noted content to another directory. @throws NetworkError `SnapshotDamaged` where it is not what was noted. */
export async function restoreContent(from: string, { folders, files }: Content, to: string): Promise<void> {
  await makeFolders(to, folders);
  for (const { path, bytes, sha256, mode } of files) {
    const target = join(to, path);
    safePoint();
    try {
      await copy(join(from, path), target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw damaged(from, `${path} is missing`);
      throw error;
    }
    const same = (await stat(target)).size === bytes && (await sha256Of(target)) === sha256;
    if (!same) throw damaged(from, `${path} is not what it was`);
    await chmod(target, mode);
  }
  await closeFolders(to, folders);
}

export function damaged(place: string, reason: string, cause?: unknown): NetworkError {
  return new NetworkError(
    'SnapshotDamaged',
    `the snapshot in ${place} is damaged: ${reason}`,
    'Take another snapshot, or put back a good copy of this one. The network is as it was.',
    { place, reason },
    cause,
  );
}

function unfit(path: string): NetworkError {
  return new NetworkError(
    'SnapshotUnfit',
    `${path} is neither a file nor a folder, and a snapshot holds nothing else`,
    'Move it out of the network’s directory, then do it again.',
    { path },
  );
}

// Where the file system can, both share what neither has changed.
async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

// A folder that its owner may not write to could not be filled: it gets its mode when it is full.
async function makeFolders(to: string, folders: readonly FolderContent[]): Promise<void> {
  await mkdir(to, { recursive: true, mode: OWNER_ONLY });
  for (const { path } of folders) await mkdir(join(to, path), { mode: OWNER_ONLY });
}

async function closeFolders(to: string, folders: readonly FolderContent[]): Promise<void> {
  for (const { path, mode } of [...folders].reverse()) await chmod(join(to, path), mode);
}
