import type { Transaction } from '@hyperledger/fabric-gateway';
import { isTransient, marketRejections } from '@kessai/interface';
import { backOff } from './backoff';
import { callFailure } from './call-failure';
import type { Connection } from './connection';
import { type GatewayFailure, gatewayFailure, isUnanimous, mayPass } from './gateway-failure';
import { CancelledError } from './market-error';
import type { OperatorDirectory } from './operator-directory';
import { rpcOptions } from './rpc-options';
import type { CallOptions, Settings } from './settings';

/** Collects endorsements. Whatever fails here may be tried again: nothing has been sent to be ordered. */
export class Endorsement {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #directory: OperatorDirectory;

  constructor(connection: Connection, settings: Settings, directory: OperatorDirectory) {
    this.#connection = connection;
    this.#settings = settings;
    this.#directory = directory;
  }

  /**
   * @returns the endorsed transaction, ready to be submitted.
   * @throws MarketError; RejectedError where the endorsers agree that the request is refused.
   */
  async endorse(method: string, request: string, options: CallOptions): Promise<Transaction> {
    const { signal } = options;
    const transientAttempts = options.transientAttempts ?? this.#settings.transientAttempts;
    const operators = await this.#directory.operators();
    const deadlineMs = this.#settings.deadlines.endorseMs;
    let rejections = 0;
    let failures = 0;
    for (;;) {
      if (signal?.aborted === true) throw new CancelledError({ cause: signal.reason });
      const organisations = operators?.submitting.current;
      const proposal = this.#connection.propose(method, request, organisations);
      const transactionId = proposal.getTransactionId();
      const started = performance.now();
      try {
        const transaction = await proposal.endorse(rpcOptions(deadlineMs, signal));
        const elapsedMs = performance.now() - started;
        this.#settings.trace({
          kind: 'endorsed',
          method,
          transactionId,
          organisations: organisations ?? [],
          elapsedMs,
        });
        return transaction;
      } catch (error) {
        const failure = gatewayFailure(error);
        if (!failure) throw error;
        this.#traceFailure(method, transactionId, organisations ?? [], failure);
        const call = { connection: this.#connection, step: 'endorse', transactionId, deadlineMs, signal } as const;
        if (failure.rejection && isUnanimous(failure, organisations)) {
          rejections += 1;
          const passes = isTransient(marketRejections, failure.rejection.code) && rejections < transientAttempts;
          if (!passes) throw await callFailure(failure, call);
        } else {
          failures += 1;
          // Endorsers that differ are at different heights: one of them is a block behind, and will not be for long.
          const again = failure.rejection !== undefined || mayPass(failure.status);
          if (!again || signal?.aborted === true || failures >= this.#settings.attempts)
            throw await callFailure(failure, call);
          if (organisations) operators?.submitting.leave(organisations, failedOf(failure));
        }
        await backOff(rejections + failures, signal);
      }
    }
  }

  #traceFailure(
    method: string,
    transactionId: string,
    organisations: readonly string[],
    failure: GatewayFailure,
  ): void {
    this.#settings.trace({
      kind: 'endorsement-failed',
      method,
      transactionId,
      organisations,
      status: failure.status,
      ...(failure.rejection ? { rejection: failure.rejection.code } : {}),
    });
  }
}

/** Organisations that gave no answer of the market's, neither an endorsement nor a rejection. */
function failedOf(failure: GatewayFailure): readonly string[] {
  return failure.nodes.filter(({ rejection }) => rejection === undefined).map(({ mspId }) => mspId);
}
