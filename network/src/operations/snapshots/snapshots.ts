import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { networkCommand } from '../../command-line';
import { requireSpace, tellingDiskFull } from '../../directory/disk-space';
import type { Engine } from '../../directory/engine';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { openNetwork } from '../../directory/open-network';
import { withLock } from '../../directory/operation-lock';
import type { OnProgress } from '../../directory/progress';
import { inTemporaryPlace } from '../../directory/temporary-place';
import { safePoint, uninterrupted } from '../../interruption';
import { endNodes } from '../network/down';
import { runningOf } from '../network/running';
import { starterOf } from '../network/up';
import { contentOf, copyKeys, copyRunning, copyStopped, withoutData } from './copy-network';
import type { Copying } from './copy-network';
import { requireHoldable } from './held-content';
import { checkContent, spaceOf, survey } from './snapshot-content';
import {
  holdsOf,
  MAKING,
  readManifest,
  requireName,
  requireSnapshot,
  SnapshotFiles,
  snapshotNames,
} from './snapshot-files';
import type { Holds, SnapshotManifest } from './snapshot-files';

export interface SnapshotRequest {
  readonly directory: string;
  /** Letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** Leaves the nodes' data out: what remains is what cannot be made again, and nothing is stopped for it. */
  readonly keysOnly?: boolean;
  /** Copies a network that runs without stopping it. */
  readonly whileRunning?: boolean;
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
  readonly holds?: Holds;
  readonly engine?: Engine;
  /** ISO 8601. */
  readonly takenAt?: string;
  readonly bytes?: number;
}

export interface SnapshotResult extends Snapshot {
  /** For how long the network was stopped; undefined where it did not run, or went on. */
  readonly stoppedMs?: number;
  /** For how long the nodes of a network that went on were held. */
  readonly heldMs?: number;
}

/**
 * Copies all that a network is: its record, identities and every node's data; not its logs. All of it is of one moment: a network that runs
 * is stopped for as long as copying takes, and started again whether or not it could be copied; or its nodes are held together for a
 * moment, and go on while what they had written by then is copied.
 *
 * Of the keys alone the ledgers are no part: nodes that have none fetch blocks and private data from those of other members.
 *
 * @throws NetworkError `SnapshotNameInvalid`, `SnapshotExists`, `SnapshotUnfit`, `DiskFull`, `NetworkPartial`, `EngineUnsupported`,
 * `HoldTooLong`, `NetworkDirectoryAbsent`, `NetworkDirectoryBusy`; as `up` and `down` do. No half snapshot is left then.
 */
export async function snapshot(request: SnapshotRequest): Promise<SnapshotResult> {
  requireName(request.name);
  const network = openNetwork(request.directory);
  const { files } = network;
  return withLock(files, async () => {
    const place = SnapshotFiles.of(files, request.name);
    if (existsSync(place.root)) throw alreadyThere(files, place, request.name);
    await removeHalfOnes(files);
    const all = await contentOf(files);
    const entries = request.keysOnly === true ? withoutData(files, all) : all;
    await requireSpace(files.directory, spaceOf(survey(files.directory, entries).files));
    return tellingDiskFull(files.directory, async () =>
      take(request, { network, place, onProgress: request.onProgress }),
    );
  });
}

async function take(request: SnapshotRequest, copying: Copying): Promise<SnapshotResult> {
  const { network, place } = copying;
  const { name } = request;
  if (request.keysOnly === true) return taken(name, place, await copyKeys(copying));
  if (runningOf(network.files, network.record) === undefined) return taken(name, place, await copyStopped(copying));
  if (request.whileRunning !== true) return takeStopping(request, copying);
  requireHoldable(network);
  const { manifest, heldMs } = await copyRunning(copying);
  return { ...taken(name, place, manifest), heldMs: Math.round(heldMs) };
}

async function takeStopping(request: SnapshotRequest, copying: Copying): Promise<SnapshotResult> {
  const { network, place, onProgress } = copying;
  // Whatever lacks for another start is said before anything is stopped.
  const start = await starterOf({ ...request, engine: network.record.engine });
  const stopped = performance.now();
  safePoint();
  onProgress?.({ step: 'ending-engine' });
  let manifest: SnapshotManifest;
  try {
    await endNodes(network);
    manifest = await copyStopped(copying);
  } finally {
    onProgress?.({ step: 'starting-engine' });
    await uninterrupted(async () => start(network));
  }
  return { ...taken(request.name, place, manifest), stoppedMs: Math.round(performance.now() - stopped) };
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

/**
 * Reads all of a snapshot, as of one that was brought here from elsewhere: whether each file is what was noted when it was taken.
 * The directory may hold nothing else.
 *
 * @throws NetworkError `SnapshotDamaged`, `SnapshotUnknown`, `SnapshotNameInvalid`.
 */
export async function checkSnapshot({
  directory,
  name,
}: Pick<SnapshotRequest, 'directory' | 'name'>): Promise<Snapshot> {
  const place = requireSnapshot(new NetworkFiles(resolve(directory)), name);
  const manifest = readManifest(place);
  await checkContent(place.content, manifest);
  return taken(name, place, manifest);
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
  return { name, place: root, state: 'whole', holds: holdsOf(manifest), engine, takenAt, bytes };
}

function alreadyThere({ directory }: NetworkFiles, { root }: SnapshotFiles, name: string): NetworkError {
  return new NetworkError(
    'SnapshotExists',
    `there is a snapshot ${name} already, in ${root}`,
    `Choose another name, or remove it: ${networkCommand(directory, 'snapshot', name, '--remove')}`,
    { field: 'name', name, place: root },
  );
}
