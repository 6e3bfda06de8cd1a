import type { Outcome } from '@kessai/interface';

/** A transaction of its own that is in a block, valid. */
export interface Committed extends Outcome {
  readonly transactionId: string;
  readonly blockNumber: bigint;
}

/** An instruction that a cycle has executed. */
export interface Submitted extends Outcome {
  /** The transaction that sealed it. */
  readonly transactionId: string;
  /** A block by which the cycle is committed, known to the peer that acts for the member. */
  readonly blockNumber: bigint;
  /** The cycle that executed it. */
  readonly cycle: number;
}

/** An instruction that is sealed, and that a cycle will execute. What becomes of it is in the advices, under the same id and index. */
export interface Sealed {
  readonly outcome: 'sealed';
  readonly transactionId: string;
  /** Its place among the instructions of the transaction. */
  readonly index: number;
  readonly blockNumber: bigint;
}

/** A rejection as it crosses the wire: the code, the words for a person, and its payload, amounts as decimal strings. */
export interface WireRejection {
  readonly code: string;
  readonly message: string;
  readonly [payload: string]: unknown;
}

/** What a cycle made of one instruction of several. */
export interface Instructed {
  readonly outcome: 'created' | 'exists' | 'refused';
  readonly awaiting?: Outcome['awaiting'];
  /** Why it was refused. */
  readonly error?: WireRejection;
  /** A block by which the cycle is committed, known to the peer that acts for the member. */
  readonly blockNumber: bigint;
  readonly cycle: number;
  readonly transactionId: string;
  readonly index: number;
}
