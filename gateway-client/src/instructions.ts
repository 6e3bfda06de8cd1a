import {
  type Json,
  Market,
  type MethodEntry,
  type OutcomeAdvice,
  type Rejection,
  isTransient,
  marketRejections,
  refuse,
} from '@kessai/interface';
import { isAborted, throwIfAborted } from './abort';
import type { AdviceFeed } from './advice-feed';
import { backOff } from './backoff';
import type { Evaluation } from './evaluation';
import { type Instruction, type InstructionTimes, charactersOf, instructionOf, mayFollow } from './instruction';
import { ClosedError, RejectedError, ResponseMalformedError } from './market-error';
import { fullNameOf, methodNamed } from './method-names';
import { rejectionOf } from './rejection-text';
import { wireRequestText } from './request-text';
import type { Instructed, Sealed, Submitted, WireRejection } from './results';
import { type Execution, SealedGroup, type SealedAt } from './sealed-group';
import { type CoverBeat, Sealer } from './sealer';
import type { CoverOptions, InstructionOptions, Settings } from './settings';
import type { Submission } from './submission';

/** An instruction in wire form: amounts are decimal strings. */
export interface InstructionRequest extends InstructionTimes {
  /** `Contract:Method`. */
  readonly method: string;
  readonly request: string | Json;
}

/** Of instructions that are sealed together; the times are for those that do not say themselves. */
export type InstructOptions = Pick<InstructionOptions, 'signal' | 'until' | keyof InstructionTimes>;

/** A check that takes longer is gone without: the cycle tells. */
const longestCheckMs = 5_000;

/** Has instructions sealed, and waits for what cycles make of them. */
export class Instructions {
  readonly #evaluation: Evaluation;
  readonly #settings: Settings;
  readonly #feed: AdviceFeed;
  readonly #sealer: Sealer;
  /** What may not have been executed yet. */
  readonly #open = new Set<SealedGroup>();
  readonly #closing = new AbortController();

