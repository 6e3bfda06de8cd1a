import {
  type BusinessDate,
  type ContractDefinition,
  type CycleRequest,
  type Instant,
  type Json,
  type JsonObject,
  Market,
  type MspId,
  type Outcome,
  type OutcomeAdvice,
  type Place,
  type Rejection,
  allMethods,
  decodeRejection,
  isRejection,
  marketRejections,
} from '@kessai/interface';
import { addDays } from '../calendar';
import type { Caller, TransactionFacts } from '../kernel/context';
import { type ExecutionWatch, executeCycle } from '../kernel/cycle';
import type { CycleLimits } from '../kernel/submissions';
import type { LooseImplementation } from '../kernel/decision';
import { executeEvaluate, executeFounding } from '../kernel/execute';
import { marketContract } from '../kernel/market-queries';
import type { FindMethod } from '../kernel/methods';
import { executeInstruct } from '../kernel/sealing';
import { type Reader, type StoredWrite, load, put, stored } from '../kernel/state';
import { instrumentAt, progressRef } from '../reference';
import { MemoryLedger } from './memory-ledger';

const millisecondsOfDay = 86_400_000;
const methodsOfMarket = new Map(allMethods().map((entry) => [entry.fullName, entry]));

export interface MemoryMarketOptions {
  /** By contract name. A scenario needs only the contracts that it calls. */
  readonly contracts: Readonly<Record<string, LooseImplementation>>;
  /** Contracts beside those of the market. */
  readonly definitions?: readonly ContractDefinition[];
  readonly founders?: readonly string[];
  /** First business day of the transactions' timestamps, which are a second apart from midnight on. */
  readonly start?: string;
  /** How much a cycle takes of what it is offered; everything unless it is said otherwise. */
  readonly limits?: CycleLimits;
}

const unlimited: CycleLimits = {
  memberInstructions: Number.MAX_SAFE_INTEGER,
  memberBesideOthers: Number.MAX_SAFE_INTEGER,
  cycleInstructions: Number.MAX_SAFE_INTEGER,
  instructionCharacters: Number.MAX_SAFE_INTEGER,
};

/** An instruction as a test names it. */
export interface Instruction {
  readonly method: string;
  readonly request: JsonObject;
  readonly goodUntil?: string;
  readonly notBefore?: string;
}

/** What was sealed and waits for a cycle. */
export interface Submission {
  readonly member: MspId;
  readonly transactionId: string;
  readonly place: Place;
}

/** What a cycle cost. */
export interface CycleCost {
  readonly writes: readonly StoredWrite[];
  readonly rounds: number;
}

/** How one instruction ended, as its sender is advised. */
export type InstructionResult = (Outcome & { readonly transactionId: string }) | Rejection;

/**
 * A whole market in memory: the contracts' own handlers behind the kernel, without Fabric. Requests are given in wire form (quantities
 * as decimal strings), as a client sends them.
 */
export class MemoryMarket {
  readonly ledger = new MemoryLedger();
  /** What cycles tell of what they execute, if anybody listens. */
  watch: ExecutionWatch | undefined;
  /** Where the clocks of those who endorse stand, with what they tolerate; undefined: they take the sender's word. */
  notAfter: Instant | undefined;
  /** What failed without a reason of its own, in the order in which it did. */
  readonly failures: { readonly method: string; readonly cause: unknown }[] = [];
  readonly #methods = new Map(methodsOfMarket);
  readonly #contracts: MemoryMarketOptions['contracts'];
  readonly #founders: readonly MspId[];
  readonly #start: BusinessDate;
  readonly #limits: CycleLimits;
  #waiting: Submission[] = [];
  #transactions = 0;
  #milliseconds = 0;

  constructor({
    contracts,
    definitions = [],
    founders = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'],
    start = '2023-03-01',
    limits = unlimited,
  }: MemoryMarketOptions) {
    this.#limits = limits;
    this.#contracts = { ...contracts, Market: marketContract(this.#find) };
    for (const { name: contract, methods } of definitions) {
      for (const [name, method] of Object.entries(methods)) {
        const fullName = `${contract}:${name}`;
        this.#methods.set(fullName, { contract, name, fullName, method });
      }
    }
    this.#founders = founders as readonly MspId[];
    this.#start = start as BusinessDate;
  }

