import type { MarketPort, PortInstruction, PortResult } from '@kessai/cli';
import {
  type Json,
  type JsonObject,
  type Outcome,
  type Rejection,
  isRejection,
  marketRejections,
  rejectionMessage,
} from '@kessai/interface';
import { type InstructionResult, MemoryMarket, type Submission } from '@kessai/ledger/tools';
import { allContracts } from '../support/all-contracts';

interface Waiting {
  readonly submission: Submission;
  /** How many instructions it holds. */
  readonly count: number;
  readonly done: (results: readonly InstructionResult[]) => void;
  readonly failed: (error: unknown) => void;
}

/** The market in memory as a day runs on it: the contracts' own handlers, without Fabric. */
export class MemoryPort implements MarketPort {
  readonly #together: boolean;
  readonly #waiting: Waiting[] = [];
  #running = false;
  readonly market = new MemoryMarket({ contracts: allContracts });

  /** @param together a cycle takes all that waits; otherwise each submission has a cycle of its own. */
  constructor({ together = false } = {}) {
    this.#together = together;
  }

  async submit(as: string, method: string, request: JsonObject): Promise<Json> {
    if (method === 'Registry:Found') return { ...accepted<Outcome>(await this.market.submit(as, method, request)) };
    const [result] = await this.instruct(as, [{ method, request }]);
    if (!result || result.outcome === 'refused') {
      throw Object.assign(new Error(result?.error?.message), { code: result?.error?.code });
    }
    return { outcome: result.outcome };
  }

  async instruct(as: string, instructions: readonly PortInstruction[]): Promise<readonly PortResult[]> {
    const submission = accepted<Submission>(this.market.seal(as, instructions));
    const results = await new Promise<readonly InstructionResult[]>((done, failed) => {
      this.#waiting.push({ submission, count: instructions.length, done, failed });
      if (!this.#running) void this.#runCycles();
    });
    return results.map((result) => {
      if (!isRejection(result)) return { outcome: result.outcome };
      return { outcome: 'refused', error: { code: result.code, message: rejectionMessage(marketRejections, result) } };
    });
  }

  /** One after another, until nothing waits. */
  async #runCycles(): Promise<void> {
    this.#running = true;
    // Whoever acts at the same moment is in the same cycle.
    await Promise.resolve();
    for (let taken = this.#take(); taken.length > 0; taken = this.#take()) {
      try {
        const results = [...(await this.market.cycle(taken.map(({ submission }) => submission)))];
        for (const { count, done } of taken) done(results.splice(0, count));
      } catch (error) {
        for (const { failed } of taken) failed(error);
      }
    }
    this.#running = false;
  }

  #take(): readonly Waiting[] {
    return this.#waiting.splice(0, this.#together ? this.#waiting.length : 1);
  }

  async evaluate(as: string, method: string, request: JsonObject): Promise<Json> {
    return accepted<Json>(await this.market.evaluate(as, method, request));
  }
}

function accepted<T>(answer: T | Rejection): T {
  if (!isRejection(answer)) return answer;
  throw Object.assign(new Error(rejectionMessage(marketRejections, answer)), { code: answer.code });
}
