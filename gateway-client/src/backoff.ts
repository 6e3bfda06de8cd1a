import { setTimeout as delay } from 'node:timers/promises';

/** Waiting times between attempts: doubling from `firstMs` to `longestMs`, each shortened by chance so that callers drift apart. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const standardBackoff: BackoffRule = { firstMs: 50, longestMs: 2_000 };

/** Waits before attempt `attempt`, the first retry being 1. Ends early, without an error, when the signal does. */
export async function backOff(attempt: number, signal: AbortSignal | undefined, rule = standardBackoff): Promise<void> {
  const longest = Math.min(rule.longestMs, rule.firstMs * 2 ** Math.min(attempt - 1, 30));
  const wait = longest * (0.5 + Math.random() / 2);
  if (signal?.aborted === true) return;
  await delay(wait, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
  });
}
