import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childEnvironment } from './child-environment';
import { NetworkError } from './network-error';
import type { NetworkFiles } from './network-files';
import { uninterrupted } from '../interruption';
import { poll } from '../poll';
import { identify, isSame } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { removeNow } from './temporary-place';

export interface ProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside what every process of a network is given of this one's. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where processes are noted, and where their output goes: of a network's nodes its files themselves. */
export type ProcessPlace = Pick<NetworkFiles, 'processes' | 'nodeLog'>;

/** A process of a network, as it was noted when it was started. */
export interface NodeProcess extends ProcessIdentity {
  readonly name: string;
  /** What its program was started with. */
  readonly args: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
}

const GRACE_MS = 15_000;
const KILL_MS = 5_000;

// The program starts when its process has been noted, and does not start when whoever started it ended before: so there is never
// a process that nobody knows of. What it writes is for its user alone, ledgers and private data among it.
export const START_WHEN_NOTED = 'umask 077; read -r noted || exit 1; exec "$@" </dev/null';

/** Starts a process that outlives this one, and notes it. */
export async function startProcess(
  files: ProcessPlace,
  name: string,
  { program, args, environment }: ProcessOptions,
): Promise<NodeProcess> {
  const logFile = files.nodeLog(name);
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', START_WHEN_NOTED, 'sh', program, ...args], {
    detached: true,
    env: childEnvironment(environment),
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) throw notStarted(files, name);
  const started: NodeProcess = { ...identity, name, args, startedAt: new Date().toISOString() };
  note(files, started);
  // It may have ended already: that shows when it is asked for its health.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end('noted\n');
  child.unref();
  return started;
}

function notStarted(files: ProcessPlace, name: string): NetworkError {
  return new NetworkError('EngineStartFailed', `${name} could not be started`, `Read ${files.nodeLog(name)}.`, {
    name,
  });
}

function note(files: ProcessPlace, started: NodeProcess): void {
  mkdirSync(files.processes, { recursive: true });
  const file = recordFile(files, started.name);
  writeFileSync(`${file}.new`, `${JSON.stringify(started)}\n`);
  renameSync(`${file}.new`, file);
}

function recordFile(files: ProcessPlace, name: string): string {
  return join(files.processes, `${name}.json`);
}

/** The network's processes that run now, by name. Records of processes that have ended count as none. */
export function runningProcesses(files: ProcessPlace): ReadonlyMap<string, NodeProcess> {
  return new Map(
    notedProcesses(files)
      .filter(isSame)
      .map((found) => [found.name, found]),
  );
}

/** The processes on record, whether they run or have ended by themselves. */
export function notedProcesses(files: ProcessPlace): readonly NodeProcess[] {
  let names: readonly string[];
  try {
    names = readdirSync(files.processes).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(files.processes, name), 'utf8')) as NodeProcess];
    } catch {
      return [];
    }
  });
}

/**
 * Ends processes, by force those that do not end when they are asked to; to its end also when it is interrupted.
 *
 * @throws NetworkError `ProcessNotEnded`.
 */
export async function endProcesses(
  files: ProcessPlace,
  processes: readonly NodeProcess[],
  { graceMs = GRACE_MS }: { readonly graceMs?: number } = {},
): Promise<void> {
  await uninterrupted(async () => end(files, processes, graceMs));
}

async function end(files: ProcessPlace, processes: readonly NodeProcess[], graceMs: number): Promise<void> {
  for (const { pid } of processes) signal(pid, 'SIGTERM');
  const running = (): readonly NodeProcess[] => processes.filter(isSame);
  if (!(await poll(graceMs, () => running().length === 0))) for (const { pid } of running()) signal(pid, 'SIGKILL');
  await poll(KILL_MS, () => running().length === 0);
  const [left] = running();
  if (left !== undefined) {
    const pid = left.pid.toString();
    throw new NetworkError(
      'ProcessNotEnded',
      `process ${pid} (${left.name}) did not end`,
      `End process ${pid} yourself.`,
      { pid: left.pid, name: left.name },
    );
  }
  forgetProcesses(files, processes);
}

/** Removes the records of processes that have ended, as far as that can be done: those that stay count as none. */
export function forgetProcesses(files: ProcessPlace, processes: readonly NodeProcess[]): void {
  for (const { name } of processes) removeNow(recordFile(files, name));
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
