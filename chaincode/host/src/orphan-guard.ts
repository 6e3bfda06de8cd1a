import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What the guard's thread is told. */
export interface Guarded {
  readonly parent: number;
}

/**
 * Ends this process soon after its parent has ended, whatever this process is at: code that never gives the event loop back does not
 * hear that its parent has gone, and would keep the port from whoever comes next. So a thread of its own looks.
 */
export function endWithParent(): void {
  const guarded: Guarded = { parent: process.ppid };
  const guard = new Worker(join(__dirname, 'orphan-guard-thread.js'), { workerData: guarded });
  guard.unref();
}
