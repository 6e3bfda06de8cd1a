import { type Submission, comparePlaces, isAfter } from '@kessai/gateway-client';
import type { MspId, Place } from '@kessai/interface';

export interface Waiting extends Submission {
  /** When this scheduler saw it, in milliseconds of its own clock. */
  readonly seenAt: number;
}

/** What of a member waits, in the ledger's order and without a hole: later ones than fit are left to be read again. */
export class MemberQueue {
  readonly member: MspId;
  #items: Waiting[] = [];
  /** Items before it have been taken. */
  #start = 0;
  #head: Place | undefined;
  #gap: Place | undefined;

  constructor(member: MspId) {
    this.member = member;
  }

  get count(): number {
    return this.#items.length - this.#start;
  }

  get oldest(): Waiting | undefined {
    return this.#items[this.#start];
  }

  /** The first one that did not fit; all later ones are left out too, until they have been read again. */
  get gap(): Place | undefined {
    return this.#gap;
  }

  first(count: number): readonly Waiting[] {
    return this.#items.slice(this.#start, this.#start + count);
  }

  /** Puts one at the end. @returns false where it does not fit. */
  add(waiting: Waiting, limit: number): boolean {
    const last = this.#items.at(-1)?.place;
    if (!isAfter(waiting.place, this.#head) || (last && !isAfter(waiting.place, last))) return true;
    if (this.count >= limit) {
      this.#gap ??= waiting.place;
      return false;
    }
    this.#items.push(waiting);
    return true;
  }

  /** The place of the first one that was left out, where reading again stopped short; undefined: nothing is left out any more. */
  setGap(gap: Place | undefined): void {
    this.#gap = gap;
  }

  /** All up to this place have been taken. */
  prune(head: Place): void {
    if (!isAfter(head, this.#head)) return;
    this.#head = head;
    while (this.#start < this.#items.length && comparePlaces(this.#items[this.#start]?.place ?? head, head) <= 0) {
      this.#start += 1;
    }
    if (this.#start < 1_024 && this.#start < this.#items.length) return;
    this.#items = this.#items.slice(this.#start);
    this.#start = 0;
  }
}
