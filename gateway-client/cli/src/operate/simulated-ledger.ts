import { createHash } from 'node:crypto';
import { ConflictError, type LedgerBlock, RejectedError, TimeoutError, comparePlaces } from '@kessai/gateway-client';
import {
  type CycleRequest,
  type Instant,
  type MarketProgress,
  type MspId,
  type Place,
  encodeText,
  inboxOf,
  marketLimits,
  marketState,
  mspId,
  refuse,
  sealedKey,
} from '@kessai/interface';
import type { DutyInstruction, OperatePort } from './operate-port';
import { pause } from './wake';

/** What a cycle took, and who made it. */
export interface MadeCycle {
  readonly maker: string;
  readonly request: CycleRequest;
  readonly at: number;
}

const time = '2026-04-01T00:00:00.000Z' as Instant;

/** A ledger in memory that cycles are made on by its rules, for tests of schedulers. */
export class SimulatedLedger {
  readonly operators = ['CcpMSP', 'CsdMSP', 'ExchangeMSP'];
  readonly cycles: MadeCycle[] = [];
  /** Cycles that were tried, whatever became of them. */
  readonly tried: CycleRequest[] = [];
  /** Ids of transactions that end the process that executes them. */
  readonly poison = new Set<string>();
  /** Instructions in what these transactions sealed, where it is not one. */
  readonly instructions = new Map<string, number>();
  /** Whether the processes that follow say which submission ended those before them. */
  namesPoison = true;
  /** Ids of transactions that nobody can read. */
  readonly unreadable = new Set<string>();
  /** Instructions of one member that a cycle takes. */
  mostOfMember: number = marketLimits.memberInstructions;
  /** How long a cycle takes. */
  cycleMs = 20;
  poisonMs = 50;
  founded = true;
  /** An endorser holds nothing of what ids were used. */
  startedAnew = false;
  /** Whether endorsers answer. */
  up = true;
  readonly #blocks: LedgerBlock[] = [];
  readonly #transactions = new Map<string, Place>();
  /** How many processes each ended. */
  readonly #ends = new Map<string, number>();
  readonly #readers = new Set<() => void>();
  #progress: MarketProgress = { number: 0, time, heads: [], taken: [] };

  constructor() {
    this.#commit('ExchangeMSP', 'founding', 'Registry:Found', this.#progress);
  }

  /** Processes that ended. */
  get ended(): number {
    return [...this.#ends.values()].reduce((sum, ends) => sum + ends, 0);
  }

  get height(): number {
    return this.#blocks.length;
  }

  /** Every submission that cycles took, in their order. */
  get taken(): readonly string[] {
    return this.cycles.flatMap(({ request }) => request.submissions.map(({ transactionId }) => transactionId));
  }

  /** Seals so many submissions of the member, a block each. @returns their transactions. */
  seal(member: string, count = 1): string[] {
    return Array.from({ length: count }, () => {
      const transactionId = sha256(`${member} ${this.height.toString()}`);
      this.#transactions.set(transactionId, { block: this.height, transaction: 0 });
      this.#commit(member, transactionId, 'Market:Instruct');
      return transactionId;
    });
  }

  /** What stood under the key is gone. */
  forget(transactionId: string): void {
    this.#transactions.delete(transactionId);
  }

  /** The ledger as an operator has it. */
  port(operator: string): OperatePort & { readonly sealed: (readonly DutyInstruction[])[] } {
    const sealed: (readonly DutyInstruction[])[] = [];
    return {
      mspId: operator,
      sealed,
      progress: async () => {
        if (!this.founded) throw new RejectedError(refuse('MarketNotFounded', {}), true);
        return this.#progress;
      },
      clock: async () => ({ businessDate: '2026-04-01', phase: 'open', sequence: 0, time, cycle: 0 }) as never,
      operators: async () => this.operators,
      blocks: (startBlock, signal) => this.#read(Number(startBlock), signal),
      cycle: async (request, { signal }) => this.#cycle(operator, request, signal),
      seal: async (instructions) => {
        sealed.push(instructions);
        return instructions.map(() => 'created');
      },
    };
  }

  async *#read(start: number, signal: AbortSignal): AsyncGenerator<LedgerBlock> {
    for (let next = start; !signal.aborted;) {
      const block = this.#blocks[next];
      if (block) {
        next += 1;
        yield block;
        continue;
      }
      await new Promise<void>((resolve) => {
        const end = (): void => {
          this.#readers.delete(end);
          signal.removeEventListener('abort', end);
          resolve();
        };
        this.#readers.add(end);
        signal.addEventListener('abort', end, { once: true });
      });
    }
  }

