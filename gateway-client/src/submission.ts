import type { Transaction } from '@hyperledger/fabric-gateway';
import { FieldError, type Outcome, decodeText, outcome } from '@kessai/interface';
import { throwIfAborted } from './abort';
import { backOff } from './backoff';
import { isConflict } from './commit-outcome';
import type { Connection } from './connection';
import { Endorsement, type EndorsementRequest } from './endorsement';
import type { Freshness } from './freshness';
import { InFlight } from './in-flight';
import { ConflictError, ResponseMalformedError, TransactionInvalidError, UnknownOutcomeError } from './market-error';
import type { OperatorDirectory } from './operator-directory';
import { Ordering } from './ordering';
import type { Committed } from './results';
import type { CallOptions, Settings } from './settings';
import { validationName } from './validation-name';

export interface SubmitRequest extends EndorsementRequest {
  /** Waited for before a transaction is sent to be ordered; from then on it may be committed. What it throws stops it. */
  sending?(transactionId: string): Promise<void>;
}

/**
 * Brings a transaction to its end. Until it is sent to be ordered every failure may be tried again. From then on its outcome is what the
 * ledger says of its id, not what submit answered: orderers may refuse what they have committed. Only a transaction recorded as
 * conflicting is known not to have been applied.
 */
export class Submission {
  readonly #settings: Settings;
  readonly #endorsement: Endorsement;
  readonly #ordering: Ordering;
  readonly #inFlight: InFlight;

  constructor(connection: Connection, settings: Settings, directory: OperatorDirectory, freshness: Freshness) {
    this.#settings = settings;
    this.#endorsement = new Endorsement(connection, settings, directory, freshness);
    this.#ordering = new Ordering(connection, settings, freshness);
    this.#inFlight = new InFlight(settings.submitsInFlight);
  }

  /** @throws MarketError; UnknownOutcomeError where it was sent and cannot be learnt what became of it. */
  async submit(request: SubmitRequest, options: CallOptions): Promise<Committed> {
    return this.#inFlight.run(() => this.#untilCommitted(request, options), options.signal);
  }

  /** Resolves when what is in flight has ended; refuses what comes. */
  async close(): Promise<void> {
    await this.#inFlight.close();
  }

  async #untilCommitted(request: SubmitRequest, options: CallOptions): Promise<Committed> {
    const { method, endorsedBy } = request;
    const { signal } = options;
    for (let conflicts = 0; ;) {
      const transaction = await this.#endorsement.endorse(request, options);
      const transactionId = transaction.getTransactionId();
      const answer = outcomeOf(method, transaction);
      throwIfAborted(signal);
      await request.sending?.(transactionId);
      const status = await this.#ordering.order(method, transaction, signal);
      if (status === undefined) {
        throw new UnknownOutcomeError([transactionId], signal?.aborted === true ? { cause: signal.reason } : undefined);
      }
      if (status.successful) return { ...answer, transactionId, blockNumber: status.blockNumber };
      if (!isConflict(status)) throw new TransactionInvalidError(transactionId, validationName(status.code));
      conflicts += 1;
      if (conflicts >= this.#settings.conflictAttempts) throw new ConflictError(transactionId, conflicts);
      // Endorsers that do not know of the other transaction yet would only conflict with it again.
      await this.#endorsement.refresh(endorsedBy, signal);
      await backOff(conflicts, signal);
    }
  }
}

/** Decoded before anything is sent, so that an answer of another version stops the call while it can still be stopped. */
function outcomeOf(method: string, transaction: Transaction): Outcome {
  try {
    return decodeText(outcome, Buffer.from(transaction.getResult()).toString('utf8'));
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new ResponseMalformedError(method, error.field, { cause: error });
  }
}
