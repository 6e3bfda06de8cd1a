import { withJsonForm } from './json-form';

/**
 * What happens to calls, for logs and measurement. Facts hold names of methods and organisations, ids, codes and times; nothing of a
 * request or a response.
 */
export type TraceFact = { readonly method: string; readonly transactionId: string } & (
  | { readonly kind: 'evaluated'; readonly organisations: readonly string[]; readonly elapsedMs: number }
  | { readonly kind: 'evaluation-failed'; readonly organisations: readonly string[]; readonly status: number }
  | { readonly kind: 'endorsed'; readonly organisations: readonly string[]; readonly elapsedMs: number }
  | {
      readonly kind: 'endorsement-failed';
      readonly organisations: readonly string[];
      readonly status: number;
      readonly rejection?: string;
    }
  | { readonly kind: 'submitted'; readonly elapsedMs: number }
  | { readonly kind: 'submission-uncertain'; readonly status: number | undefined }
  /** The same transaction; `status` is that of a failure. */
  | { readonly kind: 'submitted-again'; readonly status: number | undefined }
  | {
      readonly kind: 'committed';
      readonly blockNumber: bigint;
      /** Fabric's name, such as VALID or MVCC_READ_CONFLICT. */
      readonly validationCode: string;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'outcome-unknown' }
  /** A cycle has executed what the transaction sealed; the time is from when it was sent to be ordered. */
  | {
      readonly kind: 'executed';
      readonly cycle: number;
      readonly blockNumber: bigint;
      readonly instructions: number;
      readonly elapsedMs: number;
    }
);

export type Trace = (fact: TraceFact) => void;

/** A trace that cannot change what happens to a call: what it throws is dropped. */
export function harmless(trace: Trace | undefined): Trace {
  return (fact) => {
    try {
      trace?.(withJsonForm(fact));
    } catch {
      // The observer's own matter.
    }
  };
}
