import { marketLimits } from '@kessai/interface';
import type { InstructionTimes } from './instruction';
import type { Deadlines } from './profile';
import type { Signer } from './signing';
import { type Trace, harmless } from './trace';

/** How a client behaves. Every option has a default that suits a market member. */
export interface ConnectOptions {
  /**
   * Signs in the stead of the profile's key, which the profile then need not hold: in an HSM, at a key service, on another machine. It is
   * given the SHA-256 digest of a message (SHA-384 where the certificate's key is of P-384; of Ed25519 the message itself) and resolves to
   * the signature: for ECDSA in DER form or as r and s in turn, of whichever s. A call takes several signatures, and some are asked for at
   * the same time. What it throws, or does not answer within `deadlines.signMs`, fails the call with SignerError.
   */
  readonly signer?: Signer;
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
  /** How often an instruction is sealed again when it is unknown whether it was sealed, where its id makes that safe. */
  readonly resends?: number;
  /** Transactions under way at once; what comes meanwhile waits. */
  readonly submitsInFlight?: number;
  /**
   * Instructions of one submission at most, by default 500; the market takes 1,000. A submission is executed as a whole, so that what is
   * large makes a cycle longer for everybody.
   */
  readonly submissionInstructions?: number;
  /**
   * Instructions that may wait for a cycle at once, by default 2,000: what is more is sealed as they are executed, or slowly where they are
   * not. A cycle takes half as many of one member, and to seal more beforehand only slows down what other members seal.
   */
  readonly instructionsWaiting?: number;
  /**
   * Whether an instruction is first checked at the own peer, where no other of this connection is under way, so that most refusals are
   * known at once; by default it is.
   */
  readonly check?: boolean;
  /** Seals at a steady beat from the start: see `MarketConnection.cover`. */
  readonly cover?: CoverOptions;
  /** How often the own peer is asked for new cycles while no events tell of any, in milliseconds; by default 1,000. */
  readonly pollMs?: number;
  /** Told what happens to calls, without private content. */
  readonly trace?: Trace;
}

/** A steady beat of submissions. */
export interface CoverOptions {
  /** Milliseconds from one submission to the next. */
  readonly everyMs: number;
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

/** Of one call of a method that is sealed as an instruction. */
export interface InstructionOptions extends CallOptions, InstructionTimes {
  /** As in ConnectOptions, for this call. */
  readonly check?: boolean;
  /**
   * `sealed`: the call ends when the instruction is sealed and will be executed, without waiting for the cycle. By default it ends when
   * a cycle has executed it.
   */
  readonly until?: 'sealed' | 'executed';
}

export interface Settings {
  readonly deadlines: Deadlines;
  readonly attempts: number;
  readonly conflictAttempts: number;
  readonly transientAttempts: number;
  readonly resends: number;
  readonly submitsInFlight: number;
  readonly submissionInstructions: number;
  readonly instructionsWaiting: number;
  readonly check: boolean;
  readonly pollMs: number;
  readonly trace: Trace;
}

/** Instructions of one submission at most, unless it is said otherwise. */
export const usualSubmissionInstructions = 500;

const defaultDeadlines: Deadlines = {
  evaluateMs: 30_000,
  endorseMs: 30_000,
  submitMs: 15_000,
  commitStatusMs: 60_000,
  resolveMs: 30_000,
  resubmitMs: 2_000,
  adviceMs: 60_000,
  signMs: 30_000,
};

export function settingsOf(options: ConnectOptions, profileDeadlines: Partial<Deadlines> | undefined): Settings {
  return {
    deadlines: { ...defaultDeadlines, ...profileDeadlines, ...options.deadlines },
    attempts: options.attempts ?? 6,
    conflictAttempts: options.conflictAttempts ?? 8,
    transientAttempts: options.transientAttempts ?? 1,
    resends: options.resends ?? 2,
    submitsInFlight: options.submitsInFlight ?? 64,
    submissionInstructions: Math.min(
      options.submissionInstructions ?? usualSubmissionInstructions,
      marketLimits.submissionInstructions,
    ),
    instructionsWaiting: options.instructionsWaiting ?? 2 * marketLimits.memberInstructions,
    check: options.check ?? true,
    pollMs: options.pollMs ?? 1_000,
    trace: harmless(options.trace),
  };
}
