import { setTimeout as wait } from 'node:timers/promises';

const pauseMs = 20;

/** Asks again and again until the answer is yes. @throws Error that says what was waited for, after so long. */
export async function until(limitMs: number, what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`Waited ${(limitMs / 1_000).toString()} s in vain for ${what}`);
    await wait(pauseMs);
  }
}