  constructor(submission: Submission, evaluation: Evaluation, feed: AdviceFeed, settings: Settings) {
    this.#evaluation = evaluation;
    this.#settings = settings;
    this.#feed = feed;
    const method = fullNameOf(Market.methods.Instruct);
    this.#sealer = new Sealer(settings, {
      submit: async (request, sending, signal) =>
        submission.submit({ method, request, endorsedBy: 'own', sending }, { signal }),
      expect: async (transactionId, executed) => {
        const started = performance.now();
        await feed.expect(transactionId, (execution) => {
          const { cycle, blockNumber, outcomes } = execution;
          const facts = { method, transactionId, cycle, blockNumber, instructions: outcomes.length };
          settings.trace({ kind: 'executed', ...facts, elapsedMs: performance.now() - started });
          executed(execution);
        });
      },
      forget: (transactionId) => feed.forget(transactionId),
    });
  }

  /**
   * @param request in wire form, checked.
   * @throws MarketError
   */
  async call(entry: MethodEntry, request: string, options: InstructionOptions): Promise<Submitted | Sealed> {
    const instruction = instructionOf(entry, request, options);
    const { signal, transientAttempts = this.#settings.transientAttempts } = options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(instruction, request, options);
      } catch (error) {
        const passes = error instanceof RejectedError && isTransient(marketRejections, error.code);
        if (!passes || attempt >= transientAttempts || isAborted(signal)) throw error;
      }
      await backOff(attempt, signal);
    }
  }

  /**
   * Seals many as one submission, or as several, one after another, where they do not fit one.
   * @throws MarketError
   */
  async instruct(
    instructions: readonly InstructionRequest[],
    options: InstructOptions,
  ): Promise<readonly (Instructed | Sealed)[]> {
    const groups = inSubmissions(
      instructions.map((one, index) => readInstruction(one, index, options)),
      this.#settings.submissionInstructions,
    );
    const { until = 'executed', signal } = options;
    throwIfAborted(signal);
    const opened: SealedGroup[] = [];
    const sealed: SealedAt[] = [];
    for (const group of groups) {
      const one = this.#group(group, until, signal);
      opened.push(one);
      this.#sealer.add(one);
      // One after another: of submissions that are under way at once the ledger chooses the order.
      sealed.push(await one.sealed);
    }
    if (until === 'sealed') return opened.flatMap((group, index) => allSealed(group, sealed[index]));
    const filled = opened.filter(({ instructions: all }) => all.length > 0);
    const executed = await Promise.all(filled.map((group) => group.executed));
    return executed.flatMap((execution) => execution.outcomes.map((advice) => instructed(advice, execution)));
  }

  cover(options: CoverOptions): CoverBeat {
    return this.#sealer.cover(options);
  }

  /** Lets what is being sealed come to its end; who waits for a cycle does not hear of it any more. */
  async close(): Promise<void> {
    this.#closing.abort(new ClosedError());
    await this.#sealer.close();
    for (const group of [...this.#open]) group.cancel(new ClosedError());
    this.#feed.close();
  }

  async #once(
    instruction: Instruction,
    request: string,
    { signal, until = 'executed', check = this.#settings.check, after }: InstructionOptions,
  ): Promise<Submitted | Sealed> {
    throwIfAborted(signal);
    // What is under way and not executed yet could make the check wrong either way.
    const checked = check && this.#open.size === 0;
    const group = this.#group([instruction], until, signal);
    // It has its place in the order before it is checked.
    group.held = checked;
    this.#sealer.add(group);
    if (checked) await this.#check(group, instruction.method, request, after);
    if (until === 'sealed') {
      const { transactionId, first: index, blockNumber } = await group.sealed;
      return { outcome: 'sealed', transactionId, index, blockNumber };
    }
    const { transactionId, blockNumber, cycle, outcomes } = await group.executed;
    const [advice] = outcomes;
    if (!advice || advice.outcome === 'refused') throw rejectedBy(advice, instruction.method);
    return { outcome: advice.outcome, ...awaitingOf(advice), transactionId, blockNumber, cycle };
  }

  #group(
    instructions: readonly Instruction[],
    until: 'sealed' | 'executed',
    signal: AbortSignal | undefined,
  ): SealedGroup {
    if (this.#closing.signal.aborted) throw new ClosedError();
    const { adviceMs } = this.#settings.deadlines;
    const group = new SealedGroup(instructions, { until, adviceMs, why: () => this.#feed.failure, signal });
    this.#open.add(group);
    group.whenSettled(() => this.#open.delete(group));
    // Meanwhile it is endorsed; who needs it to be ready waits for it, and hears of a failure.
    this.#feed.ready().catch(() => undefined);
    return group;
  }

  /** A rejection ends the call here; where the check comes to nothing the cycle tells. */
  async #check(group: SealedGroup, method: string, request: string, after: bigint | undefined): Promise<void> {
    const { Check } = Market.methods;
    const name = fullNameOf(Check);
    const ended = new AbortController();
    group.whenSettled(() => ended.abort());
    const query = {
      method: name,
      answeredBy: Check.answeredBy,
      request: `{"method":${JSON.stringify(method)},"request":${request}}`,
      attempts: 1,
      deadlineMs: Math.min(longestCheckMs, this.#settings.deadlines.evaluateMs),
    };
    try {
      await this.#evaluation.evaluate(query, { signal: ended.signal, ...(after === undefined ? {} : { after }) });
    } catch (error) {
      if (error instanceof RejectedError && !isOfCheckItself(error.rejection, name)) group.failed(error);
    }
    this.#sealer.release(group);
  }
}

/** The chaincode does not know the check, or does not hold what it would have to read: that says nothing of the instruction. */
function isOfCheckItself(rejection: Rejection, check: string): boolean {
  if (rejection.code === 'MethodUnknown') return rejection.method === check;
  return rejection.code === 'CollectionNotHeld';
}

/** @throws RejectedError naming which of the instructions is wrong, and where. */
function readInstruction(
  { method: name, request, ...times }: InstructionRequest,
  index: number,
  timesOfAll: InstructionTimes,
): Instruction {
  const entry = methodNamed(name);
  if (!entry) throw new RejectedError(refuse('MethodUnknown', { method: name.slice(0, 200) }), false);
  try {
    return instructionOf(entry, wireRequestText(entry.method, request), { ...timesOfAll, ...times });
  } catch (error) {
    if (!(error instanceof RejectedError) || !('field' in error.rejection)) throw error;
    const { rejection } = error;
    const field = `instructions[${index.toString()}]${rejection.field === '' ? '' : `.${rejection.field}`}`;
    throw new RejectedError({ ...rejection, field: field.slice(0, 512) }, false, { cause: error });
  }
}

/** In groups that fit a submission each; none at all is one that is empty. */
function inSubmissions(instructions: readonly Instruction[], most: number): readonly (readonly Instruction[])[] {
  let last: Instruction[] = [];
  let characters = 0;
  const groups = [last];
  for (const instruction of instructions) {
    const texts = [instruction.text];
    if (!mayFollow(last.length, characters, texts, most)) {
      groups.push((last = []));
      characters = 0;
    }
    last.push(instruction);
    characters += charactersOf(texts);
  }
  return groups;
}

function allSealed({ instructions }: SealedGroup, at: SealedAt | undefined): readonly Sealed[] {
  if (!at) return [];
  const { transactionId, first, blockNumber } = at;
  return instructions.map((_, index) => ({ outcome: 'sealed', transactionId, index: first + index, blockNumber }));
}

function instructed(advice: OutcomeAdvice, { cycle, blockNumber }: Execution): Instructed {
  const { outcome, transactionId, index, error } = advice;
  // Which form it has was said by the chaincode that wrote it; what a newer one adds is passed on.
  const refused = error === undefined ? {} : { error: error as WireRejection };
  return { outcome, ...awaitingOf(advice), ...refused, blockNumber, cycle, transactionId, index };
}

function awaitingOf({ awaiting }: OutcomeAdvice): Pick<Submitted, 'awaiting'> {
  return awaiting === undefined ? {} : { awaiting };
}

function rejectedBy(advice: OutcomeAdvice | undefined, method: string): Error {
  const rejection = rejectionOf(advice?.error);
  return rejection ? new RejectedError(rejection, true) : new ResponseMalformedError(method, 'error');
}
