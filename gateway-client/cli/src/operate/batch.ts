import { comparePlaces } from '@kessai/gateway-client';
import type { MemberQueue, Waiting } from './member-queue';

export interface BatchLimits {
  /** Submissions of one member. */
  readonly share: number;
  /** Submissions of all. */
  readonly total: number;
}

export interface Batch {
  /** In the ledger's order. */
  readonly submissions: readonly Waiting[];
  /** Submissions of the member of whom it takes most. */
  readonly largest: number;
  /** Whether a member has more waiting than its share. */
  readonly bounded: boolean;
}

/** A cycle's submissions: of each member the oldest ones, as many as its share allows, together in the ledger's order. */
export function batchOf(queues: readonly MemberQueue[], limits: BatchLimits): Batch {
  const counts = fairCounts(
    queues.map(({ count }) => count),
    limits,
  );
  const chosen = queues.flatMap((queue, index) => queue.first(counts[index] ?? 0));
  return {
    submissions: withoutTies(chosen.sort((a, b) => comparePlaces(a.place, b.place))),
    largest: Math.max(0, ...counts),
    bounded: queues.some(({ count }, index) => count > (counts[index] ?? 0)),
  };
}

/** Whoever wants little gets it whole; what is left is shared by those who want more. */
export function fairCounts(wanted: readonly number[], { share, total }: BatchLimits): readonly number[] {
  const counts = wanted.map((count) => Math.min(count, share));
  let left = total;
  let sharers = counts.length;
  const ascending = counts.map((count, index) => ({ count, index })).sort((a, b) => a.count - b.count);
  for (const { count, index } of ascending) {
    const granted = Math.min(count, Math.ceil(left / sharers));
    counts[index] = granted;
    left -= granted;
    sharers -= 1;
  }
  return counts;
}

/** One transaction may have sealed in two inboxes: the second goes into a later cycle, with what follows it. */
function withoutTies(submissions: readonly Waiting[]): readonly Waiting[] {
  const held = new Set<string>();
  const kept: Waiting[] = [];
  for (const one of submissions) {
    const last = kept.at(-1);
    if (last && comparePlaces(last.place, one.place) === 0) held.add(one.member);
    if (!held.has(one.member)) kept.push(one);
  }
  return kept;
}
