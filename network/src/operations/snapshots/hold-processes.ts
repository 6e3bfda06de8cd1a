import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { childEnvironment } from '../../directory/child-environment';

/** What a held process's threads do: they are stopped, or have ended. */
const STILL = ['T', 't', 'Z', 'X'];
const PAUSE_MS = 1;

/** Has the processes go on as soon as whoever holds them says so, or has ended in whatever way: its end of the pipe is then closed. */
const GO_ON = 'read -r done; kill -CONT "$@"';

/** Whether this machine tells what the threads of a process do. */
export function canHold(): boolean {
  return existsSync('/proc/self/task');
}

/** Processes could not be held for as long as it would have taken. */
export class HeldTooLong extends Error {}

/** What was read while processes were held. */
export interface WhileHeld<Result> {
  readonly result: Result;
  readonly heldMs: number;
}

/**
 * Stops processes where they stand, all of them before anything is read, and has them go on. What they have written then is what they
 * would have left, had all of them been killed at that moment. Connections stay; whoever waits for them waits a little longer.
 *
 * @param read runs without a break, and is told how much longer it may take.
 * @param longestMs after which they go on.
 * @throws what `read` does; HeldTooLong where they do not stop within that time. They go on then too.
 */
export async function whileHeld<Result>(
  pids: readonly number[],
  longestMs: number,
  read: (leftMs: () => number) => Result,
): Promise<WhileHeld<Result>> {
  const guard = spawn('/bin/sh', ['-c', GO_ON, 'sh', ...pids.map(String)], {
    // No signal of a terminal is for it.
    detached: true,
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.stdin.on('error', () => undefined);
  await once(guard, 'spawn');
  const began = performance.now();
  const leftMs = (): number => began + longestMs - performance.now();
  try {
    for (const pid of pids) signal(pid, 'SIGSTOP');
    for (const pid of pids) untilHeld(pid, leftMs);
    return { result: read(leftMs), heldMs: performance.now() - began };
  } finally {
    for (const pid of pids) signal(pid, 'SIGCONT');
    guard.stdin.end();
    guard.unref();
  }
}

/** A process stops when each of its threads does: one that is writing to the disk first completes that. */
function untilHeld(pid: number, leftMs: () => number): void {
  for (;;) {
    if (leftMs() <= 0) throw new HeldTooLong(`process ${pid.toString()} did not stop`);
    if (threadsOf(pid).every((state) => STILL.includes(state))) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, PAUSE_MS);
  }
}

/** What each thread of a process does, in the system's letters; none of one that has ended. */
function threadsOf(pid: number): readonly string[] {
  const tasks = `/proc/${pid.toString()}/task`;
  try {
    return readdirSync(tasks).map((thread) => stateOf(`${tasks}/${thread}/stat`));
  } catch {
    return [];
  }
}

function stateOf(file: string): string {
  try {
    const stat = readFileSync(file, 'utf8');
    // The field before it may hold spaces and brackets, so it is cut off by its end.
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return 'X';
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended meanwhile: what it wrote stays as it is.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
