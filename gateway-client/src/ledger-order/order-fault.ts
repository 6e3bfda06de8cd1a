import type { MspId, Place } from '@kessai/interface';

/**
 * How the order of the ledger can be broken:
 * - `leftOut`: a later submission of the same member was taken, so that this one never can be;
 * - `repeated`: taken a second time;
 * - `reordered`: not executed in the ledger's order, or said to stand elsewhere than it does;
 * - `invented`: taken without having been sealed, or without having been read;
 * - `undeclared`: read from an inbox and not named among what was taken, though it was neither taken before nor may it wait for room;
 * - `misnumbered`: the number is not the one after the last cycle's;
 * - `headsWrong`: how far members have been taken is not what was taken;
 * - `passedOver`: other members' later submissions were taken, cycle after cycle, and none of this member;
 * - `unexpected`: a transaction of the chaincode that is none of the market's, or that writes what its method does not;
 * - `progressForged`: the market's progress was written by what makes no progress.
 */
export type OrderFaultKind =
  | 'leftOut'
  | 'repeated'
  | 'reordered'
  | 'invented'
  | 'undeclared'
  | 'misnumbered'
  | 'headsWrong'
  | 'passedOver'
  | 'unexpected'
  | 'progressForged';

export interface OrderFault {
  readonly kind: OrderFaultKind;
  /** Number of the cycle, where it is one that is at fault. */
  readonly cycle?: number;
  /** Where the transaction that is at fault stands. */
  readonly place: Place;
  /** Whose submission it happened to, and where that stands or is said to stand. */
  readonly submission?: { readonly member: MspId; readonly place: Place };
  /** In words. */
  readonly detail: string;
}
