import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTopology } from '../topology';
import type { Topology } from '../topology';
import { isFree, requireFree } from './free-ports';
import { openOrMake } from './make-directory';
import { NetworkError } from './network-error';
import { NetworkFiles } from './network-files';
import type { NetworkRecord } from './network-record';
import { withLock } from './operation-lock';
import { poll } from './poll';
import { removeProcessRecord, runningProcess } from './process-record';
import type { OnProgress } from './progress';
import { startEngineProcess } from './start-engine-process';
import { withChosenPorts } from './with-chosen-ports';

/** Where a network lies unless its directory is named, below the current directory. */
export const DEFAULT_DIRECTORY = join('.kessai', 'network');

export const ENGINES = ['embedded', 'native', 'docker'] as const;
export type Engine = (typeof ENGINES)[number];

export interface UpRequest {
  readonly engine: Engine;
  readonly directory: string;
  /** Undefined takes the directory's own topology, and the market's for a new one. */
  readonly topology?: Topology;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
}

export interface UpResult {
  readonly state: 'started' | 'already-running';
  /** Whether the directory and its identities were made now. */
  readonly made: boolean;
  readonly directory: string;
  readonly pid: number;
}

const PORTS_MS = 1_000;
const PORTS_AFTER_KILL_MS = 5_000;

/**
 * Brings a network up and returns when it serves. On a running network it does nothing and says so.
 *
 * @throws NetworkError `EngineUnsupported`, `NetworkDirectoryIncomplete`, `TopologyDiffers`, `PortInUse`, `EngineStartFailed`.
 */
export async function up({ engine, topology, onProgress, chaincodeProgram, directory }: UpRequest): Promise<UpResult> {
  if (engine !== 'embedded') {
    throw new NetworkError(
      'EngineUnsupported',
      `the engine '${engine}' is not available yet`,
      'Use --engine embedded.',
      { engine },
    );
  }
  const files = new NetworkFiles(resolve(directory));
  if (!existsSync(files.record)) onProgress?.({ step: 'making-identities' });
  const { record, made } = await openOrMake(files.directory, topology, () => readTopology());
  return withLock(files, async () => {
    const running = runningProcess(files);
    if (running !== undefined) return { state: 'already-running', made, directory: files.directory, pid: running.pid };
    onProgress?.({ step: 'starting-engine' });
    const pid = await withChosenPorts(files, made, record, async (chosen) => {
      await settle(files, chosen);
      return startEngineProcess(files, chaincodeProgram);
    });
    return { state: 'started', made, directory: files.directory, pid };
  });
}

// An engine that was killed takes its chaincode process with it, a moment later, and one whose starter was killed ends itself: their
// ports come free by themselves.
async function settle(files: NetworkFiles, record: NetworkRecord): Promise<void> {
  const ports = new Map(Object.entries(record.ports));
  const wait = existsSync(files.process) ? PORTS_AFTER_KILL_MS : PORTS_MS;
  await poll(wait, async () => (await Promise.all([...ports.values()].map(isFree))).every(Boolean));
  removeProcessRecord(files);
  await requireFree(ports);
}
