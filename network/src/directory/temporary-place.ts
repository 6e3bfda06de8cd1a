import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const places = new Set<string>();
let watching = false;

/**
 * Runs what needs a place on disk that nobody needs afterwards unless it was renamed: it is removed when that fails, and when the process
 * ends before it is done, by whatever but SIGKILL and a loss of power.
 */
export async function inTemporaryPlace<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  places.add(place);
  watchExit();
  try {
    return await work();
  } catch (error) {
    // Why it failed is what is told; what cannot be removed now is removed by the next operation.
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  } finally {
    places.delete(place);
  }
}

function watchExit(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const place of places) removeNow(place);
  });
}

/** Removes a place while everything else of this process waits; what cannot be removed stays. */
export function removeNow(place: string): void {
  try {
    // What writes to it may be ending only now.
    rmSync(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  } catch {
    // Nobody is there any more to be told.
  }
}
