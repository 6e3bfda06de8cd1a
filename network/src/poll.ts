import { setTimeout as pause } from 'node:timers/promises';
import { safePoint } from './interruption';

const PAUSE_MS = 25;

/**
 * Asks until the answer is yes; false when it was no until the limit. For what nobody announces, such as another process's end. To wait
 * is a safe point: whoever must not be interrupted says so.
 */
export async function poll(
  limitMs: number,
  ask: () => boolean | Promise<boolean>,
  pauseMs = PAUSE_MS,
): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    safePoint();
    if (await ask()) return true;
    if (Date.now() > deadline) return false;
    await pause(pauseMs);
  }
}
