import { setTimeout as pause } from 'node:timers/promises';

const limitMs = 60_000;

/** @throws Error naming what was waited for. */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs.toString()} ms for ${what}`);
    await pause(20);
  }
}
