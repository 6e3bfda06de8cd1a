import {
  type BusinessDate,
  type Instant,
  type Json,
  type JsonObject,
  type MethodEntry,
  type MspId,
  type Outcome,
  type Rejection,
  allMethods,
  isRejection,
} from '@kessai/interface';
import { addDays } from '../calendar';
import type { Caller } from '../context';
import type { LooseImplementation } from '../decision';
import { executeEvaluate, executeSubmit } from '../execute';
import type { Write } from '../state';
import { MemoryLedger, type ReadSet } from './memory-ledger';

const millisecondsOfDay = 86_400_000;

/** A submit that was endorsed and waits to be committed. */
export interface Endorsed {
  readonly readSet: ReadSet;
  readonly writes: readonly Write[];
  readonly outcome: Outcome;
}

export interface MemoryMarketOptions {
  /** By contract name. A scenario needs only the contracts that it calls. */
  readonly contracts: Readonly<Record<string, LooseImplementation>>;
  readonly founders?: readonly string[];
  /** First business day of the transactions' timestamps, which are a second apart from midnight on. */
  readonly start?: string;
}

/**
 * A whole market in memory: the contracts' own handlers behind the kernel, without Fabric. Requests are given in wire form (quantities
 * as decimal strings), as a client sends them.
 */
export class MemoryMarket {
  readonly ledger = new MemoryLedger();
  readonly #methods = new Map(allMethods().map((entry) => [entry.fullName, entry]));
  readonly #contracts: MemoryMarketOptions['contracts'];
  readonly #founders: readonly MspId[];
  #transactions = 0;
  #milliseconds = 0;
  readonly #start: BusinessDate;

  constructor({
    contracts,
    founders = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'],
    start = '2023-03-01',
  }: MemoryMarketOptions) {
    this.#contracts = contracts;
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

  /** Endorses and commits. */
  async submit(caller: string | Caller, method: string, request: JsonObject): Promise<Outcome | Rejection> {
    const endorsed = await this.endorse(caller, method, request);
    if (isRejection(endorsed)) return endorsed;
    if (!this.commit(endorsed)) throw new Error('A transaction alone on the ledger cannot conflict');
    return endorsed.outcome;
  }

  /** Endorses only: for transactions that overtake each other. `at` dates it otherwise than now. */
  async endorse(
    caller: string | Caller,
    method: string,
    request: JsonObject,
    at?: string,
  ): Promise<Endorsed | Rejection> {
    const { entry, handler } = this.#find(method);
    const { reader, readSet } = this.ledger.simulate();
    const decision = await executeSubmit(entry, handler, JSON.stringify(request), reader, this.#facts(caller, at));
    if (isRejection(decision)) return decision;
    const { writes, outcome } = decision;
    return { readSet, writes, outcome: { outcome } };
  }

  /** False: something it read has changed since it was endorsed. */
  commit({ readSet, writes }: Endorsed): boolean {
    return this.ledger.commit(readSet, writes);
  }

  /** Answers in wire form. */
  async evaluate(caller: string | Caller, method: string, request: JsonObject = {}): Promise<Json | Rejection> {
    const { entry, handler } = this.#find(method);
    const { reader } = this.ledger.simulate();
    const answer = await executeEvaluate(entry, handler, JSON.stringify(request), reader, this.#facts(caller));
    return isRejection(answer) ? answer : (answer as { response: Json }).response;
  }

  #find(method: string): { entry: MethodEntry; handler: LooseImplementation[string] } {
    const entry = this.#methods.get(method);
    const handler = entry && this.#contracts[entry.contract]?.[entry.name];
    if (!handler) throw new Error(`No handler for ${method}`);
    return { entry, handler };
  }

  #facts(caller: string | Caller, at?: string): Parameters<typeof executeSubmit>[4] {
    this.#transactions += 1;
    const time = at ?? this.now;
    if (at === undefined) this.#milliseconds += 1_000;
    return {
      txId: this.#transactions.toString(16).padStart(64, '0'),
      time: time as Instant,
      caller:
        typeof caller === 'string' ? { mspId: caller as MspId, nodeRole: 'client', restriction: undefined } : caller,
      founders: this.#founders,
    };
  }
}
