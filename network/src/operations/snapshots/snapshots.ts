import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { networkCommand } from '../../command-line';
import { requireSpace, tellingDiskFull } from '../../directory/disk-space';
import type { Engine } from '../../directory/engine';
import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { openNetwork } from '../../directory/open-network';
import type { OpenNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import type { OnProgress } from '../../directory/progress';
import { inTemporaryPlace } from '../../directory/temporary-place';
import { safePoint, uninterrupted } from '../../interruption';
import { endNodes } from '../network/down';
import { runningOf } from '../network/running';
import { starterOf } from '../network/up';
import { copyContent, spaceOf, survey } from './snapshot-content';
import {
  makeManifest,
  MAKING,
  readManifest,
  requireName,
  requireSnapshot,
  SnapshotFiles,
  snapshotNames,
} from './snapshot-files';
import type { SnapshotManifest } from './snapshot-files';
import { writeDurably } from './write-durably';

export interface SnapshotRequest {
  readonly directory: string;
  /** Letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** The chaincode program with which the network runs, if it is not Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
}

export interface Snapshot {
  readonly name: string;
  /** Where it lies; a copy of this folder is a backup. */
  readonly place: string;
  /** `damaged`: what it says of itself cannot be read. What it holds is checked when it is restored. */
  readonly state: 'whole' | 'damaged';
  readonly engine?: Engine;
  /** ISO 8601. */
  readonly takenAt?: string;
  readonly bytes?: number;
}

export interface SnapshotResult extends Snapshot {
  /** For how long the network was stopped; undefined where it did not run. */
  readonly stoppedMs?: number;
}

/**
 * Copies all that a network is: its record, identities and every node's data; not its logs. All of it is of one moment, so a
 * network that runs is stopped for as long as copying takes, and started again whether or not it could be copied.
 *
 * @throws NetworkError `SnapshotNameInvalid`, `SnapshotExists`, `SnapshotUnfit`, `DiskFull`,
 * `NetworkDirectoryAbsent`, `NetworkDirectoryBusy`; as `up` and `down` do. No half snapshot is left then.
 */
export async function snapshot(request: SnapshotRequest): Promise<SnapshotResult> {
  requireName(request.name);
  const network = openNetwork(request.directory);
  const { files } = network;
  return withLock(files, async () => {
    const place = SnapshotFiles.of(files, request.name);
    if (existsSync(place.root)) throw alreadyThere(files, place, request.name);
    await removeHalfOnes(files);
    await requireSpace(files.directory, spaceOf((await survey(files.directory, await contentOf(files))).files));
    return tellingDiskFull(files.directory, async () => take(network, request, place));
  });
}

async function take(network: OpenNetwork, request: SnapshotRequest, place: SnapshotFiles): Promise<SnapshotResult> {
  const { files, record } = network;
  const { onProgress } = request;
  if (runningOf(files, record) === undefined)
    return taken(request.name, place, await copyAll(network, place, onProgress));
  // Whatever lacks for another start is said before anything is stopped.
  const start = await starterOf({ ...request, engine: record.engine });
  const stopped = performance.now();
  safePoint();
  onProgress?.({ step: 'ending-engine' });
  let manifest: SnapshotManifest;
  try {
    await endNodes(network);
    manifest = await copyAll(network, place, onProgress);
  } finally {
    onProgress?.({ step: 'starting-engine' });
    await uninterrupted(async () => start(network));
  }
  return { ...taken(request.name, place, manifest), stoppedMs: Math.round(performance.now() - stopped) };
}

async function copyAll(
  { files, record }: OpenNetwork,
  place: SnapshotFiles,
  onProgress: OnProgress | undefined,
): Promise<SnapshotManifest> {
  onProgress?.({ step: 'copying' });
  const making = new SnapshotFiles(join(files.snapshots, `${MAKING}${process.pid.toString()}`));
  return inTemporaryPlace(making.root, async () => {
    await mkdir(making.root, { recursive: true, mode: 0o700 });
    const content = await copyContent(files.directory, await contentOf(files), making.content);
    const { engine, topology } = record;
    const manifest = makeManifest({ engine, channel: topology.channel, takenAt: new Date().toISOString(), ...content });
    await writeDurably(making.manifest, `${JSON.stringify(manifest, undefined, 1)}\n`);
    await rename(making.root, place.root);
    return manifest;
  });
}

/** The snapshots of a network, as they stand. @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`. */
export function snapshots({ directory }: { readonly directory: string }): readonly Snapshot[] {
  const { files } = openNetwork(directory);
  return snapshotNames(files).map((name) => {
    const place = SnapshotFiles.of(files, name);
    try {
      return taken(name, place, readManifest(place));
    } catch (error) {
      if (error instanceof NetworkError) return { name, place: place.root, state: 'damaged' };
      throw error;
    }
  });
}

/** Removes a snapshot. @throws NetworkError `SnapshotUnknown`, `SnapshotNameInvalid`, as `snapshots` does. */
export async function removeSnapshot({ directory, name }: Pick<SnapshotRequest, 'directory' | 'name'>): Promise<void> {
  const { files } = openNetwork(directory);
  await withLock(files, async () => {
    const { root } = requireSnapshot(files, name);
    // Under a name that no snapshot has, so that one which is half removed is not taken for a whole one.
    const leaving = join(files.snapshots, `${MAKING}${process.pid.toString()}`);
    await removeHalfOnes(files);
    await inTemporaryPlace(leaving, async () => {
      await rename(root, leaving);
      await rm(leaving, { recursive: true, force: true });
    });
  });
}

/** What a network's directory holds of the network itself. */
export async function contentOf(files: NetworkFiles): Promise<readonly string[]> {
  return (await readdir(files.directory)).filter((name) => !files.staysInPlace(name)).sort();
}

// Under the lock, so nobody is at work on them.
async function removeHalfOnes(files: NetworkFiles): Promise<void> {
  const names = existsSync(files.snapshots) ? await readdir(files.snapshots) : [];
  for (const name of names.filter((candidate) => candidate.startsWith(MAKING))) {
    await rm(join(files.snapshots, name), { recursive: true, force: true });
  }
}

function taken(name: string, { root }: SnapshotFiles, manifest: SnapshotManifest): Snapshot {
  const { engine, takenAt, files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name, place: root, state: 'whole', engine, takenAt, bytes };
}

function alreadyThere({ directory }: NetworkFiles, { root }: SnapshotFiles, name: string): NetworkError {
  return new NetworkError(
    'SnapshotExists',
    `there is a snapshot ${name} already, in ${root}`,
    `Choose another name, or remove it: ${networkCommand(directory, 'snapshot', name, '--remove')}`,
    { field: 'name', name, place: root },
  );
}
