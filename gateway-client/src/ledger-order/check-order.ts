import type { common } from '@hyperledger/fabric-protos';
import type { MarketProgress, MspId, Place } from '@kessai/interface';
import { type CycleTransaction, cycleMethod, cycleOf, foundMethod, progressIn } from './cycles';
import { type LedgerTransaction, readBlock } from './ledger-block';
import type { OrderFault } from './order-fault';
import { comparePlaces, isAfter, placeText } from './places';
import { memberOfInbox, submissionsIn } from './submissions';
import { checkTaken } from './taken-check';
import { unexpectedIn } from './transaction-check';
import { WaitingSubmissions } from './waiting-submissions';

export interface CheckOrderOptions {
  /** Name of the market's chaincode. */
  readonly chaincode: string;
  /** Cycles that may take later submissions of others before a member counts as passed over. */
  readonly patience?: number;
  /** Told of each block after it was replayed. */
  readonly onBlock?: (number: number) => void;
}

export interface OrderReport {
  readonly blocks: number;
  readonly cycles: number;
  readonly submissions: number;
  /** Submissions that no cycle has taken yet. */
  readonly waiting: number;
  readonly faults: readonly OrderFault[];
}

/** A submission that an operator's peer cannot read is retried for ten seconds, in which others are taken. */
const usualPatience = 100;

/**
 * Replays all blocks of a channel from the first one and names each fault of those who make cycles. It takes nothing but what any reader
 * of blocks has: the versions in public read sets tell the true order.
 */
export async function checkOrder(
  blocks: AsyncIterable<common.Block>,
  { chaincode, patience = usualPatience, onBlock }: CheckOrderOptions,
): Promise<OrderReport> {
  const check = new OrderCheck(chaincode, patience);
  for await (const block of blocks) {
    const { number, transactions } = readBlock(block, chaincode);
    check.block(transactions);
    onBlock?.(number);
  }
  return check.report();
}

class OrderCheck {
  readonly #chaincode: string;
  readonly #patience: number;
  readonly #waiting = new WaitingSubmissions();
  readonly #faults: OrderFault[] = [];
  /** How far each member has been taken, by what was taken. */
  readonly #heads = new Map<MspId, Place>();
  /** The same by what the market's state says. */
  #told: ReadonlyMap<MspId, Place> = new Map();
  #last: MarketProgress | undefined;
  /** Cycles in a row that took others' later submissions and none of the member's. */
  readonly #passedOver = new Map<MspId, number>();
  #blocks = 0;
  #cycles = 0;
  #submissions = 0;

  constructor(chaincode: string, patience: number) {
    this.#chaincode = chaincode;
    this.#patience = patience;
  }

  block(transactions: readonly LedgerTransaction[]): void {
    this.#blocks += 1;
    for (const transaction of transactions) this.#transaction(transaction);
  }

  report(): OrderReport {
    return {
      blocks: this.#blocks,
      cycles: this.#cycles,
      submissions: this.#submissions,
      waiting: this.#waiting.count,
      faults: this.#faults,
    };
  }

  #transaction(transaction: LedgerTransaction): void {
    const unexpected = unexpectedIn(transaction, this.#chaincode);
    if (unexpected !== undefined) this.#fault({ kind: 'unexpected', place: transaction.place, detail: unexpected });
    this.#seal(transaction);
    const progress = progressIn(transaction);
    if (progress === undefined) return;
    const cycle = cycleOf(transaction);
    if (cycle) this.#cycle(cycle);
    else this.#otherProgress(transaction, progress);
  }

  #seal(transaction: LedgerTransaction): void {
    for (const { collection, writes } of transaction.collections) {
      const member = memberOfInbox(collection);
      if (member === undefined) continue;
      for (const { keyHash, deleted } of writes) {
        const rewritten = this.#waiting.under(member, keyHash);
        if (rewritten) rewritten.version = deleted ? undefined : transaction.place;
      }
    }
    for (const submission of submissionsIn(transaction)) {
      this.#waiting.add(submission);
      this.#submissions += 1;
    }
  }

  #cycle(cycle: CycleTransaction): void {
    const { progress, place } = cycle;
    this.#cycles += 1;
    this.#checkNumber(cycle);
    const { upTo, faults } = checkTaken(cycle, this.#waiting, this.#heads);
    for (const fault of faults) this.#fault(fault);
    for (const [member, head] of upTo) this.#heads.set(member, head);
    this.#checkHeads(progress, place);
    this.#countPassedOver(cycle, upTo);
    this.#last = progress;
  }

  #checkNumber({ progress: { number }, place }: CycleTransaction): void {
    if (number === (this.#last?.number ?? 0) + 1 && this.#last !== undefined) return;
    const detail =
      this.#last === undefined
        ? `Cycle ${number.toString()} was made before the market was founded`
        : `Cycle ${number.toString()} follows cycle ${this.#last.number.toString()}`;
    this.#fault({ kind: 'misnumbered', cycle: number, place, detail });
  }

  /** Against what the state said before, so that one fault is not told again with each later cycle. */
  #checkHeads({ number, heads, taken }: MarketProgress, place: Place): void {
    const expected = new Map(this.#told);
    for (const one of taken) if (isAfter(one.place, expected.get(one.member))) expected.set(one.member, one.place);
    const told = new Map(heads.map((head) => [head.member, head.place]));
    for (const member of new Set([...expected.keys(), ...told.keys()])) {
      const [should, is] = [expected.get(member), told.get(member)];
      if (should && is && comparePlaces(should, is) === 0) continue;
      const detail = `The head of ${member} is ${headText(is)} and should be ${headText(should)}`;
      this.#fault({ kind: 'headsWrong', cycle: number, place, detail });
    }
    this.#told = told;
  }

  #countPassedOver({ progress: { number, taken }, place }: CycleTransaction, upTo: ReadonlyMap<MspId, Place>): void {
    for (const member of upTo.keys()) this.#passedOver.delete(member);
    for (const member of this.#waiting.members()) {
      const oldest = this.#waiting.oldestOf(member);
      if (!oldest || upTo.has(member)) continue;
      if (!taken.some((one) => comparePlaces(one.place, oldest.place) > 0)) continue;
      const count = (this.#passedOver.get(member) ?? 0) + 1;
      this.#passedOver.set(member, count);
      if (count !== this.#patience + 1) continue;
      const submission = { member, place: oldest.place };
      const detail = `${member} ${placeText(oldest.place)} waits, and ${count.toString()} cycles in a row took what came later`;
      this.#fault({ kind: 'passedOver', cycle: number, place, submission, detail });
    }
  }

  #otherProgress({ functionName, place }: LedgerTransaction, progress: MarketProgress | 'malformed'): void {
    if (functionName === foundMethod && progress !== 'malformed' && this.#last === undefined) {
      this.#last = progress;
      this.#told = new Map(progress.heads.map((head) => [head.member, head.place]));
      return;
    }
    const detail =
      progress === 'malformed' && [foundMethod, cycleMethod].includes(functionName)
        ? `${functionName} wrote progress that cannot be read`
        : `${functionName.slice(0, 100)} wrote the market's progress`;
    this.#fault({ kind: 'progressForged', place, detail });
    if (progress === 'malformed') return;
    // What stands there now is what the next cycle goes on from.
    this.#last = progress;
    this.#told = new Map(progress.heads.map((head) => [head.member, head.place]));
  }

  #fault(fault: OrderFault): void {
    this.#faults.push(fault);
  }
}

function headText(place: Place | undefined): string {
  return place ? placeText(place) : 'none';
}
