import type { Submission } from '@kessai/gateway-client';
import type { MarketProgress, MspId } from '@kessai/interface';
import { MemberQueue } from './member-queue';

export interface BacklogLimits {
  /** Waiting submissions kept of one member. */
  readonly perMember: number;
  /** And of all members, as far as each keeps some. */
  readonly total: number;
}

/** However many members there are, each keeps so many. */
const leastKept = 1_000;

/** What waits for a cycle, as far as this scheduler has read the ledger. */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #queues = new Map<MspId, MemberQueue>();

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get count(): number {
    let count = 0;
    for (const queue of this.#queues.values()) count += queue.count;
    return count;
  }

  /** When the submission that has waited longest was seen. */
  get oldestSeenAt(): number | undefined {
    return smallest(this.queues().map(({ oldest }) => oldest?.seenAt));
  }

  /** The first block that holds anything that waits, kept or not. */
  get oldestBlock(): number | undefined {
    return smallest([...this.#queues.values()].map(({ oldest, gap }) => oldest?.place.block ?? gap?.block));
  }

  /** How many a member may keep. */
  get limit(): number {
    const { perMember, total } = this.#limits;
    return Math.min(perMember, Math.max(leastKept, Math.floor(total / Math.max(1, this.#queues.size))));
  }

  /** Those in which something waits. */
  queues(): readonly MemberQueue[] {
    return [...this.#queues.values()].filter(({ count }) => count > 0);
  }

  queueOf(member: MspId): MemberQueue {
    const queue = this.#queues.get(member) ?? new MemberQueue(member);
    this.#queues.set(member, queue);
    return queue;
  }

  /** @returns false where it begins a gap: the first of the member that is not kept. */
  add(submission: Submission, seenAt: number): boolean {
    const queue = this.queueOf(submission.member);
    return queue.gap !== undefined || queue.add({ ...submission, seenAt }, this.limit);
  }

  prune(heads: MarketProgress['heads']): void {
    for (const { member, place } of heads) this.queueOf(member).prune(place);
  }

  /** A member of whom there is room for what was left out. */
  toRefill(): MemberQueue | undefined {
    return [...this.#queues.values()].find(({ gap, count }) => gap !== undefined && count <= this.limit / 2);
  }
}

function smallest(numbers: readonly (number | undefined)[]): number | undefined {
  let least: number | undefined;
  for (const number of numbers) if (number !== undefined && (least === undefined || number < least)) least = number;
  return least;
}
