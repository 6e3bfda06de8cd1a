import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Engine } from '../../directory/engine';
import { removeLeftOvers, removeWhole } from '../../directory/make-whole';
import { NetworkError } from '../../directory/network-error';
import { NetworkFiles } from '../../directory/network-files';
import { readRecord } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { withLockWhereWritable } from '../../directory/operation-lock';
import { isSame } from '../../directory/process-identity';
import { removeProcessRecord, runningProcess } from '../../directory/process-record';
import type { OnProgress } from '../../directory/progress';
import { stopDocker } from '../../engines/docker';
import { stopNative } from '../../engines/native';
import { uninterrupted } from '../../interruption';
import { poll } from '../../poll';
import { endSchedulers, runningSchedulers } from '../schedulers/schedulers';
import { runningOf } from './running';

export interface DownRequest {
  readonly directory: string;
  readonly onProgress?: OnProgress;
}

export interface DownResult {
  readonly state: 'stopped' | 'not-running';
}

const GRACE_MS = 15_000;
const KILL_MS = 5_000;

/**
 * Ends the network's schedulers, then its processes or containers, and only those on its record. Everything on disk stays for the next
 * `up`. It needs no room on the disk, and goes on to its end when it is interrupted.
 *
 * @throws NetworkError `NetworkDirectoryIncomplete`, `ProcessNotEnded`; docker: `DockerMissing`, `DockerUnreachable`, `DockerFailed`.
 */
export async function down({ directory, onProgress }: DownRequest): Promise<DownResult> {
  const files = new NetworkFiles(resolve(directory));
  const record = readRecord(files);
  if (record === undefined) return { state: 'not-running' };
  return withLockWhereWritable(files, async () => {
    const scheduled = runningSchedulers(files).size > 0;
    if (scheduled) onProgress?.({ step: 'ending-schedulers' });
    await endSchedulers(files);
    if (runningOf(files, record) === undefined) return { state: scheduled ? 'stopped' : 'not-running' };
    onProgress?.({ step: 'ending-engine' });
    await endNodes({ files, record });
    return { state: 'stopped' };
  });
}

/**
 * Ends what runs of a network, or of that the nodes of the names alone; of the embedded engine always all, since it is one process.
 *
 * @throws NetworkError `ProcessNotEnded`; docker: `DockerFailed`.
 */
export async function endNodes(network: OpenNetwork, names?: readonly string[]): Promise<void> {
  await uninterrupted(async () => ends[network.record.engine](network, names));
}

const ends: Readonly<Record<Engine, (network: OpenNetwork, names?: readonly string[]) => Promise<void>>> = {
  embedded: async ({ files }) => endEngine(files),
  native: stopNative,
  docker: async ({ files }, names) => stopDocker(files, names),
};

async function endEngine(files: NetworkFiles): Promise<void> {
  const running = runningProcess(files);
  if (running === undefined) return;
  process.kill(running.pid, 'SIGTERM');
  const ended = (): boolean => !isSame(running);
  if (!(await poll(GRACE_MS, ended))) process.kill(running.pid, 'SIGKILL');
  if (!(await poll(KILL_MS, ended))) {
    const pid = running.pid.toString();
    throw new NetworkError('ProcessNotEnded', `the engine process ${pid} did not end`, `End process ${pid} yourself.`, {
      pid: running.pid,
    });
  }
  removeProcessRecord(files);
}

/**
 * Removes a network that is down, with its identities and its ledger.
 *
 * @throws NetworkError `NetworkRunning`; `NetworkDirectoryIncomplete` where the directory is not a network.
 */
export async function purge({ directory }: { readonly directory: string }): Promise<{ readonly removed: boolean }> {
  const files = new NetworkFiles(resolve(directory));
  await removeLeftOvers(files.directory);
  const record = readRecord(files);
  if (record === undefined) return { removed: false };
  const running = runningOf(files, record);
  if (running !== undefined || runningSchedulers(files).size > 0) {
    throw new NetworkError('NetworkRunning', `the network in ${files.directory} is running`, 'Run down first.', {
      directory: files.directory,
      ...(running?.pid === undefined ? {} : { pid: running.pid }),
    });
  }
  // Containers that have ended are still there.
  if (record.engine === 'docker') await stopDocker(files);
  await removeWhole(files.directory);
  return { removed: !existsSync(files.directory) };
}
