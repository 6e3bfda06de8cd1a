import type { MspId, Place } from '@kessai/interface';
import { comparePlaces, placeText } from './places';
import { type Submission, sealedKeyHash } from './submissions';

/** A submission that no cycle has taken yet. */
export interface WaitingSubmission extends Submission {
  readonly keyHash: string;
  /** What a read of it finds: its own place, unless its owner wrote it again, or deleted it. */
  version: Place | undefined;
}

/** What waits for a cycle, by member, in the ledger's order. */
export class WaitingSubmissions {
  readonly #byMember = new Map<MspId, Map<string, WaitingSubmission>>();
  readonly #byKey = new Map<string, WaitingSubmission>();

  get count(): number {
    return this.#byKey.size;
  }

  members(): Iterable<MspId> {
    return this.#byMember.keys();
  }

  add(submission: Submission): void {
    const keyHash = sealedKeyHash(submission.transactionId);
    const waiting = { ...submission, keyHash, version: submission.place };
    const queue = this.#byMember.get(submission.member) ?? new Map<string, WaitingSubmission>();
    this.#byMember.set(submission.member, queue);
    queue.set(placeText(submission.place), waiting);
    this.#byKey.set(keyOf(submission.member, keyHash), waiting);
  }

  at(member: MspId, place: Place): WaitingSubmission | undefined {
    return this.#byMember.get(member)?.get(placeText(place));
  }

  under(member: MspId, keyHash: string): WaitingSubmission | undefined {
    return this.#byKey.get(keyOf(member, keyHash));
  }

  oldestOf(member: MspId): WaitingSubmission | undefined {
    return this.#byMember.get(member)?.values().next().value;
  }

  /** Takes all of a member up to the place away, that place included. */
  *remove(member: MspId, upTo: Place): Iterable<WaitingSubmission> {
    const queue = this.#byMember.get(member);
    for (const [key, waiting] of queue ?? []) {
      if (comparePlaces(waiting.place, upTo) > 0) break;
      queue?.delete(key);
      this.#byKey.delete(keyOf(member, waiting.keyHash));
      yield waiting;
    }
    if (queue?.size === 0) this.#byMember.delete(member);
  }
}

function keyOf(member: MspId, keyHash: string): string {
  return `${member}/${keyHash}`;
}
