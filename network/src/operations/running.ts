import { containersNow } from '../engines/docker/containers';
import { runningProcesses } from '../engines/native/node-process';
import type { Engine } from './engine';
import type { NetworkFiles } from './network-files';
import type { NetworkRecord } from './network-record';
import { runningProcess } from './process-record';

/** What runs of a network. */
export interface Running {
  readonly engine: Engine;
  /** The engine's one process, where it has one. */
  readonly pid?: number;
  /** Process numbers by node, where each node is a process of its own. */
  readonly nodes?: ReadonlyMap<string, number>;
  /** ISO 8601, by node, where each node is a process of its own: since when it has run. */
  readonly startedAt?: ReadonlyMap<string, string>;
  /** ISO 8601: since when it has served, or its oldest process has run. */
  readonly since: string;
}

/**
 * What runs of the network, or undefined where nothing does.
 *
 * @throws NetworkError `DockerMissing`, `DockerUnreachable`: nobody else knows what runs of a network of Docker's.
 */
export function runningOf(files: NetworkFiles, record: NetworkRecord): Running | undefined {
  if (record.engine === 'embedded') {
    const found = runningProcess(files);
    return found === undefined ? undefined : { engine: 'embedded', pid: found.pid, since: found.readyAt };
  }
  const processes = record.engine === 'docker' ? runningContainers(files) : [...runningProcesses(files).values()];
  const [since] = processes.map(({ startedAt }) => startedAt).sort();
  if (since === undefined) return undefined;
  return {
    engine: record.engine,
    nodes: new Map(processes.map(({ name, pid }) => [name, pid])),
    startedAt: new Map(processes.map(({ name, startedAt }) => [name, startedAt])),
    since,
  };
}

interface RunningNode {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: string;
}

function runningContainers(files: NetworkFiles): readonly RunningNode[] {
  return containersNow(files).flatMap(({ name, pid, startedAt }) =>
    pid === undefined ? [] : [{ name, pid, startedAt }],
  );
}
