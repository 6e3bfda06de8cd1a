import { comparePlaces } from '@kessai/gateway-client';
import type { MspId } from '@kessai/interface';
import type { MemberQueue, Waiting } from './member-queue';

export interface BatchLimits {
  /** Submissions of one member. */
  readonly of: (member: MspId) => number;
  /** Submissions of all. */
  readonly total: number;
}

/** What a cycle is offered: of each member the oldest ones, as many as it may, together in the ledger's order. */
export function batchOf(queues: readonly MemberQueue[], { of, total }: BatchLimits): readonly Waiting[] {
  const counts = fairCounts(
    queues.map(({ count, member }) => Math.min(count, of(member))),
    total,
  );
  const chosen = queues.flatMap((queue, index) => queue.first(counts[index] ?? 0));
  return withoutTies(chosen.sort((a, b) => comparePlaces(a.place, b.place)));
}

/** Whoever wants little gets it whole; what is left is shared by those who want more. */
function fairCounts(wanted: readonly number[], total: number): readonly number[] {
  const counts = [...wanted];
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
