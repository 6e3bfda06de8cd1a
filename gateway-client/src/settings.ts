import type { Deadlines } from './profile';
import { type Trace, harmless } from './trace';

/** How a client behaves. Every option has a default that suits a market member. */
export interface ConnectOptions {
  /** Organisations that endorse, before those of the profile. */
  readonly operators?: readonly string[];
  /** How many of the operators endorse a submit; before that of the profile. */
  readonly endorsements?: number;
  /** Deadlines of the single steps, before those of the profile. */
  readonly deadlines?: Partial<Deadlines>;
  /** How often endorsement or evaluation is tried, at other organisations where there are any. */
  readonly attempts?: number;
  /** How often a transaction is made anew after another one changed the same state first. */
  readonly conflictAttempts?: number;
  /** How often a rejection that may pass by itself, such as a closed phase, is tried; 1: it is not tried again. */
  readonly transientAttempts?: number;
  /** How often a submit of unknown outcome is sent again, where its id makes that safe. */
  readonly resends?: number;
  /** Submits that run at once; others wait. */
  readonly submitsInFlight?: number;
  /** Told what happens to calls, without private content. */
  readonly trace?: Trace;
}

/** Of one call. */
export interface CallOptions {
  /** Ends the call: CancelledError, or UnknownOutcomeError where it had been sent to be ordered. */
  readonly signal?: AbortSignal;
  /**
   * A block that the answer must know of: the `blockNumber` of somebody's submit, or of an event. A member's own submits are known
   * to its later calls without it. Peers that are behind are waited for.
   */
  readonly after?: bigint;
  /** As in ConnectOptions, for this call. */
  readonly transientAttempts?: number;
}

export interface Settings {
  readonly deadlines: Deadlines;
  readonly attempts: number;
  readonly conflictAttempts: number;
  readonly transientAttempts: number;
  readonly resends: number;
  readonly submitsInFlight: number;
  readonly trace: Trace;
}

const defaultDeadlines: Deadlines = {
  evaluateMs: 30_000,
  endorseMs: 30_000,
  submitMs: 15_000,
  commitStatusMs: 60_000,
  resolveMs: 30_000,
  resubmitMs: 2_000,
};

export function settingsOf(options: ConnectOptions, profileDeadlines: Partial<Deadlines> | undefined): Settings {
  return {
    deadlines: { ...defaultDeadlines, ...profileDeadlines, ...options.deadlines },
    attempts: options.attempts ?? 6,
    conflictAttempts: options.conflictAttempts ?? 8,
    transientAttempts: options.transientAttempts ?? 1,
    resends: options.resends ?? 2,
    submitsInFlight: options.submitsInFlight ?? 64,
    trace: harmless(options.trace),
  };
}
