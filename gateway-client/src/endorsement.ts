import type { Transaction } from '@hyperledger/fabric-gateway';
import { isTransient, marketRejections } from '@kessai/interface';
import { isAborted, throwIfAborted } from './abort';
import { backOff } from './backoff';
import { callFailure } from './call-failure';
import type { Connection } from './connection';
import { Endorsers } from './endorsers';
import type { Freshness } from './freshness';
import { type GatewayFailure, gatewayFailure, isUnanimous, mayPass } from './gateway-failure';
import type { OperatorDirectory } from './operator-directory';
import { rpcOptions } from './rpc-options';
import type { CallOptions, Settings } from './settings';

/** Who endorses: as many operators as the market's rules demand, or the member's own peer alone, which puts things in its inbox. */
export type EndorsedBy = 'operators' | 'own';

export interface EndorsementRequest {
  readonly method: string;
  readonly request: string;
  readonly endorsedBy: EndorsedBy;
}

interface Attempt {
  readonly method: string;
  readonly request: string;
  /** Who is asked; undefined: the gateway chooses. */
  readonly organisations: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How an attempt failed that was of this transaction. */
interface FailedAttempt {
  readonly transactionId: string;
  readonly failure: GatewayFailure;
}

/** Collects endorsements. Whatever fails here may be tried again: nothing has been sent to be ordered. */
export class Endorsement {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #directory: OperatorDirectory;
  readonly #freshness: Freshness;
  readonly #own: Endorsers;

  constructor(connection: Connection, settings: Settings, directory: OperatorDirectory, freshness: Freshness) {
    this.#connection = connection;
    this.#settings = settings;
    this.#directory = directory;
    this.#freshness = freshness;
    this.#own = Endorsers.of([connection.home], 1, connection.home);
  }

  /**
   * @returns the endorsed transaction, ready to be submitted.
   * @throws MarketError; RejectedError where the endorsers agree that the request is refused.
   */
  async endorse({ method, request, endorsedBy }: EndorsementRequest, options: CallOptions): Promise<Transaction> {
    const { signal, transientAttempts = this.#settings.transientAttempts } = options;
    const endorsers = await this.#endorsers(endorsedBy);
    let rejections = 0;
    let failures = 0;
    for (;;) {
      throwIfAborted(signal);
      const organisations = endorsers?.current;
      const block = this.#freshness.newest(options.after);
      const fresh = organisations === undefined || this.#freshness.has(organisations, block);
      const result = await this.#attempt({ method, request, organisations, signal });
      if (!('failure' in result)) return result;
      const { failure } = result;
      let again;
      if (failure.rejection && isUnanimous(failure, organisations)) {
        // Endorsers that did not know of what this member knows may have been wrong.
        if (!fresh && block !== undefined && (await this.#freshness.reach(organisations, block, signal))) continue;
        rejections += 1;
        again = isTransient(marketRejections, failure.rejection.code) && rejections < transientAttempts;
      } else {
        failures += 1;
        // Endorsers that differ are at different heights: one of them is a block behind, and will not be for long.
        again = (failure.rejection !== undefined || mayPass(failure.status)) && failures < this.#settings.attempts;
        if (organisations) endorsers.leave(organisations, failedOf(failure));
      }
      if (!again || isAborted(signal)) throw await this.#error(result, signal, organisations);
      await backOff(rejections + failures, signal);
    }
  }

  /** Returns when those who endorse know of what this member knows, or cannot be asked. */
  async refresh(endorsedBy: EndorsedBy, signal: AbortSignal | undefined): Promise<void> {
    const organisations = (await this.#endorsers(endorsedBy))?.current;
    const block = this.#freshness.newest(undefined);
    if (organisations !== undefined && block !== undefined && !this.#freshness.has(organisations, block)) {
      await this.#freshness.reach(organisations, block, signal);
    }
  }

  /** Undefined: the gateway chooses. */
  async #endorsers(endorsedBy: EndorsedBy): Promise<Endorsers | undefined> {
    return endorsedBy === 'own' ? this.#own : (await this.#directory.operators())?.submitting;
  }

  async #attempt({ method, request, organisations, signal }: Attempt): Promise<Transaction | FailedAttempt> {
    const { deadlines, trace } = this.#settings;
    const proposal = this.#connection.propose(method, request, organisations);
    const facts = { method, transactionId: proposal.getTransactionId(), organisations: organisations ?? [] };
    const started = performance.now();
    try {
      const transaction = await proposal.endorse(rpcOptions(deadlines.endorseMs, signal));
      trace({ kind: 'endorsed', ...facts, elapsedMs: performance.now() - started });
      return transaction;
    } catch (error) {
      const failure = gatewayFailure(error);
      if (!failure) throw error;
      const { status, rejection } = failure;
      trace({ kind: 'endorsement-failed', ...facts, status, ...(rejection ? { rejection: rejection.code } : {}) });
      return { transactionId: facts.transactionId, failure };
    }
  }

  async #error(
    { failure, transactionId }: FailedAttempt,
    signal: AbortSignal | undefined,
    organisations: readonly string[] | undefined,
  ): Promise<Error> {
    const { endorseMs: deadlineMs } = this.#settings.deadlines;
    return callFailure(failure, {
      connection: this.#connection,
      step: 'endorse',
      transactionId,
      deadlineMs,
      signal,
      organisations,
    });
  }
}

/** Organisations that gave no answer of the market's, neither an endorsement nor a rejection. */
function failedOf(failure: GatewayFailure): readonly string[] {
  return failure.nodes.filter(({ rejection }) => rejection === undefined).map(({ mspId }) => mspId);
}
