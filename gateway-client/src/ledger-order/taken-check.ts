import type { MarketProgress, MspId, Place } from '@kessai/interface';
import type { CycleTransaction, InboxRead } from './cycles';
import type { OrderFault, OrderFaultKind } from './order-fault';
import { comparePlaces, isAfter, placeText } from './places';
import type { WaitingSubmission, WaitingSubmissions } from './waiting-submissions';

type Taken = MarketProgress['taken'][number];

/** What a cycle did with what waited. */
export interface TakenCheck {
  /** How far it took each member of whom it took anything. */
  readonly upTo: ReadonlyMap<MspId, Place>;
  readonly faults: readonly OrderFault[];
}

/** Compares what a cycle says it took with what waited and with what it read, and takes that away from what waits. */
export function checkTaken(
  cycle: CycleTransaction,
  waiting: WaitingSubmissions,
  heads: ReadonlyMap<MspId, Place>,
): TakenCheck {
  return new Check(cycle, waiting, heads).result();
}

class Check {
  readonly #cycle: CycleTransaction;
  readonly #waiting: WaitingSubmissions;
  readonly #heads: ReadonlyMap<MspId, Place>;
  readonly #reads: Map<string, InboxRead>;
  readonly #accepted = new Set<WaitingSubmission>();
  readonly #unmatched: Taken[] = [];
  readonly #upTo = new Map<MspId, Place>();
  readonly #faults: OrderFault[] = [];

  constructor(cycle: CycleTransaction, waiting: WaitingSubmissions, heads: ReadonlyMap<MspId, Place>) {
    this.#cycle = cycle;
    this.#waiting = waiting;
    this.#heads = heads;
    this.#reads = new Map(cycle.reads.map((read) => [readKey(read.member, read.keyHash), read]));
  }

  result(): TakenCheck {
    this.#matchTaken();
    this.#matchReads();
    for (const taken of this.#unmatched) {
      this.#blame('invented', taken, `was taken, and ${taken.member} sealed nothing there`);
    }
    this.#removeTaken();
    return { upTo: this.#upTo, faults: this.#faults };
  }

  #matchTaken(): void {
    const seen = new Set<string>();
    let previous: Place | undefined;
    for (const taken of this.#cycle.progress.taken) {
      const { member, place } = taken;
      const key = `${member} ${placeText(place)}`;
      if (seen.has(key)) {
        this.#blame('repeated', taken, 'was taken twice in this cycle');
        continue;
      }
      seen.add(key);
      if (previous !== undefined && comparePlaces(place, previous) < 0) {
        this.#blame('reordered', taken, `was executed after ${placeText(previous)}`);
      }
      previous = place;
      this.#match(taken);
    }
  }

  #match(taken: Taken): void {
    const { member, place } = taken;
    const found = this.#waiting.at(member, place);
    if (found) {
      if (found.transactionId === taken.transactionId) this.#checkRead(found, taken);
      else this.#blame('reordered', taken, `was not executed there: transaction ${taken.transactionId} was`);
      this.#takeRead(found);
      this.#accept(found);
    } else if (isAfter(place, this.#heads.get(member))) {
      this.#unmatched.push(taken);
    } else {
      this.#blame('repeated', taken, 'had been taken by an earlier cycle');
    }
  }

  /** What is set aside need not be read. */
  #checkRead(found: WaitingSubmission, taken: Taken): void {
    const read = this.#takeRead(found);
    if (read === undefined) {
      if (taken.quarantined !== true) this.#blame('invented', taken, 'was taken without having been read');
      return;
    }
    const { version } = read;
    const isSame =
      version === undefined || found.version === undefined
        ? version === found.version
        : comparePlaces(version, found.version) === 0;
    if (isSame) return;
    const what = version === undefined ? 'nothing' : `what stands at ${placeText(version)}`;
    this.#blame('invented', taken, `was taken, and ${what} was read`);
  }

  /** What was read and not matched: another submission than the one that is named, or one that is not named at all. */
  #matchReads(): void {
    for (const read of [...this.#reads.values()]) {
      const found = this.#waiting.under(read.member, read.keyHash);
      const index = this.#unmatched.findIndex(({ member }) => member === read.member);
      const claimed = this.#unmatched[index];
      if (found && claimed) {
        this.#unmatched.splice(index, 1);
        this.#blame('reordered', claimed, `was named for what stands at ${placeText(found.place)}`);
        this.#accept(found);
      } else if (!this.#mayRead(read, found)) {
        this.#undeclared(read, found);
      }
    }
  }

  /**
   * What a cycle may read besides what it takes: what it was offered and had no room for, which comes after something that it took, for
   * the oldest is always taken; and what an earlier cycle took, where an instruction is repeated and compared with its first form.
   */
  #mayRead({ member, version }: InboxRead, found: WaitingSubmission | undefined): boolean {
    if (found) return this.#cycle.progress.taken.some(({ place }) => comparePlaces(place, found.place) < 0);
    return version !== undefined && !isAfter(version, this.#heads.get(member));
  }

  #undeclared(read: InboxRead, found: WaitingSubmission | undefined): void {
    const place = found?.place ?? read.version;
    if (place) this.#blame('undeclared', { member: read.member, place }, 'was read, and is not named as taken');
    else
      this.#faults.push({ ...this.#at('undeclared'), detail: `A key of ${read.member} that does not exist was read` });
  }

  #accept(found: WaitingSubmission): void {
    this.#accepted.add(found);
    const { member, place } = found;
    if (isAfter(place, this.#upTo.get(member))) this.#upTo.set(member, place);
  }

  #removeTaken(): void {
    for (const [member, upTo] of this.#upTo) {
      for (const gone of this.#waiting.remove(member, upTo)) {
        if (this.#accepted.has(gone)) continue;
        this.#blame('leftOut', gone, `was left out: later ones of ${member} were taken`);
      }
    }
  }

  #takeRead({ member, keyHash }: WaitingSubmission): InboxRead | undefined {
    const key = readKey(member, keyHash);
    const read = this.#reads.get(key);
    this.#reads.delete(key);
    return read;
  }

  #at(kind: OrderFaultKind): Pick<OrderFault, 'kind' | 'cycle' | 'place'> {
    return { kind, cycle: this.#cycle.progress.number, place: this.#cycle.place };
  }

  #blame(kind: OrderFaultKind, { member, place }: Pick<Taken, 'member' | 'place'>, what: string): void {
    const submission = { member, place };
    this.#faults.push({ ...this.#at(kind), submission, detail: `${member} ${placeText(place)} ${what}` });
  }
}

function readKey(member: MspId, keyHash: string): string {
  return `${member}/${keyHash}`;
}
