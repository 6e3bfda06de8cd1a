import type { Place } from '@kessai/interface';

/** Negative where `a` comes before `b` in the ledger's order. */
export function comparePlaces(a: Place, b: Place): number {
  return a.block - b.block || a.transaction - b.transaction;
}

export function isAfter(place: Place, head: Place | undefined): boolean {
  return head === undefined || comparePlaces(place, head) > 0;
}

/** `block/transaction`, as people read a place. */
export function placeText({ block, transaction }: Place): string {
  return `${block.toString()}/${transaction.toString()}`;
}
