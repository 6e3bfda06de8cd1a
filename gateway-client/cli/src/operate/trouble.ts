import { comparePlaces } from '@kessai/gateway-client';
import { type MarketProgress, type MspId, type Place, marketLimits } from '@kessai/interface';
import type { CycleFailure } from './cycle-failure';
import type { MemberQueue, Waiting } from './member-queue';

export interface TroubleOptions {
  /** Times that a submission must fail alone, at endorsers that work, before it is set aside. */
  readonly quarantineAfter: number;
  /** How long a submission may be unreadable before it is set aside: private data can come late. */
  readonly unreadableMs: number;
}

/** Orderers that refuse a submission alone, while they take others, are tried more often: that they were away is likelier. */
const unorderedFactor = 3;
/** Up to so many are tried one by one: each that succeeds is cheap, and each that fails may cost a chaincode process. */
const oneByOne = 64;
const longestRetryMs = 1_000;

/** A submission that failed alone. */
interface Alone {
  readonly submission: Waiting;
  failures: number;
  readonly since: number;
}

/** A member whose submissions were in a cycle that failed. It is tried apart, until what failed has been taken. */
interface Suspect {
  /** The last of its submissions in the cycle that failed. */
  until: Place;
  /** How many of its submissions are tried at once. */
  limit: number;
  /** The first one, once it has failed alone. */
  alone: Alone | undefined;
  /** One that ended a chaincode process, as one of them says: it is tried alone, and those before it without it. */
  accused: Waiting | undefined;
  retryAt: number;
  triedAt: number;
}

/**
 * Finds the submission that makes cycles fail. Members of a failed cycle are tried apart from the others and from each other, in smaller
 * and smaller groups, while the others go on; one that fails alone again and again is set aside. Because endorsers or orderers that are
 * away make every cycle fail, a failure counts against a submission only after a cycle without it has been made. Where a chaincode says
 * which submission ended its process, nobody else is tried apart, and it is set aside once it has ended another one alone.
 */
export class Trouble {
  readonly #options: TroubleOptions;
  readonly #suspects = new Map<MspId, Suspect>();
  readonly #quarantined = new Map<string, Waiting>();
  #unproven: { readonly submission: Waiting; readonly weight: number } | undefined;
  #controlNeeded = false;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** Whether a cycle without the suspects must be made before they are tried again. */
  get controlNeeded(): boolean {
    return this.#controlNeeded;
  }

  isSuspect(member: MspId): boolean {
    return this.#suspects.has(member);
  }

  isQuarantined({ transactionId, member }: Waiting): boolean {
    return this.#quarantined.has(keyOf(member, transactionId));
  }

  /** How many of what waits of the member may be tried at once. */
  limitOf(queue: MemberQueue): number {
    const { limit = marketLimits.cycleSubmissions, accused } = this.#suspects.get(queue.member) ?? {};
    if (!accused) return limit;
    const before = queue.first(limit).findIndex(({ transactionId }) => transactionId === accused.transactionId);
    return before < 0 ? limit : Math.max(1, before);
  }

  /** The suspect that has not been tried for longest, of those that may be tried now. */
  nextTrial(now: number, hasWaiting: (member: MspId) => boolean): MspId | undefined {
    let next: { readonly member: MspId; readonly triedAt: number } | undefined;
    for (const [member, { retryAt, triedAt }] of this.#suspects) {
      if (retryAt > now || !hasWaiting(member)) continue;
      if (!next || triedAt < next.triedAt) next = { member, triedAt };
    }
    return next?.member;
  }

