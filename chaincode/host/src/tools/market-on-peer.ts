import { type JsonObject, Market, type MspId, type OutcomeAdvice, type Place, type Role } from '@kessai/interface';
import { type Log, logTo } from '@kessai/telemetry';
import { MarketChaincode } from '../chaincode';
import { marketContracts } from '../implementations';
import type { TransactionEnvironment } from '../transaction';
import { type RunningServer, type ServerOptions, serve } from '../server';
import { certificateOf } from './certificates';
import { notesContract } from './notes-contract';
import type { Call } from './proposals';
import { type ChaincodeAnswer, type PeerOptions, ScriptedPeer } from './scripted-peer';

export const operators = ['ExchangeMSP', 'CsdMSP'] as const;
export const [operator] = operators;
export const secrets = { operators: '1'.repeat(64), board: '2'.repeat(64) };
export const batchPeer: PeerOptions = { offer: { keys: 1_000, records: 1_000 } };

const client = certificateOf({ name: 'user1', units: ['client'] });

/** An instruction as a test names it. */
export interface Instruction {
  readonly method: string;
  readonly request: JsonObject;
  readonly goodUntil?: string;
  readonly notBefore?: string;
}

/** What was sealed, and where it stands in the ledger's order. */
export interface SealedSubmission {
  readonly member: string;
  readonly transactionId: string;
  readonly place: Place;
}

/**
 * The market's chaincode served over the real shim to a scripted peer, with the contract of notes beside its own. Each transaction that is
 * committed has a block to itself. Two of these that do the same hold the same, byte by byte.
 */
export class MarketOnPeer {
  readonly peer: ScriptedPeer;
  readonly chaincode: MarketChaincode;
  readonly logged: readonly string[];
  /** All that the chaincode has answered. */
  readonly answers: ChaincodeAnswer[] = [];
  readonly #server: RunningServer;
  #transactions = 0;
  #blocks = 0;
  #cycles = 0;
  #waiting: SealedSubmission[] = [];

  private constructor(
    peer: ScriptedPeer,
    chaincode: MarketChaincode,
    server: RunningServer,
    logged: readonly string[],
  ) {
    this.peer = peer;
    this.chaincode = chaincode;
    this.#server = server;
    this.logged = logged;
  }

  static async start(
    options: PeerOptions = batchPeer,
    settings: Pick<ServerOptions, 'batchedIo' | 'streamLog' | 'observer'> &
      Pick<TransactionEnvironment, 'now' | 'observer'> = {},
  ): Promise<MarketOnPeer> {
    const logged: string[] = [];
    const log: Log = logTo({ write: (line) => logged.push(line) });
    const contracts = [...marketContracts, notesContract];
    const { now, ...served } = settings;
    const { observer } = settings;
    const founders = operators as readonly string[] as MspId[];
    const chaincode = new MarketChaincode(contracts, {
      founders,
      log,
      ...(now ? { now } : {}),
      ...(observer ? { observer } : {}),
    });
    const place = { packageId: 'market:1', address: '127.0.0.1:0', tls: undefined };
    const server = await serve(chaincode, { ...place, ...served });
    return new MarketOnPeer(await ScriptedPeer.connect(server.port, options), chaincode, server, logged);
  }

  get port(): number {
    return this.#server.port;
  }

  /** Any proposal: what is not given is that of a client of the first operator. */
  execute(call: Partial<Call> & Pick<Call, 'arguments'>): Promise<ChaincodeAnswer> {
    return this.#run(this.#completed(call));
  }

  /** A transaction of its own; nothing is committed. */
  call(method: string, request: JsonObject = {}, mspId: string = operator): Promise<ChaincodeAnswer> {
    return this.#run(this.proposal(method, request, mspId));
  }

  /** For a peer beside this one, or for this one more than once. */
  proposal(method: string, request: JsonObject, mspId: string = operator): Call {
    return this.#completed({ arguments: [method], request: JSON.stringify(request), mspId });
  }

