import { existsSync, readFileSync, renameSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { requireSpace, tellingDiskFull } from '../../directory/disk-space';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { organisationsElsewhere } from '../../directory/network-part';
import { presentOrganisations } from '../../directory/network-record';
import type { NetworkRecord } from '../../directory/network-record';
import { withLock } from '../../directory/operation-lock';
import type { OnProgress } from '../../directory/progress';
import { inTemporaryPlace } from '../../directory/temporary-place';
import { runningProcesses } from '../../directory/node-process';
import { runningProcess } from '../../directory/process-record';
import { runningOf } from '../network/running';
import { runningSchedulers } from '../schedulers/schedulers';
import { contentOf } from './copy-network';
import { recordLeft, requireSafeKeys } from './restored-keys';
import { restoreContent, spaceOf } from './snapshot-content';
import { holdsOf, readManifest, requireSnapshot } from './snapshot-files';
import type { Holds, SnapshotFiles, SnapshotManifest } from './snapshot-files';
import { flushFolder, writeDurably } from './write-durably';

export interface RestoreRequest {
  readonly directory: string;
  readonly name: string;
  /** Says, of a part of a network, that all other parts go back to snapshots of the same time too. */
  readonly together?: boolean;
  /** Puts back what cannot be made again, and leaves the nodes' data as it is; always so with a snapshot of the keys alone. */
  readonly keysOnly?: boolean;
  readonly onProgress?: OnProgress;
}

export interface RestoreResult {
  readonly name: string;
  readonly directory: string;
  /** ISO 8601: of which moment the network is now, or its keys are. */
  readonly takenAt: string;
  /** What was put back. */
  readonly restored: Holds;
  /** Where the ledgers are: in the snapshot, in the directory as before, at nodes of other machines alone, or nowhere. */
  readonly ledgers: 'restored' | 'kept' | 'elsewhere' | 'none';
}

/** What a restore is about to exchange; while this is on disk, the directory may be partly the one and partly the other. */
export interface Exchange {
  readonly name: string;
  readonly old: readonly string[];
  readonly new: readonly string[];
}

const OWNER_ONLY = 0o700;

/**
 * Makes a stopped network what it was at a snapshot. The snapshot is copied and checked first, then exchanged with what is
 * there, which is removed only when all of it has been. A restore that was killed in between is completed by the next one.
 *
 * Keys alone are put in their places in the same way; the data of the nodes stays, and so does a record that can be read.
 *
 * The directory may hold nothing but `snapshots`: so a network is brought back from a copy of a snapshot.
 *
 * @throws NetworkError `NetworkRunning`, `NetworkPartial`, `SnapshotUnknown`, `SnapshotDamaged`, `SnapshotForeign`, `KeysUnsaved`, `DiskFull`,
 * `NetworkDirectoryAbsent`.
 */
export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const { directory, name, onProgress } = request;
  const files = new NetworkFiles(resolve(directory));
  if (!existsSync(files.directory)) requireSnapshot(files, name);
  return withLock(files, async () => {
    const cutOff = readExchange(files);
    if (cutOff !== undefined) await complete(files, cutOff);
    requireStopped(files);
    const snapshot = requireSnapshot(files, name);
    const manifest = readManifest(snapshot);
    const restored = request.keysOnly === true ? 'keys' : holdsOf(manifest);
    if (restored === 'keys') await requireSafeKeys(files, snapshot, manifest);
    else if (request.together !== true) requireAlone(snapshot, files);
    await clear(files);
    const wanted = restored === 'keys' ? keysAmong(files, manifest) : manifest;
    await requireSpace(files.directory, spaceOf(wanted.files));
    await tellingDiskFull(files.directory, async () => {
      onProgress?.({ step: 'copying' });
      await inTemporaryPlace(files.restoring, async () => {
        await restoreContent(snapshot.content, wanted, files.restoring);
        if (restored === 'keys') await flushFolder(files.restoring);
      });
      // It may have been a folder for the copy of a snapshot alone, made by whoever; now it holds keys and ledgers.
      await chmod(files.directory, OWNER_ONLY);
      await complete(files, await begun(files, name, wanted, restored));
    });
    const ledgers = restored === 'keys' ? ledgersOf(files) : 'restored';
    return { name, directory: files.directory, takenAt: manifest.takenAt, restored, ledgers };
  });
}

