import {
  type Collection,
  type CycleRequest,
  type Instant,
  Market as MarketContract,
  type MspId,
  type Place,
  type Rejection,
  type TakenSubmission,
  isRejection,
  marketLimits,
  refuse,
} from '@kessai/interface';
import { type Clock, type Market, type Progress, clockRef, marketRef, policyRef, progressRef } from '../reference';
import { addDaysToInstant } from '../calendar';
import { type JournalPage, journalAt } from '../value/journal';
import type { JournalLines } from '../value/books';
import { Advices, type InstructionOutcome, adviceAt, cycleRecordAt, ownsCollection } from './advices';
import type { TransactionFacts } from './context';
import { Cover } from './cover';
import type { Decision } from './decision';
import { type Sender, type Setting, attempt, awaitingOf, prefetch } from './instruction';
import { type FindMethod, admit, decodeRequest, refusedNode } from './methods';
import { Overlay } from './overlay';
import { ReadRefused } from './read-refused';
import { type InstructionPlace, ownFacts } from './request-memory';
import { type Sealed, sealedAt } from './sealing';
import { type Reader, type StoredWrite, type Write, load, put, stored } from './state';
import { type CycleLimits, type Submission, takeSubmissions } from './submissions';

/** A cycle dated further than this beyond the last is refused; longer than any market stands still. */
const maxDaysAhead = 370;

/** Why a read is refused that another endorser may do, or this one at another time. */
const lackedHere: ReadonlySet<Rejection['code']> = new Set<Rejection['code']>(['CollectionNotHeld', 'RecallNeeded']);

/** The method that a submission was sent with. */
const sealingMethod = `${MarketContract.name}:Instruct`;

/** Keeps in mind what is executed, over the end of the process that executes it. */
export interface ExecutionWatch {
  /** Told before each instruction of whose submission it is; undefined: what comes now is of the whole cycle. */
  executing(submission: TakenSubmission | undefined): void;
  /** How many processes have ended while they executed the submission. */
  endedBy(submission: TakenSubmission): number;
}

export interface CycleEnvironment {
  readonly find: FindMethod;
  /** Told of an instruction that failed, and why; the market goes on without it. */
  readonly onFailure?: (method: string, cause: unknown) => void;
  /** How much a cycle takes; the market's own limits unless it is said otherwise. */
  readonly limits?: CycleLimits;
  readonly watch?: ExecutionWatch;
  /**
   * Where the clock of whoever endorses stands, and as much more as clocks may differ. A cycle that is dated later is refused here, so that
   * one operator whose clock is ahead cannot date the market ahead for all. Endorsers need not agree on it: it refuses and decides nothing.
   */
  readonly notAfter?: Instant;
}

export interface CycleDecision {
  readonly outcome: 'created' | 'exists';
  readonly number: number;
  readonly writes: readonly StoredWrite[];
  /** Collections that begin with this cycle. */
  readonly founded: readonly Collection[];
}

/** Executes submissions one after another over one evolving state, and writes what they come to once. */
export async function executeCycle(
  environment: CycleEnvironment,
  requestText: string,
  reader: Reader,
  facts: TransactionFacts,
): Promise<CycleDecision | Rejection> {
  const node = refusedNode(facts.caller);
  if (node) return node;
  const { market, clock, progress, policy } = await load(reader, {
    market: marketRef,
    clock: clockRef,
    progress: progressRef,
    policy: policyRef,
  });
  if (!market || !clock || !progress) return refuse('MarketNotFounded', {});
  const caller = admit(market, facts.caller, MarketContract.methods.Cycle);
  if (isRejection(caller)) return caller;
  const decodedRequest = decodeRequest(MarketContract.methods.Cycle, requestText);
  if (isRejection(decodedRequest)) return decodedRequest;
  const request = decodedRequest as CycleRequest;
  if (request.number <= progress.number) {
    return { outcome: 'exists', number: request.number, writes: [], founded: [] };
  }
  if (request.number > progress.number + 1) return refuse('CycleAhead', { number: progress.number });
  const ahead = refusedTime(environment, facts.time, progress.time);
  if (ahead) return ahead;
  const refusedOrder = outOfOrder(request, progress);
  if (refusedOrder) return refusedOrder;
  const suspected = suspectedIn(request, environment.watch);
  if (suspected) return suspected;
  const submissions = await takeSubmissions(reader, request, environment.limits ?? marketLimits);
  if (isRejection(submissions)) return submissions;
  const cover = await Cover.begin(reader, market, policy);
  const taken = { ...request, submissions: submissions.map(({ taken: one }) => one) };
  const run = new CycleRun(environment, cover ?? reader, { market, clock, progress, cover }, taken, facts);
  return run.execute(submissions);
}

