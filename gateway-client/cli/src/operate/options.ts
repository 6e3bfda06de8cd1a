import type { Log } from '@kessai/telemetry';
import type { CheckpointStore } from './checkpoint';
import type { Duty } from './duties';
import { type SchedulerObserver, unobserved } from './observer';

export interface SchedulerOptions {
  /** Told of what is worth knowing, a line each, without private content. */
  readonly log?: Log;
  /** Told of what it does, to be counted. */
  readonly observer?: SchedulerObserver;
  /** How long each further operator waits before it takes over. */
  readonly stepMs?: number;
  /** How long a cycle may take to be endorsed and committed before it counts as failed. */
  readonly executionMs?: number;
  /** Times that a submission must fail alone before it is set aside. */
  readonly quarantineAfter?: number;
  /** How long a submission may be unreadable before it is set aside. */
  readonly unreadableMs?: number;
  /** Waiting submissions that are kept of one member; later ones are read again when there is room. */
  readonly keptPerMember?: number;
  /** And of all members together. */
  readonly kept?: number;
  /** Where to note how far the ledger has been dealt with, so that a start need not read it from its beginning. */
  readonly checkpoints?: CheckpointStore;
  /** What this operator does by the calendar. */
  readonly duties?: readonly Duty[];
}

/**
 * `leading`: it makes the next cycle, as it made the last one or is the first in turn; `standby`: it takes over when no cycle comes; `waiting`: its
 * organisation is no operator, or it has not read the ledger to its end yet.
 */
export const SCHEDULER_ROLES = ['leading', 'standby', 'waiting'] as const;
export type SchedulerRole = (typeof SCHEDULER_ROLES)[number];

export interface SchedulerStatus {
  /** Cycles that this scheduler made. */
  readonly cycles: number;
  /** Submissions that they took. */
  readonly submissions: number;
  /** Submissions that wait, as far as they are kept. */
  readonly waiting: number;
  /** How long the oldest of them has waited, since it was read. */
  readonly longestWaitMs: number;
  readonly role: SchedulerRole;
  /** Number of the market's last cycle, whoever made it; undefined: no market was found yet. */
  readonly number: number | undefined;
  /** Ledger time of that cycle. */
  readonly cycleTime: string | undefined;
}

/** Before a market was found. */
export const nothingYet: SchedulerStatus = {
  ...{ cycles: 0, submissions: 0, waiting: 0, longestWaitMs: 0 },
  ...{ role: 'waiting', number: undefined, cycleTime: undefined },
};

export type Settings = Required<Omit<SchedulerOptions, 'checkpoints'>> & Pick<SchedulerOptions, 'checkpoints'>;

export function settingsOf(options: SchedulerOptions): Settings {
  return {
    log: () => undefined,
    observer: unobserved,
    stepMs: 700,
    executionMs: 25_000,
    quarantineAfter: 2,
    unreadableMs: 10_000,
    keptPerMember: 50_000,
    kept: 400_000,
    duties: [],
    ...options,
  };
}
