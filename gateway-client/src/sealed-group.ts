import type { OutcomeAdvice } from '@kessai/interface';
import { CancelledError, ResponseMalformedError, UnknownOutcomeError } from './market-error';
import type { Instruction } from './instruction';

/** Where a group was sealed. */
export interface SealedAt {
  readonly transactionId: string;
  /** The place of its first instruction in the transaction. */
  readonly first: number;
  readonly blockNumber: bigint;
}

/** What a cycle made of the instructions of one transaction. */
export interface Execution {
  readonly transactionId: string;
  readonly cycle: number;
  /** A block by which the cycle is committed. */
  readonly blockNumber: bigint;
  readonly outcomes: readonly OutcomeAdvice[];
}

export interface GroupOptions {
  /** What its sender waits for; the group itself waits for the cycle either way. */
  readonly until: 'sealed' | 'executed';
  readonly adviceMs: number;
  /** Why no advice may have come, where that is known. */
  readonly why: () => unknown;
  readonly signal: AbortSignal | undefined;
}

/** Instructions that stay together, and what their sender waits for. */
export class SealedGroup {
  readonly instructions: readonly Instruction[];
  /** Ends when a transaction that seals it is committed. */
  readonly sealed: Promise<SealedAt>;
  /** Ends when a cycle has executed it: one outcome for each instruction. */
  readonly executed: Promise<Execution & { readonly first: number }>;
  /** It stays in the queue, and what came after it too. */
  held = false;
  /** How often it has been sealed again. */
  repetitions = 0;
  readonly #options: GroupOptions;
  readonly #sealed = deferred<SealedAt>();
  readonly #executed = deferred<Execution & { readonly first: number }>();
  /** Transactions that a cycle may yet execute, with the place of the first instruction in each. */
  readonly #alive = new Map<string, number>();
  readonly #sent: string[] = [];
  readonly #onSettled = new Set<() => void>();
  #deadline: NodeJS.Timeout | undefined;
  #cause: unknown;
  #settled = false;

  constructor(instructions: readonly Instruction[], options: GroupOptions) {
    this.instructions = instructions;
    this.#options = options;
    this.sealed = this.#sealed.promise;
    this.executed = this.#executed.promise;
    // Who waits for one of the two hears of a failure there.
    for (const promise of [this.sealed, this.executed]) promise.catch(() => undefined);
    const { signal } = options;
    if (signal?.aborted === true) this.cancel(signal.reason);
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get texts(): readonly string[] {
    return this.instructions.map(({ text }) => text);
  }

  /** It has been executed, or nobody waits for that any more. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Sealing it again changes nothing where it has been executed. */
  get repeatable(): boolean {
    return this.instructions.length > 0 && this.instructions.every(({ repeatable }) => repeatable);
  }

  /** Called once when it is settled; at once where it is. */
  whenSettled(call: () => void): void {
    if (this.#settled) call();
    else this.#onSettled.add(call);
  }

  /**
   * From now on the transaction may be committed, and executed.
   * @param insteadOf a transaction that was recorded as not applied.
   */
  sending(transactionId: string, first: number, insteadOf?: string): void {
    if (insteadOf !== undefined) this.#alive.delete(insteadOf);
    this.#alive.set(transactionId, first);
    this.#sent.push(transactionId);
  }

  committed(transactionId: string, blockNumber: bigint): void {
    this.#isSealed(transactionId, blockNumber);
    this.#expectAdvice();
  }

  /** It cannot be learnt whether the transaction is or will be committed; its advice tells, if it comes. */
  uncertain(): void {
    this.#expectAdvice();
  }

  /** A transaction came to nothing for sure; `undefined` where none was made. */
  failed(error: unknown, transactionId?: string): void {
    if (transactionId !== undefined) this.#alive.delete(transactionId);
    // An earlier one may be executed all the same.
    this.#cause = error;
    if (this.#alive.size > 0) this.#expectAdvice();
    else this.#settle(error);
  }

  /** A cycle has executed the transaction. */
  advised(execution: Execution): void {
    const first = this.#alive.get(execution.transactionId);
    if (first === undefined || this.#settled) return;
    this.#isSealed(execution.transactionId, execution.blockNumber);
    const outcomes = this.instructions.map((_, index) => outcomeAt(execution.outcomes, first + index));
    if (!outcomes.every((outcome) => outcome !== undefined)) {
      this.#settle(new ResponseMalformedError('Market:Advices', 'advices'));
      return;
    }
    this.#alive.delete(execution.transactionId);
    // What one transaction was refused, another with the same instruction may still be granted.
    if (this.#alive.size > 0 && outcomes.some(({ outcome }) => outcome === 'refused')) return;
    this.#executed.resolve({ ...execution, first, outcomes });
    this.#settle();
  }

  /** Its sender, or the end of the connection, ends the wait. */
  cancel(reason: unknown): void {
    const [first, ...rest] = this.#sent;
    this.#settle(
      first === undefined
        ? new CancelledError({ cause: reason })
        : new UnknownOutcomeError([first, ...rest], { cause: reason }),
    );
  }

  readonly #onAbort = () => this.cancel(this.#options.signal?.reason);

  #isSealed(transactionId: string, blockNumber: bigint): void {
    this.#sealed.resolve({ transactionId, blockNumber, first: this.#alive.get(transactionId) ?? 0 });
    const { until, signal } = this.#options;
    if (until === 'sealed') signal?.removeEventListener('abort', this.#onAbort);
    // Of what is empty no advice comes.
    if (this.instructions.length === 0) this.#settle();
  }

  #expectAdvice(): void {
    if (this.#settled || this.#deadline !== undefined) return;
    const { adviceMs } = this.#options;
    this.#deadline = setTimeout(() => {
      const [first = '', ...rest] = this.#sent;
      const known = `no cycle has executed it within ${adviceMs.toString()} ms, and one still may: are the operators' schedulers running?`;
      this.#settle(new UnknownOutcomeError([first, ...rest], { cause: this.#cause ?? this.#options.why() }, known));
    }, adviceMs);
  }

  /** @param error undefined where what is waited for has come. */
  #settle(error?: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (error !== undefined) {
      this.#sealed.reject(error);
      this.#executed.reject(error);
    }
    for (const call of this.#onSettled) call();
  }
}

/** A submission that was refused as a whole has one outcome for all that it held. */
function outcomeAt(outcomes: readonly OutcomeAdvice[], index: number): OutcomeAdvice | undefined {
  const [only, ...others] = outcomes;
  const ofAll = others.length === 0 && only?.outcome === 'refused' ? only : undefined;
  return outcomes.find((one) => one.index === index) ?? ofAll;
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