  /** The instant of the next transaction. */
  get now(): Instant {
    const pad = (value: number, width: number): string => Math.floor(value).toString().padStart(width, '0');
    const day = this.#milliseconds % millisecondsOfDay;
    const time = `${pad(day / 3_600_000, 2)}:${pad((day / 60_000) % 60, 2)}:${pad((day / 1_000) % 60, 2)}.${pad(day % 1_000, 3)}`;
    return `${addDays(this.#start, Math.floor(this.#milliseconds / millisecondsOfDay))}T${time}Z` as Instant;
  }

  /** Lets time pass before the next transaction. */
  wait(milliseconds: number): void {
    this.#milliseconds += milliseconds;
  }

  /** Goes on with the numbers of another market whose ledger this one has been given. */
  continueAfter(other: MemoryMarket): void {
    this.#transactions = other.#transactions;
  }

  /** One call, to its end: sealed and executed by a cycle of its own, or sent directly. */
  async submit(caller: string | Caller, method: string, request: JsonObject): Promise<Outcome | Rejection> {
    if (method === 'Registry:Found') return this.#found(caller, request);
    const sealed = this.seal(caller, [{ method, request }]);
    if (isRejection(sealed)) return sealed;
    const [result] = await this.cycle([sealed]);
    if (!result) throw new Error('Every instruction ends');
    if (isRejection(result)) return result;
    const { transactionId: _, ...outcome } = result;
    return outcome;
  }

  /**
   * The same of an act that others must approve: they do. `by` begins, then operators and the instrument's issuer in turn.
   */
  async act(method: string, request: JsonObject, by = 'ExchangeMSP'): Promise<Outcome | Rejection> {
    let answer = await this.submit(by, method, request);
    for (const operator of ['ExchangeMSP', 'CsdMSP', 'CcpMSP'].filter((one) => one !== by)) {
      if (isRejection(answer) || answer.awaiting?.includes('operator') !== true) break;
      answer = await this.submit(operator, method, request);
    }
    if (isRejection(answer) || answer.awaiting?.includes('issuer') !== true) return answer;
    const { instrument } = await load(this.ledger.simulate().reader, {
      instrument: instrumentAt(request['isin'] as Parameters<typeof instrumentAt>[0]),
    });
    return this.submit(instrument?.issuer ?? '', method, request);
  }

