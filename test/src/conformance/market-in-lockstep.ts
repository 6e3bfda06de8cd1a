import { createHash } from 'node:crypto';
import {
  type Advice,
  type CycleRequest,
  type Json,
  type JsonObject,
  Market,
  type Outcome,
  type Rejection,
  type TakenSubmission,
  decodeRejection,
  isRejection,
  marketRejections,
  transientRequestKey,
} from '@kessai/interface';
import {
  type Call,
  type CycleCost,
  type Instruction,
  type InstructionResult,
  MemoryMarket,
  type Submission,
} from '@kessai/ledger/tools';
import { allContracts as contracts } from '../support/all-contracts';
import type { ChaincodeCall, EndorsedTwice, Endorsement, Lockstep } from './lockstep';
import type { Refusal } from './refusal';
import { operators, viewer } from './twin-topology';

type CallerOf = Parameters<MemoryMarket['seal']>[0];

/** Every so many cycles another operator proposes the same one, and comes too late; every so many it is proposed when it has been made. */
const rivalEvery = 4;
const lateEvery = 6;

/**
 * The market in memory, which tells what a workload may do next; whatever is asked of it is asked of both networks too, in transactions
 * of the same bytes: what is sealed in it is sealed there, and its cycles are made there, by hand. It is the third opinion: what it
 * refuses they must refuse with the same code.
 */
export class MarketInLockstep extends MemoryMarket {
  #evaluated = 0;
  #salts = 0;
  #cycles = 0;
  /** In the midst of a cycle, whose request the networks are given in their own terms. */
  #cycling = false;
  readonly #lockstep: Lockstep;
  /** What is sealed in memory alone so far. */
  readonly #unsealed = new Map<
    Submission,
    { readonly caller: CallerOf; readonly instructions: readonly Instruction[] }
  >();
  readonly #instructions = new Map<Submission, readonly Instruction[]>();
  /** Where the networks have it, by the transaction in memory. */
  readonly #places = new Map<string, Pick<TakenSubmission, 'transactionId' | 'place'>>();
  #waiting: Submission[] = [];
  /** By method. */
  readonly methods = new Map<string, { accepted: number; refused: number }>();
  readonly rejections = new Map<string, number>();

  constructor(lockstep: Lockstep) {
    super({ contracts });
    this.#lockstep = lockstep;
  }

  override async submit(caller: CallerOf, method: string, request: JsonObject): Promise<Outcome | Rejection> {
    if (method === 'Registry:Found') return this.#found(caller, request);
    const instructions = [{ method, request }];
    const [sealed] = await this.#sealAll([{ caller: present(caller), instructions }]);
    if (sealed === undefined || isRejection(sealed)) return sealed ?? neverSealed();
    const [result] = await this.cycle([sealed]);
    if (result === undefined) throw new Error('Every instruction ends');
    if (isRejection(result)) return result;
    const { transactionId: _, ...outcome } = result;
    return outcome;
  }

  /** Sealed on the networks when a cycle takes it. */
  override seal(caller: CallerOf, instructions: readonly Instruction[]): Submission | Rejection {
    const sealed = super.seal(present(caller), instructions);
    if (isRejection(sealed)) throw new Error('What is refused when it is sealed is submitted');
    this.#unsealed.set(sealed, { caller: present(caller), instructions });
    this.#instructions.set(sealed, instructions);
    this.#waiting.push(sealed);
    return sealed;
  }

