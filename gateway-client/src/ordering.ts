import type { Commit, Status, Transaction } from '@hyperledger/fabric-gateway';
import { isAborted } from './abort';
import { commitOutcome } from './commit-outcome';
import type { Connection } from './connection';
import type { Freshness } from './freshness';
import { gatewayFailure } from './gateway-failure';
import { SignerError } from './market-error';
import { rpcOptions } from './rpc-options';
import type { Settings } from './settings';
import { validationName } from './validation-name';

/** A transaction that was taken is handed over again after so many times the time of one that may not have been. */
const patience = 5;

/**
 * Sees an endorsed transaction through to a block. Orderers keep what waits to be ordered in memory: a transaction that enough of them
 * took is lost when they are killed, and one that too few took may be ordered all the same. So while nothing is heard of it, the very
 * same transaction is handed over again. Its id makes that harmless: it is valid once at most.
 */
export class Ordering {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #freshness: Freshness;

  constructor(connection: Connection, settings: Settings, freshness: Freshness) {
    this.#connection = connection;
    this.#settings = settings;
    this.#freshness = freshness;
  }

  /** @returns undefined where it cannot be learnt what became of the transaction. */
  async order(method: string, transaction: Transaction, signal: AbortSignal | undefined): Promise<Status | undefined> {
    const { deadlines, trace } = this.#settings;
    const transactionId = transaction.getTransactionId();
    const started = performance.now();
    let commit: Commit;
    let waitMs = deadlines.commitStatusMs;
    let againMs = deadlines.resubmitMs * patience;
    try {
      commit = await transaction.submit(rpcOptions(deadlines.submitMs, signal));
      trace({ kind: 'submitted', method, transactionId, elapsedMs: performance.now() - started });
    } catch (error) {
      if (error instanceof SignerError) throw error;
      trace({ kind: 'submission-uncertain', method, transactionId, status: gatewayFailure(error)?.status });
      commit = this.#connection.commitOf(transactionId);
      waitMs = deadlines.resolveMs;
      againMs = deadlines.resubmitMs;
    }
    const submitAgain = async (): Promise<void> => this.#submitAgain(method, transaction, signal);
    const status = await untilKnown(commit, { waitMs, againMs, signal }, submitAgain);
    if (status === undefined) {
      trace({ kind: 'outcome-unknown', method, transactionId });
    } else {
      const { blockNumber } = status;
      this.#freshness.committed(blockNumber);
      const elapsedMs = performance.now() - started;
      const validationCode = validationName(status.code);
      trace({ kind: 'committed', method, transactionId, blockNumber, validationCode, elapsedMs });
    }
    return status;
  }

  /** What is answered tells little: orderers refuse what they have committed. */
  async #submitAgain(method: string, transaction: Transaction, signal: AbortSignal | undefined): Promise<void> {
    const { deadlines, trace } = this.#settings;
    const facts = { kind: 'submitted-again', method, transactionId: transaction.getTransactionId() } as const;
    try {
      await transaction.submit(rpcOptions(deadlines.submitMs, signal));
      trace({ ...facts, status: undefined });
    } catch (error) {
      trace({ ...facts, status: gatewayFailure(error)?.status });
    }
  }
}

interface Patience {
  readonly waitMs: number;
  readonly againMs: number;
  readonly signal: AbortSignal | undefined;
}

async function untilKnown(
  commit: Commit,
  { waitMs, againMs, signal }: Patience,
  submitAgain: () => Promise<void>,
): Promise<Status | undefined> {
  const end = performance.now() + waitMs;
  for (;;) {
    const askedAt = performance.now();
    const limitMs = Math.min(againMs, end - askedAt);
    const status = await commitOutcome(commit, limitMs, signal);
    if (status !== undefined) return status;
    // An answer that comes early is that there will be none.
    if (isAborted(signal) || performance.now() < askedAt + limitMs || performance.now() >= end) return undefined;
    await submitAgain();
  }
}
