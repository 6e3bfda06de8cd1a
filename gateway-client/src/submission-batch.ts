import { isAborted, throwIfAborted } from './abort';
import { submissionText } from './instruction';
import { CancelledError, UnknownOutcomeError } from './market-error';
import type { Committed } from './results';
import type { Execution, SealedGroup } from './sealed-group';

export interface BatchPorts {
  /** Seals the text; calls `sending` before it sends what is endorsed. */
  submit(text: string, sending: (transactionId: string) => Promise<void>, signal: AbortSignal): Promise<Committed>;
  /** From now on the advices of the transaction are told. Fails where they cannot be followed. */
  expect(transactionId: string, executed: (execution: Execution) => void): Promise<void>;
  forget(transactionId: string): void;
}

/** Groups that are sealed by one transaction. */
export class SubmissionBatch {
  readonly #groups: Set<SealedGroup>;
  readonly #keepsBeat: boolean;
  readonly #ports: BatchPorts;
  #transactionId: string | undefined;
  #abort = new AbortController();

  /** @param keepsBeat it is sealed even when nothing is left to be sealed. */
  constructor(groups: readonly SealedGroup[], keepsBeat: boolean, ports: BatchPorts) {
    this.#groups = new Set(groups);
    this.#keepsBeat = keepsBeat;
    this.#ports = ports;
    for (const group of groups) group.whenSettled(() => this.#leave(group));
  }

  /**
   * Seals it: ends when it is committed, or came to nothing.
   * @param handedOver called when it is endorsed, or came to nothing.
   * @returns the groups for which it is unknown whether they were sealed.
   */
  async seal(handedOver: () => void): Promise<readonly SealedGroup[]> {
    try {
      while (this.#groups.size > 0 || this.#keepsBeat) {
        const groups = [...this.#groups];
        this.#abort = new AbortController();
        const { signal } = this.#abort;
        const text = submissionText(groups.flatMap(({ texts }) => texts));
        try {
          const { transactionId, blockNumber } = await this.#ports.submit(
            text,
            async (id) => {
              await this.#send(id, groups, signal);
              handedOver();
            },
            signal,
          );
          for (const group of this.#groups) group.committed(transactionId, blockNumber);
          return [];
        } catch (error) {
          if (error instanceof UnknownOutcomeError) return [...this.#groups];
          // Somebody left before it was sent: it is sealed without what is not wanted any more.
          if (error instanceof CancelledError && isAborted(signal)) continue;
          for (const group of this.#groups) group.failed(error, this.#transactionId);
        }
        return [];
      }
      return [];
    } finally {
      handedOver();
    }
  }

  /** Resolves when nobody waits for it any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#groups].map((group) => new Promise<void>((resolve) => group.whenSettled(resolve))));
    if (this.#transactionId !== undefined) this.#ports.forget(this.#transactionId);
  }

  async #send(transactionId: string, groups: readonly SealedGroup[], signal: AbortSignal): Promise<void> {
    // A transaction that is made anew takes the place of one that was recorded as not applied.
    const former = this.#transactionId;
    if (former !== undefined) this.#ports.forget(former);
    // Of what is empty no advice comes; but sealed at a beat it must take as long as what is not, else its place in the ledger tells.
    if (this.#keepsBeat || groups.some(({ instructions }) => instructions.length > 0)) {
      await this.#ports.expect(transactionId, (execution) => {
        for (const group of [...this.#groups]) group.advised(execution);
      });
    }
    if (isAborted(signal)) this.#ports.forget(transactionId);
    throwIfAborted(signal);
    this.#transactionId = transactionId;
    let first = 0;
    for (const group of groups) {
      group.sending(transactionId, first, former);
      first += group.instructions.length;
    }
  }

  #leave(group: SealedGroup): void {
    this.#groups.delete(group);
    // What was sent is sealed with what it holds; then only the wait for it can end.
    if (this.#transactionId === undefined || this.#groups.size === 0) this.#abort.abort();
  }
}