function refusedTime({ notAfter }: CycleEnvironment, time: Instant, last: Instant): Rejection | undefined {
  const furthest = addDaysToInstant(last, maxDaysAhead);
  const latest = notAfter !== undefined && notAfter < furthest ? notAfter : furthest;
  return time > latest ? refuse('TimestampRefused', { time, earliest: last, latest }) : undefined;
}

function isAfter(a: Place, b: Place): boolean {
  return a.block !== b.block ? a.block > b.block : a.transaction > b.transaction;
}

function outOfOrder({ submissions }: CycleRequest, { heads }: Progress): Rejection | undefined {
  const last = new Map(heads.map(({ member, place }) => [member, place]));
  const seen = new Set<string>();
  let before: Place | undefined;
  for (const [index, { member, place, transactionId }] of submissions.entries()) {
    if (seen.has(transactionId)) {
      return refuse('SubmissionOutOfOrder', { field: `submissions[${index.toString()}].transactionId` });
    }
    seen.add(transactionId);
    const head = last.get(member);
    if ((before && !isAfter(place, before)) || (head && !isAfter(place, head))) {
      return refuse('SubmissionOutOfOrder', { field: `submissions[${index.toString()}].place` });
    }
    before = place;
    last.set(member, place);
  }
  return undefined;
}

/** What ended a process is executed once more, alone, so that nothing is set aside because of what was executed beside it. */
function suspectedIn({ submissions }: CycleRequest, watch: ExecutionWatch | undefined): Rejection | undefined {
  const tolerated = submissions.length === 1 ? 1 : 0;
  for (const [index, submission] of submissions.entries()) {
    if (submission.quarantined === true || (watch?.endedBy(submission) ?? 0) <= tolerated) continue;
    const { member, transactionId } = submission;
    return refuse('SubmissionSuspected', { field: `submissions[${index.toString()}]`, member, transactionId });
  }
  return undefined;
}

interface Before {
  readonly market: Market;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly cover: Cover | undefined;
}

class CycleRun {
  readonly #environment: CycleEnvironment;
  readonly #before: Before;
  readonly #request: CycleRequest;
  readonly #overlay: Overlay;
  readonly #setting: Setting;
  readonly #time: Instant;
  readonly #transactionId: string;
  readonly #advices = new Advices();
  readonly #journal = new Map<MspId, JournalLines[]>();
  readonly #founded: Collection[] = [];

  constructor(
    environment: CycleEnvironment,
    reader: Reader,
    before: Before,
    request: CycleRequest,
    { txId, time: dated }: TransactionFacts,
  ) {
    this.#environment = environment;
    this.#before = before;
    this.#request = request;
    this.#transactionId = txId;
    // The sender's clock may be behind: what happens later is not dated earlier.
    const last = before.progress.time;
    this.#time = dated > last ? dated : last;
    this.#overlay = new Overlay(reader, request, request.recall === true ? 'all' : 'none');
    const { find } = environment;
    this.#setting = { overlay: this.#overlay, find, cycle: request.number, time: this.#time, finalBefore: last };
  }

  async execute(submissions: readonly Submission[]): Promise<CycleDecision> {
    for (const { taken, sealed } of submissions) {
      // What is quarantined was not read.
      if (taken.quarantined !== true) this.#overlay.know(sealedAt(taken.member, taken.transactionId), sealed);
    }
    this.#environment.watch?.executing(undefined);
    await this.#prefetch(submissions);
    this.#assertRead();
    for (const [ordinal, submission] of submissions.entries()) await this.#submission(submission, ordinal);
    this.#environment.watch?.executing(undefined);
    this.#assertRead();
    return this.#close();
  }

  /** What all instructions read, in few rounds: each names its keys beside the others. */
  async #prefetch(submissions: readonly Submission[]): Promise<void> {
    await Promise.allSettled(
      submissions.flatMap(({ taken, sealed }) =>
        isRejection(sealed)
          ? []
          : sealed.instructions.map(async (instruction) =>
              prefetch(this.#setting, senderOf(taken.member, sealed), instruction),
            ),
      ),
    );
  }

