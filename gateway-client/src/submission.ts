import type { Transaction } from '@hyperledger/fabric-gateway';
import { type Outcome, FieldError, decodeText, outcome } from '@kessai/interface';
import { isAborted, throwIfAborted } from './abort';
import { backOff } from './backoff';
import { commitOutcome, isConflict } from './commit-outcome';
import type { Connection } from './connection';
import { Endorsement } from './endorsement';
import type { Freshness } from './freshness';
import { InFlight } from './in-flight';
import { ConflictError, ResponseMalformedError, TransactionInvalidError, UnknownOutcomeError } from './market-error';
import type { OperatorDirectory } from './operator-directory';
import { Ordering } from './ordering';
import type { CallOptions, Settings } from './settings';
import { validationName } from './validation-name';

/** A submit that is final: in a block, valid. */
export interface Submitted extends Outcome {
  readonly transactionId: string;
  readonly blockNumber: bigint;
}

/** What is sent, and whether sending it twice is harmless. */
export interface SubmitRequest {
  readonly method: string;
  readonly request: string;
  /** The ledger knows a repetition by an id in the request, and answers `exists`. */
  readonly repeatable: boolean;
}

/** A transaction that was sent, with what it will answer if it is committed. */
interface Sent extends Outcome {
  readonly transactionId: string;
}

/** How long to look again for an earlier transaction when a later one with the same content ended otherwise. */
const recheckMs = 1_000;

/**
 * Brings a request to its end. Until a transaction is sent to be ordered every failure may be tried again. From then on its outcome is
 * what the ledger says of its id, not what submit answered: orderers may refuse what they have committed. Only a transaction
 * recorded as conflicting is known not to have been applied.
 */
export class Submission {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #endorsement: Endorsement;
  readonly #ordering: Ordering;
  readonly #inFlight: InFlight;

  constructor(connection: Connection, settings: Settings, directory: OperatorDirectory, freshness: Freshness) {
    this.#connection = connection;
    this.#settings = settings;
    this.#endorsement = new Endorsement(connection, settings, directory, freshness);
    this.#ordering = new Ordering(connection, settings, freshness);
    this.#inFlight = new InFlight(settings.submitsInFlight);
  }

  async submit(request: SubmitRequest, options: CallOptions): Promise<Submitted> {
    return this.#inFlight.run(() => this.#submit(request, options), options.signal);
  }

  /** Resolves when what is in flight has ended; refuses what comes. */
  async close(): Promise<void> {
    await this.#inFlight.close();
  }

  async #submit(request: SubmitRequest, options: CallOptions): Promise<Submitted> {
    const unknown: Sent[] = [];
    try {
      return await this.#untilCommitted(request, options, unknown);
    } catch (error) {
      const [first, ...rest] = unknown;
      if (!first) throw error;
      const earlier = await this.#recheck(unknown, options);
      if (earlier !== undefined) return earlier;
      if (error instanceof UnknownOutcomeError) throw error;
      throw new UnknownOutcomeError([first.transactionId, ...rest.map(({ transactionId }) => transactionId)], {
        cause: error,
      });
    }
  }

  /** @param unknown receives each transaction that was sent and whose outcome could not be learnt. */
  async #untilCommitted(request: SubmitRequest, options: CallOptions, unknown: Sent[]): Promise<Submitted> {
    const { method, repeatable } = request;
    const { signal } = options;
    for (let conflicts = 0; ;) {
      const transaction = await this.#endorsement.endorse(method, request.request, options);
      const sent = { ...outcomeOf(method, transaction), transactionId: transaction.getTransactionId() };
      throwIfAborted(signal);
      const status = await this.#ordering.order(method, transaction, signal);
      if (status === undefined) {
        unknown.push(sent);
        if (!repeatable || isAborted(signal) || unknown.length > this.#settings.resends)
          throw unresolved(unknown, signal);
        await backOff(unknown.length, signal);
      } else if (status.successful) {
        return { ...sent, blockNumber: status.blockNumber };
      } else if (isConflict(status)) {
        conflicts += 1;
        if (conflicts >= this.#settings.conflictAttempts) throw new ConflictError(sent.transactionId, conflicts);
        // Endorsers that do not know of the other transaction yet would only conflict with it again.
        await this.#endorsement.refresh(signal);
        await backOff(conflicts, signal);
      } else {
        throw new TransactionInvalidError(sent.transactionId, validationName(status.code));
      }
    }
  }

  /**
   * A later transaction did not settle the matter; what became of the earlier ones may. Even where it was refused, an earlier one can
   * still be committed. Undefined: no earlier one is known to have been.
   */
  async #recheck(unknown: readonly Sent[], { signal }: CallOptions): Promise<Submitted | undefined> {
    const statuses = await Promise.all(
      unknown.map(({ transactionId }) => commitOutcome(this.#connection.commitOf(transactionId), recheckMs, signal)),
    );
    for (const [index, sent] of unknown.entries()) {
      const status = statuses[index];
      if (status?.successful === true) return { ...sent, blockNumber: status.blockNumber };
    }
    return undefined;
  }
}

function unresolved(unknown: readonly Sent[], signal: AbortSignal | undefined): UnknownOutcomeError {
  const [first = '', ...rest] = unknown.map(({ transactionId }) => transactionId);
  return new UnknownOutcomeError([first, ...rest], signal?.aborted === true ? { cause: signal.reason } : undefined);
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
