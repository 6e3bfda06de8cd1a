import { createHash } from 'node:crypto';
import { constants, createReadStream, lstatSync, readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, stat, truncate } from 'node:fs/promises';
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

/** The same before it was read. */
export interface Survey {
  readonly folders: readonly FolderContent[];
  readonly files: readonly Omit<FileContent, 'sha256'>[];
}

const PERMISSIONS = 0o777;
const OWNER_ONLY = 0o700;
// What a file takes on disk is a multiple of this on nearly every machine.
const BLOCK_BYTES = 4_096;

/**
 * Some entries of a directory, and the files and folders below them, without their content. What a running node removes meanwhile is
 * not among them.
 *
 * @throws NetworkError `SnapshotUnfit`.
 */
export function survey(directory: string, entries: readonly string[]): Survey {
  const folders: FolderContent[] = [];
  const files: Omit<FileContent, 'sha256'>[] = [];
  const visit = (path: string): void => {
    const found = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (found === undefined) return;
    const mode = found.mode & PERMISSIONS;
    if (found.isFile()) files.push({ path, bytes: found.size, mode });
    else if (found.isDirectory()) {
      folders.push({ path, mode });
      for (const name of readdirSync(join(directory, path)).sort()) visit(`${path}/${name}`);
    } else throw unfit(join(directory, path));
  };
  for (const entry of [...entries].sort()) {
    // An entry that is not there is an error of the caller's.
    lstatSync(join(directory, entry));
    visit(entry);
  }
  return { folders, files };
}

/** Bytes that files take on disk. */
export function spaceOf(files: readonly Pick<FileContent, 'bytes'>[]): number {
  return files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0);
}

/** Copies entries of a directory to another one, and notes what was copied. */
export async function copyContent(from: string, entries: readonly string[], to: string): Promise<Content> {
  return copySurveyed(from, survey(from, entries), to);
}

/** Copies what was found in a directory, of each file the bytes that it then had, and notes what was copied. */
export async function copySurveyed(from: string, { folders, files }: Survey, to: string): Promise<Content> {
  await makeFolders(to, folders);
  const copied: FileContent[] = [];
  for (const file of files) {
    safePoint();
    const [source, target] = [join(from, file.path), join(to, file.path)];
    await copy(source, target);
    if ((await stat(target)).size > file.bytes) await truncate(target, file.bytes);
    // Of what was there, not of the copy: so a copy that went wrong shows when it is needed.
    copied.push({ ...file, sha256: await sha256Of(source, file.bytes) });
  }
  await closeFolders(to, folders);
  return { folders, files: copied };
}

/** Copies noted content to another directory. @throws NetworkError `SnapshotDamaged` where it is not what was noted. */
export async function restoreContent(from: string, { folders, files }: Content, to: string): Promise<void> {
  await makeFolders(to, folders);
  for (const file of files) {
    const target = join(to, file.path);
    safePoint();
    try {
      await copy(join(from, file.path), target);
    } catch (error) {
      throw isAbsent(error) ? missing(from, file) : error;
    }
    await requireNoted(from, file, target);
    await chmod(target, file.mode);
  }
  await closeFolders(to, folders);
}

/** Reads noted content, and changes nothing. @throws NetworkError `SnapshotDamaged` where it is not what was noted. */
export async function checkContent(place: string, { files }: Content): Promise<void> {
  for (const file of files) {
    safePoint();
    try {
      await requireNoted(place, file, join(place, file.path));
    } catch (error) {
      throw isAbsent(error) ? missing(place, file) : error;
    }
  }
}

async function requireNoted(place: string, { path, bytes, sha256 }: FileContent, file: string): Promise<void> {
  const same = (await stat(file)).size === bytes && (await sha256Of(file, bytes)) === sha256;
  if (!same) throw damaged(place, `${path} is not what it was`);
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function missing(place: string, { path }: FileContent): NetworkError {
  return damaged(place, `${path} is missing`);
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

/** Of the file's first bytes. */
async function sha256Of(file: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes > 0) await pipeline(createReadStream(file, { end: bytes - 1 }), hash);
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