  async #submission({ taken, sealed }: Submission, ordinal: number): Promise<void> {
    const { member, transactionId } = taken;
    this.#advices.begin(member, transactionId);
    if (isRejection(sealed)) {
      // What its instructions are is not known: they are refused together, as what was sent.
      this.#advices.ended(member, sealingMethod, { outcome: 'refused', rejection: sealed });
      return;
    }
    const sender = senderOf(member, sealed);
    for (const [index, instruction] of sealed.instructions.entries()) {
      this.#environment.watch?.executing(taken);
      const mark = this.#overlay.mark();
      const ended = await this.#instruction(sender, instruction, { cycle: this.#request.number, ordinal, index });
      if (ended.outcome === 'refused') this.#overlay.rollBack(mark);
      this.#advices.ended(member, instruction.method, ended);
    }
  }

  async #instruction(
    sender: Sender,
    instruction: Sealed['instructions'][number],
    place: InstructionPlace,
  ): Promise<InstructionOutcome> {
    const { overlay } = this.#setting;
    const mark = overlay.mark();
    try {
      const tried = await attempt(this.#setting, sender, instruction);
      if ('ended' in tried) {
        overlay.rollBack(mark);
        return tried.ended;
      }
      const { decision, reference, prepared, effective } = tried;
      if (!effective) {
        overlay.rollBack(mark);
        overlay.apply(decision.writes);
        return awaitingOf(decision, prepared.method);
      }
      await Promise.all((decision.remembered ?? []).map(async ({ member }) => overlay.memory.open(ownFacts(member))));
      this.#take(decision);
      for (const [member, lines] of overlay.books.linesSince(mark.books, reference)) {
        const journal = this.#journal.get(member) ?? [];
        const hidden = decision.anonymous === true && member !== sender.mspId;
        journal.push(hidden ? { ...lines, reference: prepared.context.method } : lines);
        this.#journal.set(member, journal);
      }
      const { owner, id, context } = prepared;
      const { businessDate } = context.clock;
      if (id !== undefined) overlay.memory.remember(owner, `${context.method} ${id}`, place, businessDate);
      for (const { member, name } of decision.remembered ?? []) {
        overlay.memory.remember(ownFacts(member), name, place, businessDate);
      }
      return { outcome: decision.outcome };
    } catch (error) {
      if (error instanceof ReadRefused) {
        // What this endorser lacks for a moment is no fault of the instruction.
        if (lackedHere.has(error.rejection.code)) throw error;
        return { outcome: 'refused', rejection: error.rejection };
      }
      if (overlay.failure) throw error;
      this.#environment.onFailure?.(instruction.method, error);
      return { outcome: 'refused', rejection: refuse('InstructionFailed', { method: instruction.method }) };
    }
  }

  /** What a peer could not read another may have read: such a cycle comes to nothing. */
  #assertRead(): void {
    if (this.#overlay.failure) throw this.#overlay.failure.cause;
  }

  #take({ writes, appended = [], advices = [], founded = [] }: Decision): void {
    this.#overlay.apply(writes);
    this.#overlay.append(appended);
    this.#advices.add(advices);
    this.#founded.push(...founded);
  }

  async #close(): Promise<CycleDecision> {
    const { number, submissions } = this.#request;
    const { market, clock } = await load(this.#overlay, { market: marketRef, clock: clockRef });
    if (!market || !clock) throw new Error('No instruction takes the market away');
    const head = { cycle: number, time: this.#time, clock, transactionId: this.#transactionId };
    const trades = this.#overlay.trades.close();
    this.#advices.add(trades.advices);
    const writes: Write[] = [
      ...this.#overlay.changes(),
      ...this.#overlay.books.close(number),
      ...trades.writes,
      ...this.#overlay.memory.close(),
      ...[...this.#journal].map(([member, instructions]) =>
        put(journalAt(member, number), {
          ...{ businessDate: clock.businessDate, sequence: clock.sequence, cycle: number, time: this.#time },
          transactionId: this.#transactionId,
          instructions,
          closing: this.#overlay.books.closing(member, instructions),
        } satisfies JournalPage),
      ),
    ];
    const operators = [];
    // Every member is written to in every cycle, so that it does not show to whom something happened.
    for (const { mspId: member, role } of market.members) {
      const body = this.#advices.of(member);
      if (ownsCollection(role)) writes.push(put(adviceAt(member, number), { ...head, ...body }));
      else if (body.outcomes.length + body.advices.length > 0) operators.push({ member, ...body });
    }
    writes.push(put(cycleRecordAt(number), { ...head, submissions: [...submissions], operators }));
    writes.push(put(progressRef, this.#progress()));
    const decided = writes.map(stored);
    const covered = this.#before.cover?.close(number, decided) ?? decided;
    return { outcome: 'created', number, writes: covered, founded: this.#founded };
  }

  #progress(): Progress {
    const { number, submissions } = this.#request;
    const heads = new Map(this.#before.progress.heads.map(({ member, place }) => [member, place]));
    for (const { member, place } of submissions) heads.set(member, place);
    return {
      number,
      time: this.#time,
      heads: [...heads].sort(([a], [b]) => (a < b ? -1 : 1)).map(([member, place]) => ({ member, place })),
      // With their transactions: that one was executed at the place of another shows to whoever reads blocks.
      taken: submissions,
    };
  }
}

function senderOf(member: MspId, { restriction }: Sealed): Sender {
  return { mspId: member, restriction };
}
