import { messageOf } from '../endpoints/rpc-error';
import type { Ledger } from '../ports';

/** When a block is cut: at whichever of these comes first. */
export interface BlockCutting {
  readonly maxMessageCount: number;
  readonly preferredMaxBytes: number;
  /** A transaction larger than this is refused. */
  readonly absoluteMaxBytes: number;
  /** How long the first transaction of a block waits for others. */
  readonly batchInterval_ms: number;
  /** How many transactions may wait; beyond that submitting waits too. */
  readonly queueLimit: number;
}

export const DEFAULT_BLOCK_CUTTING: BlockCutting = {
  maxMessageCount: 500,
  preferredMaxBytes: 2 * 1024 * 1024,
  absoluteMaxBytes: 10 * 1024 * 1024,
  batchInterval_ms: 20,
  queueLimit: 5_000,
};

/** Ordering has stopped: at a close, or because a block could not be committed. Nothing is accepted until the engine starts anew. */
export class OrderingStopped extends Error {
  readonly code = 'OrderingStopped';

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'OrderingStopped';
  }
}

interface Waiting {
  readonly envelope: Uint8Array;
  readonly since_ms: number;
}

/** Puts transactions into one order and commits them block by block, one commit at a time. */
export class OrderingService {
  readonly #ledger: Ledger;
  readonly #cutting: BlockCutting;
  readonly #warn: (message: string) => void;
  readonly #onFailure: (failure: OrderingStopped) => void;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #committing = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped: string | undefined;
  #closing = false;
  #held = false;
  #idle: (() => void)[] = [];
  #room: (() => void)[] = [];

  /** @param onFailure told once, when a block could not be committed; the error's cause is why. */
  constructor(
    ledger: Ledger,
    cutting: BlockCutting = DEFAULT_BLOCK_CUTTING,
    warn: (message: string) => void = warnOfProcess,
    onFailure: (failure: OrderingStopped) => void = () => undefined,
  ) {
    this.#ledger = ledger;
    this.#cutting = cutting;
    this.#warn = warn;
    this.#onFailure = onFailure;
  }

  get cutting(): BlockCutting {
    return this.#cutting;
  }

  /**
   * Resolves when the transaction is accepted, which is not yet committed; waits while the queue is full.
   * @throws OrderingStopped
   */
  async submit(envelope: Uint8Array): Promise<void> {
    while (this.#stopped === undefined && this.#queue.length >= this.#cutting.queueLimit) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
    if (this.#stopped !== undefined) {
      throw new OrderingStopped(this.#stopped);
    }
    this.#queue.push({ envelope, since_ms: performance.now() });
    this.#queuedBytes += envelope.length;
    this.#schedule();
  }

  /** From now on a block is cut only when `cut` is called: for tests that say which transactions share a block. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Cuts a block of what waits, and returns when it is committed. Nothing happens where nothing waits. */
  async cut(): Promise<void> {
    while (this.#committing) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    if (this.#queue.length > 0) {
      await this.#commit();
    }
  }

  /** Accepts no more, and commits what was accepted. */
  async close(): Promise<void> {
    this.#stopped ??= 'the ordering service is shutting down';
    this.#closing = true;
    wake(this.#room);
    this.#schedule();
    while (this.#committing || this.#queue.length > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  #schedule(): void {
    const first = this.#queue[0];
    if (this.#committing || first === undefined || (this.#held && !this.#closing)) {
      return;
    }
    const full =
      this.#queue.length >= this.#cutting.maxMessageCount || this.#queuedBytes >= this.#cutting.preferredMaxBytes;
    const wait_ms = this.#cutting.batchInterval_ms - (performance.now() - first.since_ms);
    if (full || this.#closing || wait_ms <= 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#commit();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#schedule();
    }, wait_ms);
  }

  async #commit(): Promise<void> {
    this.#committing = true;
    let failure: OrderingStopped | undefined;
    const batch = this.#cut();
    try {
      await this.#ledger.commit(batch).catch((error: unknown) => this.#commitSingly(batch, error));
    } catch (error) {
      // A half-known ledger must not take more: a restart recovers it from disk.
      failure = new OrderingStopped(`a block could not be committed: ${messageOf(error)}`, { cause: error });
      this.#stopped = failure.message;
      this.#queue = [];
      this.#queuedBytes = 0;
    }
    this.#committing = false;
    if (failure !== undefined) {
      this.#onFailure(failure);
    }
    wake(this.#room);
    wake(this.#idle);
    this.#schedule();
  }

  /** One transaction that the ledger cannot take at all must not keep the others of its block out. */
  async #commitSingly(batch: readonly Uint8Array[], reason: unknown): Promise<void> {
    if (!isUnsupported(reason)) {
      throw reason;
    }
    for (const envelope of batch) {
      try {
        await this.#ledger.commit([envelope]);
      } catch (error) {
        if (!isUnsupported(error)) {
          throw error;
        }
        this.#warn(`a transaction was left out: ${messageOf(error)}`);
      }
    }
  }

  #cut(): Uint8Array[] {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    for (const { envelope } of this.#queue) {
      if (batch.length === this.#cutting.maxMessageCount) {
        break;
      }
      if (batch.length > 0 && bytes + envelope.length > this.#cutting.preferredMaxBytes) {
        break;
      }
      batch.push(envelope);
      bytes += envelope.length;
    }
    this.#queue.splice(0, batch.length);
    this.#queuedBytes -= bytes;
    return batch;
  }
}

function wake(waiting: (() => void)[]): void {
  for (const resolve of waiting.splice(0)) {
    resolve();
  }
}

/** The ledger refused before it changed anything. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'Unsupported';
}

function warnOfProcess(message: string): void {
  process.emitWarning(message);
}