/** Of a snapshot what is put back over a network whose nodes have their data. */
function keysAmong(files: NetworkFiles, manifest: SnapshotManifest): SnapshotManifest {
  const stays = new Set([basename(files.data), ...(recordLeft(files) === undefined ? [] : [basename(files.record)])]);
  const isWanted = ({ path }: { readonly path: string }): boolean => !stays.has(topOf(path));
  return { ...manifest, folders: manifest.folders.filter(isWanted), files: manifest.files.filter(isWanted) };
}

function ledgersOf(files: NetworkFiles): 'kept' | 'elsewhere' | 'none' {
  if (existsSync(files.data)) return 'kept';
  const record = recordLeft(files);
  return record !== undefined && organisationsElsewhere(record).length > 0 ? 'elsewhere' : 'none';
}

/** Where nothing could be noted, everything is as it was. */
async function begun(
  files: NetworkFiles,
  name: string,
  manifest: SnapshotManifest,
  restored: Holds,
): Promise<Exchange> {
  try {
    return await beginExchange(files, name, manifest, restored);
  } catch (error) {
    await rm(draftOf(files), { force: true });
    await clear(files);
    throw error;
  }
}

function draftOf({ exchange }: NetworkFiles): string {
  return `${exchange}.new`;
}

/** Notes what is to be exchanged: from now on it will be. */
export async function beginExchange(
  files: NetworkFiles,
  name: string,
  content: SnapshotManifest,
  restored: Holds = 'network',
): Promise<Exchange> {
  const top = [...new Set([...content.folders, ...content.files].map(({ path }) => topOf(path)))];
  const there = await contentOf(files);
  // Of the keys' network only that goes which comes again.
  const old = restored === 'keys' ? there.filter((entry) => top.includes(entry)) : there;
  const exchange: Exchange = { name, old, new: top };
  await mkdir(files.replaced, { mode: OWNER_ONLY });
  const draft = draftOf(files);
  await writeDurably(draft, JSON.stringify(exchange));
  renameSync(draft, files.exchange);
  return exchange;
}

function topOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** The renames of an exchange that have not been done, one at a step. Nothing is lost wherever it is cut off. */
export function* exchangeSteps(files: NetworkFiles, exchange: Exchange): Generator<string, void> {
  for (const entry of exchange.old) {
    const target = join(files.replaced, entry);
    // What is there under its name after it was moved is the new one.
    if (existsSync(target)) continue;
    renameSync(join(files.directory, entry), target);
    yield entry;
  }
  for (const entry of exchange.new) {
    const source = join(files.restoring, entry);
    if (!existsSync(source)) continue;
    renameSync(source, join(files.directory, entry));
    yield entry;
  }
}

async function complete(files: NetworkFiles, exchange: Exchange): Promise<void> {
  Array.from(exchangeSteps(files, exchange));
  await rm(files.exchange);
  await clear(files);
}

async function clear(files: NetworkFiles): Promise<void> {
  for (const place of [files.restoring, files.replaced]) await rm(place, { recursive: true, force: true });
}

function readExchange(files: NetworkFiles): Exchange | undefined {
  if (!existsSync(files.exchange)) return undefined;
  return JSON.parse(readFileSync(files.exchange, 'utf8')) as Exchange;
}

/** An orderer that is set back alone would contradict what it has signed. @throws NetworkError `NetworkPartial`. */
function requireAlone({ content }: SnapshotFiles, { directory }: NetworkFiles): void {
  const file = new NetworkFiles(content).record;
  // A snapshot without a good one is damaged, which is told when its content is checked.
  let record: NetworkRecord;
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as NetworkRecord;
  } catch {
    return;
  }
  if (organisationsElsewhere(record).length === 0) return;
  const present = presentOrganisations(record).map(({ mspId }) => mspId);
  throw new NetworkError(
    'NetworkPartial',
    `the snapshot is of the part of ${present.join(', ')}; set back alone its orderers would contradict what they have signed`,
    `Remove ${join(directory, 'data')} instead and run up and deploy: the nodes fetch what they lack from the others. Only where all parts go back to one time: kessai restore --together.`,
    { present },
  );
}

function requireStopped(files: NetworkFiles): void {
  // Without a record there is no network yet, only snapshots of one, brought from elsewhere; or it was lost while its nodes run.
  const record = recordLeft(files);
  const runs =
    runningSchedulers(files).size > 0 ||
    runningProcess(files) !== undefined ||
    runningProcesses(files).size > 0 ||
    (record !== undefined && runningOf(files, record) !== undefined);
  if (!runs) return;
  throw new NetworkError('NetworkRunning', `the network in ${files.directory} is running`, 'Run down first.', {
    directory: files.directory,
  });
}
