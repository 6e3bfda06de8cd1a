import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './trading';

/** From one instant of this process's clock to another, in ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** When something struck the market, and when nothing did. Calm on both sides of it cancels out what changes with time. */
export interface Struck {
  readonly struck: readonly Stretch[];
  readonly calm: readonly Stretch[];
}

/** How much longer calls may take while something strikes: so many times as long, and so many ms. */
export interface Slower {
  readonly times: number;
  readonly ms: number;
}

export interface Slowed {
  /** Calls that were under way while it struck. */
  readonly calls: number;
  /** What 99 of 100 of them took at most, in ms. */
  readonly slowestMs: number;
  /** What they might take. */
  readonly boundMs: number;
  readonly text: string;
}

/** Lets so many milliseconds pass. */
export async function passing(ms: number): Promise<Stretch> {
  const from = performance.now();
  await wait(ms);
  return { from, to: performance.now() };
}

/** The calls that were under way at any time of these stretches. */
export function callsDuring(answers: readonly Answer[], stretches: readonly Stretch[]): readonly Answer[] {
  return answers.filter(({ begun, ended }) => stretches.some(({ from, to }) => begun < to && ended > from));
}

/** Compares the calls of both kinds of stretches. One that was under way in both counts as struck. */
export function slowed(answers: readonly Answer[], { struck, calm }: Struck, { times, ms }: Slower): Slowed {
  const during = callsDuring(answers, struck);
  const known = new Set(during);
  const others = answers.filter((one) => !known.has(one));
  const slowestMs = percentileMs(during, 99);
  const usualMs = percentileMs(callsDuring(others, calm), 99);
  const each = calm.map((one) => percentileMs(callsDuring(others, [one]), 99).toFixed(0));
  return {
    calls: during.length,
    slowestMs,
    boundMs: times * usualMs + ms,
    text: `${timesText(during)}, before and after it ${timesText(callsDuring(others, calm))}, of which p99 ${each.join(', ')} ms`,
  };
}

function timesText(calls: readonly Answer[]): string {
  const times = [50, 99, 100].map((percent) => percentileMs(calls, percent).toFixed(0));
  return `${times.join(' / ')} ms (p50 / p99 / most of ${calls.length.toString()})`;
}

/** The longest of so many hundredths of the calls, in ms. */
export function percentileMs(answers: readonly Answer[], percent: number): number {
  const times = answers.map(({ begun, ended }) => ended - begun).sort((a, b) => a - b);
  return times[Math.max(0, Math.ceil((times.length * percent) / 100) - 1)] ?? 0;
}