  override async cycle(submissions: readonly Submission[] = this.#waiting): Promise<readonly InstructionResult[]> {
    const results = await super.cycle(submissions);
    const asked = submissions.flatMap((one) => this.#instructions.get(one) ?? []);
    // Of what was set aside as a whole there is one result.
    if (asked.length === results.length) {
      for (const [index, { method }] of asked.entries()) {
        const result = results[index];
        this.#count(method, isRejection(result) ? result.code : undefined);
      }
    }
    return results;
  }

  override async runCycle(submissions: readonly Submission[] = this.#waiting): Promise<CycleCost> {
    const taken = [...submissions];
    this.#waiting = this.#waiting.filter((one) => !taken.includes(one));
    for (const one of taken) await this.#sealLater(one);
    const { number } = Market.methods.Progress.response.decode(await super.evaluate('CsdMSP', 'Market:Progress'), '');
    this.#cycling = true;
    const cost = await super.runCycle(taken).finally(() => {
      this.#cycling = false;
    });
    await this.#cycleThere({ number: number + 1, submissions: taken });
    return cost;
  }

  /** A proposal of a cycle: the networks are asked for it too, and nothing is ordered. */
  override async decideCycle(
    request: CycleRequest,
    ...rest: Parameters<MemoryMarket['decideCycle']> extends [CycleRequest, ...infer More] ? More : never
  ): ReturnType<MemoryMarket['decideCycle']> {
    const here = await super.decideCycle(request, ...rest);
    if (!this.#cycling) {
      const answer = await this.#lockstep.endorse(cycleCall('CsdMSP', this.#there(request)));
      this.#compare('Market:Cycle', here, refusedIn(answer));
    }
    return here;
  }

  override async evaluate(caller: CallerOf, method: string, request: JsonObject = {}): Promise<Json | Rejection> {
    const asker = present(caller);
    const here = await super.evaluate(asker, method, request);
    // Of several organisations a gateway asks the one whose peer it believes to be furthest, which is chance.
    const asked = operators[this.#evaluated % operators.length] ?? '';
    this.#evaluated += 1;
    const answer = await this.#lockstep.evaluate({ ...callOf(asker, method, request), organisations: [asked] });
    this.#compare(method, here, 'refused' in answer ? answer.refused : undefined);
    if (method === 'Market:Advices' && !isRejection(here) && 'value' in answer) {
      const there = JSON.parse(Buffer.from(answer.value).toString()) as Json;
      this.#lockstep.differences.compare('what a member is advised of, by the model', toldIn(here), toldIn(there));
    }
    return here;
  }

  /** Seals all of them before any is executed, in whatever order the ledger gives them, and makes one cycle of them. */
  async burst(calls: readonly Call[]): Promise<void> {
    const sealed = await this.#sealAll(
      calls.map(({ caller, method, request }) => ({ caller: present(caller), instructions: [{ method, request }] })),
    );
    await this.cycle(sealed.filter((one): one is Submission => !isRejection(one)));
  }

  /** Many instructions in one submission. */
  async together(caller: CallerOf, instructions: readonly Instruction[]): Promise<void> {
    const sealed = await this.#sealAll([{ caller: present(caller), instructions }]);
    await this.cycle(sealed.filter((one): one is Submission => !isRejection(one)));
  }

  /** A transaction of its own that must be refused: the networks are the only ones to say so. */
  async refuseDirect(caller: string, method: string, request: JsonObject): Promise<void> {
    const refused = refusedIn(await this.#lockstep.endorse(callOf(caller, method, request)));
    this.#count(method, refused && rejectionCode(refused));
  }

  async #found(caller: CallerOf, request: JsonObject): Promise<Outcome | Rejection> {
    const here = await super.submit(present(caller), 'Registry:Found', request);
    const answer = await this.#lockstep.endorse(callOf(present(caller), 'Registry:Found', request));
    this.#compare('Registry:Found', here, refusedIn(answer));
    if ('endorsed' in answer) await this.#commit([answer.endorsed], ['VALID']);
    return here;
  }

  /** On the networks first: the ledger gives places, and the model follows. */
  async #sealAll(
    wanted: readonly { readonly caller: CallerOf; readonly instructions: readonly Instruction[] }[],
  ): Promise<readonly (Submission | Rejection)[]> {
    const answers = await Promise.all(wanted.map(async (one) => this.#endorseSealing(one)));
    const endorsed = answers.flatMap((answer) => ('endorsed' in answer ? [answer.endorsed] : []));
    if (endorsed.length > 0)
      await this.#commit(
        endorsed,
        endorsed.map(() => 'VALID'),
      );
    const placed = answers.map((answer, index) => ({
      ...{ answer, index },
      taken: 'endorsed' in answer ? this.#placeOf(answer.endorsed) : undefined,
    }));
    placed.sort((one, other) => placeNumber(one.taken) - placeNumber(other.taken));
    const sealed: (Submission | Rejection)[] = [];
    for (const { answer, index, taken } of placed) {
      const { caller, instructions } = wanted[index] ?? { caller: '', instructions: [] };
      const here = super.seal(caller, instructions);
      this.#compare('Market:Instruct', here, refusedIn(answer));
      sealed.push(here);
      if (isRejection(here) || taken === undefined) continue;
      this.#places.set(here.transactionId, taken);
      this.#instructions.set(here, instructions);
    }
    return sealed;
  }

  async #sealLater(submission: Submission): Promise<void> {
    const known = [...this.#unsealed].find(([{ transactionId }]) => transactionId === submission.transactionId);
    if (!known) return;
    this.#unsealed.delete(known[0]);
    const answer = await this.#endorseSealing(known[1]);
    this.#compare('Market:Instruct', submission, refusedIn(answer));
    if (!('endorsed' in answer)) return;
    await this.#commit([answer.endorsed], ['VALID']);
    this.#places.set(submission.transactionId, this.#placeOf(answer.endorsed));
  }

  async #endorseSealing({
    caller,
    instructions,
  }: {
    readonly caller: CallerOf;
    readonly instructions: readonly Instruction[];
  }): Promise<Endorsement> {
    this.#salts += 1;
    const salt = createHash('sha256').update(this.#salts.toString()).digest('hex');
    const call = callOf(caller, 'Market:Instruct', { salt, instructions: instructions.map((one) => ({ ...one })) });
    return this.#lockstep.endorse({ ...call, organisations: [call.mspId] });
  }

  async #cycleThere(request: CycleRequest): Promise<void> {
    this.#cycles += 1;
    const there = this.#there(request);
    const senders = this.#cycles % 2 === 0 ? ['ExchangeMSP', 'CsdMSP'] : ['CsdMSP', 'ExchangeMSP'];
    const proposed = senders.slice(0, this.#cycles % rivalEvery === 0 ? 2 : 1);
    const answers: Endorsement[] = [];
    for (const sender of proposed) answers.push(await this.#lockstep.endorse(cycleCall(sender, there)));
    const endorsed = answers.flatMap((answer) => ('endorsed' in answer ? [answer.endorsed] : []));
    this.#lockstep.differences.compare('a cycle is made, by the model', proposed.length, endorsed.length);
    this.#count('Market:Cycle', undefined);
    await this.#commit(
      endorsed,
      endorsed.map((_, index) => (index === 0 ? 'VALID' : 'MVCC_READ_CONFLICT')),
    );
    if (this.#cycles % lateEvery !== 0) return;
    const late = await this.#lockstep.endorse(cycleCall('ExchangeMSP', there));
    if ('endorsed' in late) await this.#commit([late.endorsed], ['VALID']);
  }

  /** The same cycle in the networks' terms. */
  #there({ number, submissions }: CycleRequest): JsonObject {
    return {
      number,
      submissions: submissions.map(({ member, transactionId, place, quarantined }) => ({
        member,
        ...(this.#places.get(transactionId) ?? { transactionId, place }),
        ...(quarantined === undefined ? {} : { quarantined }),
      })),
    };
  }

  #placeOf({ proposal }: EndorsedTwice): Pick<TakenSubmission, 'transactionId' | 'place'> {
    const { transactionId } = proposal;
    return { transactionId, place: this.#lockstep.placeOf(transactionId) };
  }

  async #commit(group: readonly EndorsedTwice[], expected: readonly string[]): Promise<void> {
    if (group.length === 0) return;
    const codes = await this.#lockstep.commit(group);
    const what = `codes of ${group.map(({ name }) => name).join('; ')}, by the model`;
    // Of two that meet, the ledger chooses which was first.
    this.#lockstep.differences.compare(what, [...expected].sort(), [...codes].sort());
  }

  #compare(method: string, here: unknown, refused: Refusal | undefined): void {
    const expected = isRejection(here) ? here.code : undefined;
    const actual = refused === undefined ? undefined : rejectionCode(refused);
    this.#lockstep.differences.compare(`rejection of ${method}, by the model`, expected, actual);
    this.#count(method, actual);
  }

  #count(method: string, code: string | undefined): void {
    const counts = this.methods.get(method) ?? { accepted: 0, refused: 0 };
    this.methods.set(method, counts);
    counts[code === undefined ? 'accepted' : 'refused'] += 1;
    if (code !== undefined) this.rejections.set(code, (this.rejections.get(code) ?? 0) + 1);
  }
}

