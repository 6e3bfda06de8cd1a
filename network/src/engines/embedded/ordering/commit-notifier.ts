import { setMaxListeners } from 'node:events';
import type { Ledger } from '../ports';

export interface CommitResult {
  /** protos.TxValidationCode */
  readonly validationCode: number;
  readonly blockNumber: bigint;
}

/** Tells who waits for a transaction how and where it was committed. */
export class CommitNotifier {
  readonly #ledger: Ledger;
  readonly #waiting = new Map<string, Set<(result: CommitResult) => void>>();
  readonly #failed = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    // Everybody who waits listens to it, which is no leak.
    setMaxListeners(0, this.#failed.signal);
    this.#unsubscribe = ledger.onCommit((block) => {
      if (this.#waiting.size === 0) {
        return;
      }
      block.txIds.forEach((txId, index) => {
        this.#notify(txId, { validationCode: block.validationCodes[index] ?? 0, blockNumber: block.number });
      });
    });
  }

  /** The transaction's result, at once if it is committed; rejects when `signal` aborts, and with the failure once commits have failed. */
  async resultOf(txId: string, signal: AbortSignal): Promise<CommitResult> {
    let listener: ((result: CommitResult) => void) | undefined;
    let onAbort: (() => void) | undefined;
    const failed = this.#failed.signal;
    const onFailure = (): void => {
      giveUp(failed.reason);
    };
    let giveUp: (reason: unknown) => void = () => undefined;
    // Listening begins before looking, so that no commit falls between.
    const notified = new Promise<CommitResult>((resolve, reject) => {
      listener = resolve;
      this.#listeners(txId).add(resolve);
      onAbort = () => {
        reject(new Error('context canceled'));
      };
      signal.addEventListener('abort', onAbort);
      giveUp = reject;
      failed.addEventListener('abort', onFailure);
    });
    notified.catch(() => undefined);
    try {
      const known = await this.#ledger.transaction(txId);
      if (known === undefined && failed.aborted) {
        onFailure();
      }
      return known ?? (await notified);
    } finally {
      if (listener !== undefined) {
        this.#forget(txId, listener);
      }
      if (onAbort !== undefined) {
        signal.removeEventListener('abort', onAbort);
      }
      failed.removeEventListener('abort', onFailure);
    }
  }

  /** No block follows any more: who waits, and who asks later for what is not committed, is told why. */
  fail(failure: Error): void {
    this.#failed.abort(failure);
  }

  close(): void {
    this.#unsubscribe();
  }

  #listeners(txId: string): Set<(result: CommitResult) => void> {
    const present = this.#waiting.get(txId);
    if (present !== undefined) {
      return present;
    }
    const created = new Set<(result: CommitResult) => void>();
    this.#waiting.set(txId, created);
    return created;
  }

  #forget(txId: string, listener: (result: CommitResult) => void): void {
    const listeners = this.#waiting.get(txId);
    listeners?.delete(listener);
    if (listeners?.size === 0) {
      this.#waiting.delete(txId);
    }
  }

  #notify(txId: string, result: CommitResult): void {
    for (const listener of this.#waiting.get(txId) ?? []) {
      listener(result);
    }
  }
}
