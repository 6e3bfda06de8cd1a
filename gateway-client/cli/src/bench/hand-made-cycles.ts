import { type Market, RejectedError, submissionsOf } from '@kessai/gateway-client';
import type { TakenSubmission } from '@kessai/interface';

/** A submission that was sealed, and the block in which it is. */
interface SealedIn {
  readonly transactionId: string;
  readonly blockNumber: bigint;
}

/** Makes cycles one after another, each of what it is given: for measuring a cycle by itself. */
export class HandMadeCycles {
  readonly #operator: Market;
  readonly #chaincode: string;
  #number = 0;

  constructor(operator: Market, chaincode: string) {
    this.#operator = operator;
    this.#chaincode = chaincode;
  }

  /** The submissions with their places, in the order of the ledger. */
  async find(sealed: readonly SealedIn[]): Promise<readonly TakenSubmission[]> {
    const wanted = new Set(sealed.map(({ transactionId }) => transactionId));
    const startBlock = sealed.reduce(
      (first, { blockNumber }) => (blockNumber < first ? blockNumber : first),
      2n ** 63n,
    );
    const found: TakenSubmission[] = [];
    if (wanted.size === 0) return found;
    for await (const block of this.#operator.events.blocks({ startBlock })) {
      found.push(...submissionsOf(block, this.#chaincode).filter((one) => wanted.has(one.transactionId)));
      if (found.length === wanted.size) break;
    }
    const { number } = await this.#operator.market.progress();
    this.#number = number;
    return found;
  }

  async make(submissions: readonly TakenSubmission[]): Promise<void> {
    this.#number += 1;
    const request = { number: this.#number, submissions };
    const { outcome } = await this.#operator.market.cycle(request).catch(async (error: unknown) => {
      if (!(error instanceof RejectedError) || error.rejection.code !== 'RecallNeeded') throw error;
      return this.#operator.market.cycle({ ...request, recall: true });
    });
    if (outcome !== 'created') throw new Error('Somebody else makes cycles of this market');
  }
}