function refusedIn(answer: Endorsement): Refusal | undefined {
  return 'refused' in answer ? answer.refused : undefined;
}

/** The market's code in a refusal; its status where the market did not speak. */
function rejectionCode({ status, message, details }: Refusal): string {
  for (const text of [...details, message]) {
    const start = text.indexOf('{');
    if (start < 0) continue;
    try {
      const found = decodeRejection(marketRejections, JSON.parse(text.slice(start)));
      if (found) return found.code;
    } catch {
      // A text that only looks like one of the market's.
    }
  }
  return `${status} ${message}`;
}

interface AdvicesTold {
  readonly pages: readonly { readonly cycle: number; readonly advices: readonly Advice[] }[];
}

/** What a member was told, without the ids of transactions and the words of refusals: the ids are the model's own. */
function toldIn(answer: Json): unknown {
  const { pages } = answer as unknown as AdvicesTold;
  return pages.map(({ cycle, advices }) => ({ cycle, advices: advices.map(adviceForm) }));
}

function adviceForm(one: Advice): unknown {
  if (one.kind !== 'outcome') return one;
  const { index, method, outcome, awaiting, error } = one;
  return { index, method, outcome, awaiting, code: (error as { readonly code?: string } | undefined)?.code };
}

/** The sample day's third operator has no peer here: the second one acts for it. */
function present(caller: CallerOf): CallerOf {
  return caller === 'CcpMSP' ? 'CsdMSP' : caller;
}

function callOf(caller: CallerOf, method: string, request: JsonObject): ChaincodeCall {
  const [mspId, user] = typeof caller === 'string' ? [caller, undefined] : [caller.mspId, userOf(caller)];
  return {
    mspId,
    ...(user === undefined ? {} : { user }),
    chaincode: 'market',
    args: [method],
    transient: { [transientRequestKey]: Buffer.from(JSON.stringify(request)) },
    organisations: operators,
  };
}

function cycleCall(sender: string, request: JsonObject): ChaincodeCall {
  return callOf(sender, 'Market:Cycle', request);
}

function userOf({ nodeRole, restriction }: Exclude<CallerOf, string>): string | undefined {
  if (nodeRole !== 'client') return 'admin';
  return restriction === undefined ? undefined : viewer;
}

function placeNumber(taken: Pick<TakenSubmission, 'place'> | undefined): number {
  return taken === undefined ? 0 : taken.place.block * 1_000_000 + taken.place.transaction;
}

function neverSealed(): never {
  throw new Error('Every submission is sealed or refused');
}