  async #cycle(operator: string, request: CycleRequest, signal: AbortSignal): Promise<'created' | 'exists'> {
    this.tried.push(request);
    if (!this.up) {
      await pause(5, signal);
      throw new TimeoutError('endorse', 5);
    }
    if (request.number <= this.#progress.number) return 'exists';
    if (request.number > this.#progress.number + 1) {
      throw new RejectedError(refuse('CycleAhead', { number: this.#progress.number }), true);
    }
    this.#checkOrder(request);
    const submissions = this.#takenOf(request);
    const executed = submissions.filter(({ quarantined }) => quarantined !== true);
    this.#checkSuspects(request.submissions);
    if (this.startedAnew && request.recall !== true) throw new RejectedError(refuse('RecallNeeded', {}), false);
    this.startedAnew = false;
    const unreadable = executed.find(({ transactionId }) => this.unreadable.has(transactionId));
    if (unreadable) {
      throw new RejectedError(refuse('CollectionNotHeld', { collection: inboxOf(unreadable.member) }), true);
    }
    const poison = executed.find(({ transactionId }) => this.poison.has(transactionId));
    if (poison) {
      this.#ends.set(poison.transactionId, (this.#ends.get(poison.transactionId) ?? 0) + 1);
      await pause(this.poisonMs, signal);
      throw new TimeoutError('endorse', this.poisonMs);
    }
    await pause(this.cycleMs, signal);
    // It was endorsed on what stood there when it began: of two at once the first one in a block is valid.
    if (request.number !== this.#progress.number + 1) throw new ConflictError(sha256('conflict'), 1);
    this.#apply(operator, { ...request, submissions });
    return 'created';
  }

  /** Of each member the first ones, as many as fit. */
  #takenOf({ submissions }: CycleRequest): CycleRequest['submissions'] {
    const most = this.mostOfMember;
    const counts = new Map<MspId, number>();
    return submissions.filter(({ member, transactionId }) => {
      const before = counts.get(member) ?? 0;
      const after = before + (this.instructions.get(transactionId) ?? 1);
      counts.set(member, before > 0 && after > most ? most : after);
      return before === 0 || after <= most;
    });
  }

  #checkSuspects(submissions: CycleRequest['submissions']): void {
    if (!this.namesPoison) return;
    for (const { member, transactionId, quarantined } of submissions) {
      if (quarantined === true || (this.#ends.get(transactionId) ?? 0) <= (submissions.length === 1 ? 1 : 0)) continue;
      throw new RejectedError(refuse('SubmissionSuspected', { field: 'submissions', member, transactionId }), true);
    }
  }

  #checkOrder({ submissions }: CycleRequest): void {
    const heads = new Map(this.#progress.heads.map(({ member, place }) => [member, place]));
    let last: Place | undefined;
    for (const { member, transactionId, place, quarantined } of submissions) {
      const head = heads.get(member);
      const inOrder = (!last || comparePlaces(place, last) > 0) && (!head || comparePlaces(place, head) > 0);
      if (!inOrder) throw new RejectedError(refuse('SubmissionOutOfOrder', { field: 'submissions' }), true);
      const sealed = this.#transactions.get(transactionId);
      if (quarantined !== true && (!sealed || comparePlaces(sealed, place) !== 0)) {
        throw new RejectedError(refuse('SubmissionUnknown', { field: 'submissions', member }), true);
      }
      last = place;
    }
  }

  #apply(operator: string, request: CycleRequest): void {
    const heads = new Map(this.#progress.heads.map(({ member, place }) => [member, place]));
    for (const { member, place } of request.submissions) heads.set(member, place);
    this.#progress = {
      number: request.number,
      time,
      heads: [...heads].map(([member, place]) => ({ member, place })),
      taken: request.submissions,
    };
    this.cycles.push({ maker: operator, request, at: performance.now() });
    this.#commit(operator, sha256(`cycle ${request.number.toString()}`), 'Market:Cycle', this.#progress);
  }

  #commit(creator: string, transactionId: string, functionName: string, progress?: MarketProgress): void {
    const value = progress && Buffer.from(encodeText(marketState, progress));
    const member: MspId = mspId.decode(creator, '');
    const sealed = { keyHash: sha256(sealedKey(transactionId)), deleted: false };
    const inbox = { collection: inboxOf(member), reads: [], writes: [sealed], metadata: false };
    this.#blocks.push({
      number: this.height,
      dataHash: sha256(`block ${transactionId}`),
      transactions: [
        {
          transactionId,
          place: { block: this.height, transaction: 0 },
          creator,
          chaincode: 'market',
          functionName,
          writes: value ? [{ key: 'progress', value }] : [],
          metadata: false,
          collections: value ? [] : [inbox],
        },
      ],
    });
    for (const wake of [...this.#readers]) wake();
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