  /** Seals instructions as one submission, which waits until a cycle takes it. */
  seal(caller: string | Caller, instructions: readonly Instruction[]): Submission | Rejection {
    const facts = this.#facts(caller);
    const salt = facts.txId;
    const request = { salt, instructions: instructions.map((one) => ({ ...one })) };
    const writes = executeInstruct(JSON.stringify(request), facts);
    if (isRejection(writes)) return writes;
    this.ledger.commit({ versions: new Map() }, writes);
    const { mspId: member } = facts.caller;
    const submission = { member, transactionId: facts.txId, place: { block: this.#transactions, transaction: 0 } };
    this.#waiting.push(submission);
    return submission;
  }

  /**
   * Executes what waits, or of it the submissions named, in one cycle.
   * @returns how each of their instructions ended, in order.
   */
  async cycle(submissions: readonly Submission[] = this.#waiting): Promise<readonly InstructionResult[]> {
    await this.runCycle(submissions);
    const { progress } = await load(this.ledger.simulate().reader, { progress: progressRef });
    const cycle = progress?.number ?? 0;
    const results: InstructionResult[] = [];
    for (const { member, transactionId } of submissions) {
      const answer = await this.evaluate(member, 'Market:Advices', { from: cycle, limit: 1 });
      if (isRejection(answer)) {
        // Whoever is no member is not advised.
        results.push(answer);
        continue;
      }
      const { pages } = Market.methods.Advices.response.decode(answer, '');
      const told = pages
        .flatMap(({ advices }) => advices)
        .filter((one): one is OutcomeAdvice => one.kind === 'outcome');
      results.push(...told.filter((one) => one.transactionId === transactionId).map(resultOf));
    }
    return results;
  }

  /** Executes a cycle of these submissions and tells what it cost. */
  async runCycle(submissions: readonly Submission[] = this.#waiting): Promise<CycleCost> {
    const { reader, readSet } = this.ledger.simulate();
    const { progress } = await load(reader, { progress: progressRef });
    const request: CycleRequest = { number: (progress?.number ?? 0) + 1, submissions };
    const roundsBefore = this.ledger.rounds;
    const decision = await this.decideCycle(request, reader);
    if (isRejection(decision)) throw new Error(`The cycle was refused: ${JSON.stringify(decision)}`);
    if (!this.ledger.commit(readSet, decision.writes)) throw new Error('A cycle alone on the ledger cannot conflict');
    const { progress: after } = await load(this.ledger.simulate().reader, { progress: progressRef });
    const taken = new Set(after?.taken.map(({ transactionId }) => transactionId));
    this.#waiting = this.#waiting.filter(({ transactionId }) => !taken.has(transactionId));
    return { writes: decision.writes, rounds: this.ledger.rounds - roundsBefore };
  }

  /** As if so many cycles more had been made, with nothing in them. */
  async skipCycles(count: number): Promise<void> {
    const { progress } = await load(this.ledger.simulate().reader, { progress: progressRef });
    if (!progress) throw new Error('There is no market');
    const further = { ...progress, number: progress.number + count, taken: [] };
    this.ledger.commit({ versions: new Map() }, [stored(put(progressRef, further))]);
  }

  /** A cycle as one scheduler sends it; nothing is committed. */
  async decideCycle(
    request: CycleRequest,
    reader: Reader = this.ledger.simulate().reader,
    by: string | Caller = 'ExchangeMSP',
  ): ReturnType<typeof executeCycle> {
    const environment = {
      find: this.#find,
      limits: this.#limits,
      onFailure: (method: string, cause: unknown) => void this.failures.push({ method, cause }),
      ...(this.watch ? { watch: this.watch } : {}),
      ...(this.notAfter === undefined ? {} : { notAfter: this.notAfter }),
    };
    const text = JSON.stringify(Market.methods.Cycle.request.encode(request));
    return executeCycle(environment, text, reader, this.#facts(by));
  }

  /** Answers in wire form. */
  async evaluate(caller: string | Caller, method: string, request: JsonObject = {}): Promise<Json | Rejection> {
    const found = this.#find(method);
    if (!found) throw new Error(`No handler for ${method}`);
    const { reader } = this.ledger.simulate();
    const text = JSON.stringify(request);
    const answer = await executeEvaluate(found.entry, found.handler, text, reader, this.#facts(caller));
    return isRejection(answer) ? answer : (answer as { response: Json }).response;
  }

  async #found(caller: string | Caller, request: JsonObject): Promise<Outcome | Rejection> {
    const found = this.#find('Registry:Found');
    if (!found) throw new Error('No handler for Registry:Found');
    const { reader, readSet } = this.ledger.simulate();
    const decision = await executeFounding(found, JSON.stringify(request), reader, this.#facts(caller));
    if (isRejection(decision)) return decision;
    this.ledger.commit(readSet, decision.writes);
    return { outcome: decision.outcome };
  }

  readonly #find: FindMethod = (method) => {
    const entry = this.#methods.get(method);
    const handler = entry && this.#contracts[entry.contract]?.[entry.name];
    return entry && handler ? { entry, handler } : undefined;
  };

  #facts(caller: string | Caller): TransactionFacts {
    this.#transactions += 1;
    const time = this.now;
    this.#milliseconds += 1_000;
    return {
      txId: this.#transactions.toString(16).padStart(64, '0'),
      time,
      caller:
        typeof caller === 'string' ? { mspId: caller as MspId, nodeRole: 'client', restriction: undefined } : caller,
      founders: this.#founders,
    };
  }
}

function resultOf({ transactionId, outcome, awaiting, error }: OutcomeAdvice): InstructionResult {
  if (outcome !== 'refused') return { transactionId, outcome, ...(awaiting === undefined ? {} : { awaiting }) };
  const rejection = decodeRejection(marketRejections, error);
  if (!rejection) throw new Error(`Not a rejection of the market: ${JSON.stringify(error)}`);
  const { message: _, ...rest } = rejection;
  return rest as Rejection;
}