  async found(): Promise<ChaincodeAnswer> {
    const answer = await this.call('Registry:Found', {
      id: 'FOUNDING',
      name: 'Test market',
      businessDate: '2023-03-01',
      operators: operators.map((mspId) => ({ mspId, name: mspId })),
      secrets,
    });
    this.#commit(answer);
    return answer;
  }

  /** Admits a member: both operators ask for it, each in a cycle of its own. */
  async admit(mspId: string, role: Role = 'institution'): Promise<void> {
    for (const asking of operators) {
      const ended = await this.submit('Registry:AdmitMember', { mspId, role, name: mspId }, asking);
      if (ended.outcome !== 'created') throw new Error(`${mspId} is not admitted: ${JSON.stringify(ended)}`);
    }
  }

  /** One instruction to its end: sealed, executed by the next cycle. How its sender is advised of it. */
  async submit(method: string, request: JsonObject, mspId: string = operator): Promise<OutcomeAdvice> {
    const { transactionId } = await this.seal([{ method, request }], mspId);
    const cycle = await this.cycle();
    if (cycle.status !== 200) throw new Error(`The cycle was refused: ${cycle.message}`);
    const [outcome] = await this.outcomes(transactionId, mspId);
    if (!outcome) throw new Error(`${mspId} is not advised of what it sealed`);
    return outcome;
  }

  /** Seals instructions in one transaction, which waits for the next cycle. */
  async seal(instructions: readonly Instruction[], mspId: string = operator): Promise<SealedSubmission> {
    const salt = this.#transactions.toString(16).padStart(64, '0');
    const request = { salt, instructions: instructions.map((one) => ({ ...one })) };
    const proposal = this.proposal('Market:Instruct', request, mspId);
    const answer = await this.#run(proposal);
    if (answer.status !== 200) throw new Error(`Nothing was sealed: ${answer.message}`);
    this.#commit(answer);
    const submission = {
      member: mspId,
      transactionId: proposal.txId,
      place: { block: this.#blocks, transaction: 0 },
    };
    this.#waiting.push(submission);
    return submission;
  }

  /** Executes what was sealed since the last cycle. */
  async cycle(): Promise<ChaincodeAnswer> {
    const answer = await this.call('Market:Cycle', this.nextCycle());
    if (answer.status === 200) {
      this.#commit(answer);
      this.#cycles += 1;
      this.#waiting = [];
    }
    return answer;
  }

  /** What the next cycle is asked for. */
  nextCycle(): { readonly number: number; readonly submissions: JsonObject[] } {
    return {
      number: this.#cycles + 1,
      submissions: this.#waiting.map(({ place, ...rest }) => ({ ...rest, place: { ...place } })),
    };
  }

  /** How the instructions of a transaction ended in the last cycle, as their sender is advised. */
  async outcomes(transactionId: string, mspId: string): Promise<readonly OutcomeAdvice[]> {
    const answer = await this.call('Market:Advices', { from: this.#cycles, limit: 1 }, mspId);
    if (answer.status !== 200) throw new Error(`${mspId} is not advised: ${answer.message}`);
    const { pages } = Market.methods.Advices.response.decode(JSON.parse(answer.payload), '');
    const told = pages.flatMap(({ advices }) => advices);
    return told.filter((one): one is OutcomeAdvice => one.kind === 'outcome' && one.transactionId === transactionId);
  }

  async #run(call: Call): Promise<ChaincodeAnswer> {
    const answer = await this.peer.execute(call);
    this.answers.push(answer);
    return answer;
  }

  #commit({ status, writes }: ChaincodeAnswer): void {
    if (status !== 200) return;
    this.#blocks += 1;
    this.peer.commit(writes);
  }

  #completed(call: Partial<Call> & Pick<Call, 'arguments'>): Call {
    this.#transactions += 1;
    return {
      mspId: operator,
      certificate: client,
      time: new Date(Date.UTC(2023, 2, 1, 0, 0, this.#transactions)).toISOString(),
      txId: this.#transactions.toString(16).padStart(64, '0'),
      ...call,
    };
  }

  close(): void {
    this.peer.close();
    this.#server.close();
  }
}
