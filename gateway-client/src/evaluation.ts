import { status } from '@grpc/grpc-js';
import type { EvaluateMethod } from '@kessai/interface';
import { isAborted, throwIfAborted } from './abort';
import { backOff } from './backoff';
import { callFailure } from './call-failure';
import type { Connection } from './connection';
import { Endorsers } from './endorsers';
import type { Freshness } from './freshness';
import { type GatewayFailure, gatewayFailure, mayPass } from './gateway-failure';
import type { OperatorDirectory } from './operator-directory';
import { rpcOptions } from './rpc-options';
import type { CallOptions, Settings } from './settings';

export interface Query {
  readonly method: string;
  readonly answeredBy: EvaluateMethod<unknown, unknown>['answeredBy'];
  readonly request: string;
  /** As in Settings, for this query. */
  readonly attempts?: number;
  readonly deadlineMs?: number;
  /** The answer may be older than what this member knows of. */
  readonly stale?: true;
}

interface Attempt {
  readonly method: string;
  readonly request: string;
  readonly deadlineMs: number;
  readonly organisations: readonly string[];
  readonly signal: AbortSignal | undefined;
}

interface FailedAttempt {
  readonly transactionId: string;
  readonly failure: GatewayFailure;
}

/** Reads: asked of one organisation, and of another where that one cannot answer. */
export class Evaluation {
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
   * @returns the response as it came.
   * @throws MarketError
   */
  async evaluate(query: Query, { signal, after }: CallOptions): Promise<Uint8Array> {
    const { method, answeredBy, request } = query;
    const { attempts = this.#settings.attempts, deadlineMs = this.#settings.deadlines.evaluateMs } = query;
    const operators = answeredBy === 'operator' ? await this.#directory.operators() : undefined;
    const choice = operators?.answering ?? this.#own;
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(signal);
      const organisations = choice.current;
      const block = query.stale === true ? undefined : this.#freshness.newest(after);
      const isFresh = await this.#isFresh(organisations, block, signal);
      const result = await this.#attempt({ method, request, deadlineMs, organisations, signal });
      if (!('failure' in result)) {
        // A peer that could not say what it knows may have come back since, and with less: then it is asked again.
        if (isFresh || !(await this.#isFresh(organisations, block, signal))) return result;
        continue;
      }
      const again = mayPassAt(result.failure, choice) && attempt < attempts;
      if (!again || isAborted(signal)) throw await this.#error(result, deadlineMs, signal, organisations);
      choice.leave(organisations, organisations);
      await backOff(attempt, signal);
    }
  }

  /** Waits until the organisations know of the block. @returns false where one does not in time, or cannot be asked. */
  async #isFresh(
    organisations: readonly string[],
    block: bigint | undefined,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (block === undefined || this.#freshness.has(organisations, block)) return true;
    return this.#freshness.reach(organisations, block, signal);
  }

  async #attempt({ method, request, deadlineMs, organisations, signal }: Attempt): Promise<Uint8Array | FailedAttempt> {
    const { trace } = this.#settings;
    const proposal = this.#connection.propose(method, request, organisations);
    const facts = { method, transactionId: proposal.getTransactionId(), organisations };
    const started = performance.now();
    try {
      const response = await proposal.evaluate(rpcOptions(deadlineMs, signal));
      trace({ kind: 'evaluated', ...facts, elapsedMs: performance.now() - started });
      return response;
    } catch (error) {
      const failure = gatewayFailure(error);
      if (!failure) throw error;
      trace({ kind: 'evaluation-failed', ...facts, status: failure.status });
      return { transactionId: facts.transactionId, failure };
    }
  }

  async #error(
    { failure, transactionId }: FailedAttempt,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    organisations: readonly string[],
  ): Promise<Error> {
    return callFailure(failure, {
      connection: this.#connection,
      step: 'evaluate',
      transactionId,
      deadlineMs,
      signal,
      organisations,
    });
  }
}

/** Of an organisation without a peer in reach a gateway says that the precondition failed; another one may answer. */
const elsewhere: ReadonlySet<number> = new Set([status.FAILED_PRECONDITION]);

function mayPassAt(failure: GatewayFailure, choice: Endorsers): boolean {
  if (failure.rejection) return false;
  return mayPass(failure.status) || (elsewhere.has(failure.status) && choice.count > 1);
}
