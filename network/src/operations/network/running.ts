import type { Engine } from '../../directory/engine';
import { NetworkError } from '../../directory/network-error';
import type { NetworkFiles } from '../../directory/network-files';
import type { NetworkRecord } from '../../directory/network-record';
import { runningProcesses } from '../../directory/node-process';
import type { OpenNetwork } from '../../directory/open-network';
import { runningProcess } from '../../directory/process-record';
import { containersNow } from '../../engines/docker/containers';

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

/** @throws NetworkError `NetworkNotRunning`, and as `runningOf` does. */
export function requireRunning({ files, record }: OpenNetwork): Running {
  const running = runningOf(files, record);
  if (running !== undefined) return running;
  throw new NetworkError('NetworkNotRunning', `the network in ${files.directory} is not running`, 'Run up first.', {
    directory: files.directory,
  });
}
