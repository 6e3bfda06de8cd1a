import { status } from '@grpc/grpc-js';
import type { EvaluateMethod } from '@kessai/interface';
import { isAborted, throwIfAborted } from './abort';
import { backOff } from './backoff';
import { callFailure } from './call-failure';
import type { Connection } from './connection';
import { Endorsers } from './endorsers';
import { gatewayFailure, mayPass } from './gateway-failure';
import type { OperatorDirectory } from './operator-directory';
import { rpcOptions } from './rpc-options';
import type { CallOptions, Settings } from './settings';

/** Reads: asked of one organisation, and of another where that one cannot answer. */
export class Evaluation {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #directory: OperatorDirectory;
  readonly #own: Endorsers;

  constructor(connection: Connection, settings: Settings, directory: OperatorDirectory) {
    this.#connection = connection;
    this.#settings = settings;
    this.#directory = directory;
    const { mspId } = connection.profile;
    this.#own = Endorsers.of([mspId], 1, mspId);
  }

  /** @returns the response as it came. */
  async evaluate(
    method: string,
    answeredBy: EvaluateMethod<unknown, unknown>['answeredBy'],
    request: string,
    options: CallOptions,
  ): Promise<Uint8Array> {
    const operators = answeredBy === 'operator' ? await this.#directory.operators() : undefined;
    const choice = operators?.answering ?? this.#own;
    const { signal } = options;
    const deadlineMs = this.#settings.deadlines.evaluateMs;
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(signal);
      const organisations = choice.current;
      const proposal = this.#connection.propose(method, request, organisations);
      const transactionId = proposal.getTransactionId();
      const started = performance.now();
      try {
        const response = await proposal.evaluate(rpcOptions(deadlineMs, signal));
        const elapsedMs = performance.now() - started;
        this.#settings.trace({ kind: 'evaluated', method, transactionId, organisations, elapsedMs });
        return response;
      } catch (error) {
        const failure = gatewayFailure(error);
        if (!failure) throw error;
        this.#settings.trace({
          kind: 'evaluation-failed',
          method,
          transactionId,
          organisations,
          status: failure.status,
        });
        // Of an organisation without a peer in reach a gateway says that the precondition failed.
        const elsewhere = failure.status === status.FAILED_PRECONDITION && choice.count > 1;
        const again = failure.rejection === undefined && (mayPass(failure.status) || elsewhere);
        if (!again || isAborted(signal) || attempt >= this.#settings.attempts) {
          throw await callFailure(failure, {
            connection: this.#connection,
            step: 'evaluate',
            transactionId,
            deadlineMs,
            signal,
          });
        }
        choice.leave(organisations, organisations);
        await backOff(attempt, signal);
      }
    }
  }
}
