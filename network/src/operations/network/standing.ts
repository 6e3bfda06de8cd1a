import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NetworkFiles } from '../../directory/network-files';
import { networkNodes } from '../../directory/network-nodes';
import { readRecord } from '../../directory/network-record';
import { notedProcesses } from '../../directory/node-process';
import { isSame } from '../../directory/process-identity';
import { runningProcess } from '../../directory/process-record';
import { removeNow } from '../../directory/temporary-place';
import { removeContainersNow } from '../../engines/docker/containers';
import { runningSchedulers, schedulerPlace } from '../schedulers/schedulers';
import type { Exchange } from '../snapshots/restore';
import { runningOf } from './running';

/** What stands of a network at a moment: told at once, so that it can be told as a process ends. */
export interface NetworkStanding {
  /** Whether there is a network in the directory. */
  readonly made: boolean;
  /** How many of its nodes run, and how many there are. */
  readonly running: number;
  readonly nodes: number;
  readonly schedulers: number;
  /** The snapshot that is half in the place of what was there; empty where its name is not known. */
  readonly restoring?: string;
}

const NOTHING: NetworkStanding = { made: false, running: 0, nodes: 0, schedulers: 0 };

/** What stands of a directory's network; of what cannot be told, nothing. */
export function standingOf(directory: string): NetworkStanding {
  try {
    const files = new NetworkFiles(resolve(directory));
    const restoring = restoringIn(files);
    if (restoring !== undefined) return { ...NOTHING, made: true, restoring };
    const record = readRecord(files);
    if (record === undefined) return NOTHING;
    const running = runningOf(files, record);
    const nodes = record.engine === 'embedded' ? 1 : networkNodes(record).length;
    const count = running?.nodes?.size ?? (running === undefined ? 0 : 1);
    return { made: true, running: count, nodes, schedulers: runningSchedulers(files).size };
  } catch {
    return NOTHING;
  }
}

function restoringIn({ exchange, restoring }: NetworkFiles): string | undefined {
  if (existsSync(exchange)) return (JSON.parse(readFileSync(exchange, 'utf8')) as Exchange).name;
  return existsSync(restoring) ? '' : undefined;
}

/** Ends by force what runs of a network that nobody needs, and removes it, while everything else of this process waits. */
export function removeNetworkNow(directory: string): void {
  const files = new NetworkFiles(resolve(directory));
  const engine = runningProcess(files);
  const places = [files, schedulerPlace(files)];
  const processes = [
    ...(engine === undefined ? [] : [engine]),
    ...places.flatMap((place) => notedProcesses(place)).filter(isSame),
  ];
  for (const { pid } of processes) kill(pid);
  if (existsSync(files.containerProject)) {
    try {
      removeContainersNow(files);
    } catch {
      // Docker does not answer; its containers bear the network's project.
    }
  }
  removeNow(files.directory);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
