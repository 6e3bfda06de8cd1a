import { type Json, type JsonObject, isRejection } from '@kessai/interface';
import type { Instruction, SampleDay, Submission } from '@kessai/ledger/tools';

/** A change that a cycle writes. */
interface Written {
  readonly collection: string;
  readonly key: string;
  readonly value: string | undefined;
}

/** What a page of advices holds, or a cycle's record of an operator, in stored form. */
interface StoredBody {
  readonly outcomes: readonly {
    readonly transactionId: string;
    readonly runs: readonly { readonly method: string; readonly count: number; readonly error?: Json }[];
  }[];
}

interface Waiting extends Submission {
  readonly instructions: readonly Instruction[];
}

/** What every cycle writes, whatever becomes of its instructions. */
const ofEveryCycle = /^(advice\/|cycle\/|progress$)/;

/** A market whose cycles are held against what they tell: each instruction has one outcome, at its sender, and nobody is left out. */
export class ExecutedMarket {
  /** How each instruction ended, in the order of execution. */
  readonly results: string[] = [];
  /** What was wrong with the advices. */
  readonly faults: string[] = [];
  /** All that cycles have taken. */
  readonly taken: Submission[] = [];
  /** The number of the next cycle. */
  next: number;
  #waiting: Waiting[] = [];

  private constructor(
    readonly day: SampleDay,
    next: number,
  ) {
    this.next = next;
  }

  static async of(day: SampleDay): Promise<ExecutedMarket> {
    const { number } = await day.ask<{ readonly number: number }>('CsdMSP', 'Market:Progress');
    return new ExecutedMarket(day, number + 1);
  }

  seal(caller: string, instructions: readonly Instruction[]): void {
    const submission = this.day.market.seal(caller, instructions);
    if (isRejection(submission)) throw new Error(`It was not sealed: ${submission.code}`);
    this.#waiting.push({ ...submission, instructions });
  }

  /** Executes what waits. @returns what the cycle wrote beside what every cycle writes. */
  async cycle(): Promise<readonly Written[]> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const { writes } = await this.day.market.runCycle();
    this.next += 1;
    this.taken.push(...waiting);
    const told = this.#bodiesIn(writes);
    const results = new Map<string, readonly string[]>();
    for (const [member, { outcomes }] of told) {
      const sealed = waiting.filter((one) => one.member === member);
      if (outcomes.length !== sealed.length) this.faults.push(`${member} is told of ${outcomes.length} submissions`);
      for (const [index, { transactionId, runs }] of outcomes.entries()) {
        if (sealed[index]?.transactionId !== transactionId) this.faults.push(`${member} is told of another submission`);
        const ends = runs.flatMap(({ count, ...run }) => Array.from({ length: count }, () => endOf(run)));
        const methods = runs.flatMap(({ count, method }) => Array.from({ length: count }, () => method));
        const sent = (sealed[index]?.instructions ?? []).map(({ method }) => method);
        if (methods.join() !== sent.join())
          this.faults.push(`${member} is told of ${methods.join()}, and sent ${sent.join()}`);
        results.set(transactionId, ends);
      }
    }
    for (const { transactionId } of waiting) this.results.push(...(results.get(transactionId) ?? ['not told']));
    return writes.filter(({ key }) => !ofEveryCycle.test(key));
  }

  /** By member: what it is told. Members with a collection of their own have a page each, the others a place in the cycle's record. */
  #bodiesIn(writes: readonly Written[]): ReadonlyMap<string, StoredBody> {
    const bodies = new Map<string, StoredBody>();
    for (const { collection, key, value = '' } of writes) {
      if (key.startsWith('advice/')) bodies.set(collection, JSON.parse(value) as StoredBody);
    }
    const missing = this.day.members.filter((member) => !bodies.has(member));
    if (missing.length > 0) this.faults.push(`${missing.join()} has no page of advices`);
    if (bodies.size > this.day.members.length) this.faults.push('Somebody is advised who is no member');
    const record = writes.find(({ collection, key }) => collection === 'operators' && key.startsWith('cycle/'));
    const { operators } = JSON.parse(record?.value ?? '{"operators":[]}') as {
      readonly operators: readonly (StoredBody & { readonly member: string })[];
    };
    for (const { member, ...body } of operators) bodies.set(member, body);
    return bodies;
  }
}

/** How an instruction ended, without what the number and the time of its cycle say: the page of a trade has the former. */
function endOf({ error, ...run }: { readonly method: string; readonly error?: Json }): string {
  if (error === undefined) return JSON.stringify(run);
  const { message: _message, page: _page, number: _number, time: _time, ...rest } = error as JsonObject;
  return JSON.stringify({ ...run, error: rest });
}
