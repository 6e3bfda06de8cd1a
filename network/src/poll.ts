import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 25;

/** Asks until the answer is yes; false when it was no until the limit. For what nobody announces, such as another process's end. */
export async function poll(
  limitMs: number,
  ask: () => boolean | Promise<boolean>,
  pauseMs = PAUSE_MS,
): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() > deadline) return false;
    await pause(pauseMs);
  }
}