  /** When the first suspect may be tried again. */
  retryAt(hasWaiting: (member: MspId) => boolean): number | undefined {
    const times = [...this.#suspects].filter(([member]) => hasWaiting(member)).map(([, { retryAt }]) => retryAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** A cycle of these submissions failed. @returns those that are set aside from now on. */
  failed(submissions: readonly Waiting[], failure: CycleFailure, now: number): readonly Waiting[] {
    if (failure.kind === 'suspected') return this.#accuse(submissions, failure.transactionId, now);
    if (failure.kind === 'unreadable') return this.#unreadable(submissions, failure.member, now);
    this.#controlNeeded = true;
    // Nothing but the control failed: it says nothing of anybody.
    if (submissions.length === 0) return [];
    const members = new Set(submissions.map(({ member }) => member));
    for (const member of members) {
      const own = submissions.filter((one) => one.member === member);
      this.#suspect(member, own, members.size > 1 ? own.length : smaller(own.length), now);
    }
    const [first] = submissions;
    const weight = failure.kind === 'ordering' ? 1 : unorderedFactor;
    if (submissions.length === 1 && first) this.#unproven = { submission: first, weight };
    return [];
  }

  /** A cycle was made: endorsers and orderers work. @returns those that are set aside from now on. */
  proven(now: number): readonly Waiting[] {
    this.#controlNeeded = false;
    const { submission, weight } = this.#unproven ?? {};
    this.#unproven = undefined;
    if (!submission || weight === undefined) return [];
    const suspect = this.#suspects.get(submission.member);
    if (!suspect) return [];
    const alone = aloneOf(suspect, submission, now);
    alone.failures += weight;
    return alone.failures < this.#options.quarantineAfter * unorderedFactor ? [] : this.#setAside(submission);
  }

  /** What has been taken is no trouble any more. */
  prune(heads: MarketProgress['heads']): void {
    for (const { member, place } of heads) {
      const suspect = this.#suspects.get(member);
      const isTaken = (one: Place): boolean => comparePlaces(one, place) <= 0;
      if (this.#unproven?.submission.member === member && isTaken(this.#unproven.submission.place)) {
        this.#unproven = undefined;
      }
      if (!suspect) continue;
      const gone = [...this.#quarantined].filter(([, one]) => one.member === member && isTaken(one.place));
      for (const [key] of gone) this.#quarantined.delete(key);
      // Behind one that was set aside all may be well; if not, it is found again.
      if (gone.length > 0 || isTaken(suspect.until)) this.#suspects.delete(member);
      else if (suspect.alone && isTaken(suspect.alone.submission.place)) suspect.alone = undefined;
    }
  }

  #accuse(submissions: readonly Waiting[], transactionId: string, now: number): readonly Waiting[] {
    const accused = submissions.find((one) => one.transactionId === transactionId);
    if (!accused) return [];
    // Alone it is executed once more before it is refused.
    if (submissions.length === 1) return this.#setAside(accused);
    this.#suspect(accused.member, [accused], marketLimits.cycleSubmissions, now).accused = accused;
    return [];
  }

  #unreadable(submissions: readonly Waiting[], member: MspId, now: number): readonly Waiting[] {
    const own = submissions.filter((one) => one.member === member);
    const [first] = own;
    if (!first) return [];
    const suspect = this.#suspect(member, own, Math.max(1, own.length >> 1), now);
    if (own.length > 1) return [];
    const alone = aloneOf(suspect, first, now);
    const waitedMs = now - alone.since;
    suspect.retryAt = now + Math.min(longestRetryMs, Math.max(100, waitedMs / 2));
    return waitedMs < this.#options.unreadableMs ? [] : this.#setAside(first);
  }

  #suspect(member: MspId, submissions: readonly Waiting[], limit: number, now: number): Suspect {
    const last = submissions.at(-1)?.place ?? { block: 0, transaction: 0 };
    const known = this.#suspects.get(member);
    const suspect = known ?? { until: last, limit, alone: undefined, accused: undefined, retryAt: now, triedAt: now };
    if (comparePlaces(last, suspect.until) > 0) suspect.until = last;
    suspect.limit = known ? Math.min(known.limit, limit) : limit;
    suspect.retryAt = suspect.triedAt = now;
    this.#suspects.set(member, suspect);
    return suspect;
  }

  #setAside(submission: Waiting): readonly Waiting[] {
    const suspect = this.#suspects.get(submission.member);
    if (suspect) suspect.retryAt = 0;
    if (this.isQuarantined(submission)) return [];
    this.#quarantined.set(keyOf(submission.member, submission.transactionId), submission);
    return [submission];
  }
}

/** The next smaller group. Few failures count for more than few cycles. */
function smaller(count: number): number {
  return count > oneByOne ? Math.floor(Math.sqrt(count)) : 1;
}

function aloneOf(suspect: Suspect, submission: Waiting, now: number): Alone {
  const { alone } = suspect;
  if (alone?.submission.transactionId === submission.transactionId) return alone;
  return (suspect.alone = { submission, failures: 0, since: now });
}

function keyOf(member: MspId, transactionId: string): string {
  return `${member}/${transactionId}`;
}
