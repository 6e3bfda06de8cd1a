import { constants, copyFileSync, linkSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import { networkNodes } from '../../directory/network-nodes';
import { organisationsElsewhere } from '../../directory/network-part';
import type { OpenNetwork } from '../../directory/open-network';
import { runningProcess } from '../../directory/process-record';
import { runningProcesses } from '../../directory/node-process';
import { safePoint } from '../../interruption';
import { canHold, HeldTooLong, whileHeld } from './hold-processes';
import type { WhileHeld } from './hold-processes';
import { survey } from './snapshot-content';
import type { Survey } from './snapshot-content';

/**
 * Orderers take one another for dead after three seconds without a word. Nodes that are held for less go on as if nothing had been.
 */
const LONGEST_MS = 2_500;

/**
 * Files of which what has been written stays as it is: LevelDB's tables, which are written once, its logs and manifests and Fabric's files of
 * blocks, which are added to. All but little of a ledger is in them.
 */
const STAYS = /(?:^|\/)(?:\d+\.(?:ldb|sst|log)|MANIFEST-\d+|blockfile_\d+)$/;

const OWNER_ONLY = 0o700;

/** @throws NetworkError `NetworkPartial`, `EngineUnsupported` where a network cannot be copied as it runs. */
export function requireHoldable({ record }: OpenNetwork): void {
  const elsewhere = organisationsElsewhere(record).map(({ mspId }) => mspId);
  if (elsewhere.length > 0) {
    throw new NetworkError(
      'NetworkPartial',
      `${elsewhere.join(', ')} run their own parts of this network elsewhere, and copies of parts that run are not of one moment`,
      'Copy the keys alone with --keys-only: the ledgers come back from the nodes of the others.',
      { elsewhere },
    );
  }
  if (record.engine !== 'docker' && canHold()) return;
  const what = record.engine === 'docker' ? "a network of the engine 'docker'" : 'a network on this system';
  throw new NetworkError(
    'EngineUnsupported',
    `${what} is not copied as it runs, for its processes cannot be held at one moment`,
    'Leave --running out: the network is then stopped while it is copied.',
    { engine: record.engine },
  );
}

/**
 * Keeps what the network's nodes have written, all of one moment, while they go on: they are held as long as it takes to give
 * each of their files a second name, or to copy it where it is of the kind that is written over.
 *
 * @returns what there is below the place, with the bytes that each file had at that moment.
 * @throws NetworkError `SnapshotUnfit`, `HoldTooLong`.
 */
export async function holdContent(
  network: OpenNetwork,
  place: string,
  longestMs: number = LONGEST_MS,
): Promise<WhileHeld<Survey>> {
  const { files } = network;
  safePoint();
  try {
    return await whileHeld(writersOf(network), longestMs, (leftMs) => keepData(files, place, leftMs));
  } catch (error) {
    throw error instanceof HeldTooLong ? tooLong(files, longestMs, error) : error;
  }
}

function keepData(files: NetworkFiles, place: string, leftMs: () => number): Survey {
  const found = survey(files.directory, [basename(files.data)]);
  for (const { path } of found.folders) mkdirSync(join(place, path), { recursive: true, mode: OWNER_ONLY });
  for (const { path } of found.files) {
    if (leftMs() <= 0) throw new HeldTooLong(`${found.files.length.toString()} files were not all kept`);
    keep(join(files.directory, path), join(place, path), STAYS.test(path));
  }
  return found;
}

function keep(file: string, target: string, stays: boolean): void {
  if (stays) {
    try {
      linkSync(file, target);
      return;
    } catch {
      // Not every file system gives a file two names.
    }
  }
  copyFileSync(file, target, constants.COPYFILE_FICLONE);
}

/** The processes that write the network's data. */
function writersOf({ files, record }: OpenNetwork): readonly number[] {
  const engine = runningProcess(files);
  if (engine !== undefined) return [engine.pid];
  const writers = networkNodes(record).filter(({ kind }) => kind === 'orderer' || kind === 'peer');
  const running = runningProcesses(files);
  return writers.flatMap(({ name }) => running.get(name)?.pid ?? []);
}

function tooLong({ directory }: NetworkFiles, longestMs: number, cause: HeldTooLong): NetworkError {
  const limit = (longestMs / 1_000).toString();
  return new NetworkError(
    'HoldTooLong',
    `the nodes of ${directory} would have to be held for longer than ${limit} seconds to be copied as they run: ${cause.message}`,
    'Do it again when the machine is less busy, or leave --running out: the network is then stopped while it is copied.',
    { directory, limitMs: longestMs },
    cause,
  );
}
