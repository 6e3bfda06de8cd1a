import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contract, Proposal } from '@hyperledger/fabric-gateway';
import { type Scheduler, startScheduler } from '@kessai/cli';
import {
  type ConnectOptions,
  type Market,
  RejectedError,
  type Submission,
  connect,
  publicBlocks,
  submissionsOf,
} from '@kessai/gateway-client';
import { type Json, type JsonObject, transientRequestKey } from '@kessai/interface';
import {
  ChaincodeServiceFiles,
  type Organisation,
  OrganisationFiles,
  type Profile,
  deployMarket,
  down,
  exportProfile,
  openNetwork,
  purge,
  readTopology,
  runningOf,
  status,
  up,
} from '@kessai/network';
import { PlainGateway } from '../support/plain-gateway';
import { randomSecret } from '../support/market-network';
import { until } from '../support/until';

/** Variables with which nodes are started; those that are named as undefined are not set. */
export type NodeEnvironment = Readonly<Record<string, string | undefined>>;

// The fewest that a native network can have: four orderers of four organisations, two operators that both endorse, and a peer each.
export const operators = ['ExchangeMSP', 'CsdMSP'] as const;
export const institution = 'AlphaMSP';
const members: readonly string[] = [...operators, institution, 'BetaMSP'];

/** An instruction in wire form. */
export interface Instruction {
  readonly method: string;
  readonly request: JsonObject;
}

/** An operator's peer has not received yet what was sealed at another one. */
const passing: readonly string[] = ['SubmissionUnknown', 'CollectionNotHeld'];

/**
 * A small market on real Fabric, founded, whose chaincode has the contract of keys beside its own. Cycles are made when a test asks for
 * one, until it operates the market.
 */
export class KeysNetwork implements AsyncDisposable {
  readonly #folder: string;
  readonly #gateways = new Map<string, PlainGateway>();
  readonly #markets = new Map<string, Promise<Market>>();
  readonly #schedulers: Scheduler[] = [];
  readonly directory: string;
  readonly organisations: readonly Organisation[];

  private constructor(folder: string) {
    this.#folder = folder;
    this.directory = join(folder, 'network');
    this.organisations = readTopology().organisations.filter(({ mspId }) => members.includes(mspId));
  }

  static async start(environment: NodeEnvironment = {}): Promise<KeysNetwork> {
    const made = new KeysNetwork(await mkdtemp(join(tmpdir(), 'kessai-service-')));
    try {
      await made.up(environment);
      await deployMarket({ directory: made.directory });
      await made.#found();
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
    return made;
  }

  /** Starts the nodes that do not run, with these variables. */
  async up(environment: NodeEnvironment = {}): Promise<void> {
    const topology = { ...readTopology(), organisations: this.organisations };
    const chaincodeProgram = join(__dirname, 'keys-chaincode.js');
    await withEnvironment(environment, async () =>
      up({ engine: 'native', directory: this.directory, topology, chaincodeProgram }),
    );
  }

  /** The process numbers of an organisation's chaincode service. */
  serviceOf(mspId: string): { readonly supervisor: number; readonly worker: number } {
    const { files, record } = openNetwork(this.directory);
    const supervisor = runningOf(files, record)?.nodes?.get(this.#serviceName(mspId)) ?? 0;
    const [, worker = ''] = [...this.serviceLog(mspId).matchAll(/ process (\d+) serves on port /g)].at(-1) ?? [];
    return { supervisor, worker: Number(worker) };
  }

  /** Where its peer finds an organisation's chaincode service. */
  async serviceAddress(mspId: string): Promise<string> {
    const { chaincode } = await status({ directory: this.directory });
    return chaincode?.services[this.#serviceName(mspId)] ?? '';
  }

  /** The TLS identities of an organisation's chaincode service and of the peer that calls it. */
  serviceFiles(mspId: string): ChaincodeServiceFiles {
    return new ChaincodeServiceFiles(this.#files(mspId).root);
  }

  /** The identity of an organisation's peer in the channel. */
  peerFiles(mspId: string): ReturnType<OrganisationFiles['peer']> {
    return this.#files(mspId).peer();
  }

  /** Ends an organisation's chaincode service as an administrator would. The next `up` starts it again. */
  async endService(mspId: string): Promise<void> {
    process.kill(this.serviceOf(mspId).supervisor, 'SIGTERM');
    await until(60_000, `the chaincode service of ${mspId} to end`, () => this.serviceOf(mspId).supervisor === 0);
  }

  serviceLog(mspId: string): string {
    return this.#log(this.#serviceName(mspId));
  }

  peerLog(mspId: string): string {
    return this.#log(this.#organisation(mspId).peer?.hostname ?? mspId);
  }

  profile(mspId: string): Profile {
    return exportProfile({ directory: this.directory, mspId });
  }

  /** A connection of the SDK, which its taker closes. */
  async as(mspId: string, options?: ConnectOptions): Promise<Market> {
    return connect(this.profile(mspId), options);
  }

  /** From now on a scheduler of each operator makes the cycles. */
  async operate(): Promise<void> {
    for (const mspId of operators) {
      const { chaincode } = this.profile(mspId);
      this.#schedulers.push(startScheduler(await this.#market(mspId), { chaincode }));
    }
  }

  /** Seals instructions at the sender's own peer. @returns the id of the transaction, which is on the ledger. */
  async seal(mspId: string, instructions: readonly Instruction[]): Promise<string> {
    const market = await this.#market(mspId);
    return transactionOf(await market.call('Market:Instruct', sealedRequest(instructions)));
  }

  /** A proposal that seals instructions. */
  sealing(mspId: string, instructions: readonly Instruction[]): Proposal {
    return this.proposal(mspId, 'Market:Instruct', sealedRequest(instructions), [mspId]);
  }

  /** What the next cycle is asked for, when the operator's own peer has what these transactions sealed. */
  async cycleOf(transactionIds: readonly string[], mspId: string = operators[0]): Promise<JsonObject> {
    const profile = this.profile(mspId);
    let found: readonly Submission[] = [];
    await until(60_000, `${mspId} to have what was sealed`, async () => {
      found = [];
      for await (const block of publicBlocks(profile)) found = [...found, ...submissionsOf(block, profile.chaincode)];
      found = found.filter(({ transactionId }) => transactionIds.includes(transactionId));
      return found.length === transactionIds.length;
    });
    const { number } = (await this.evaluate(mspId, 'Market:Progress')) as { readonly number: number };
    return { number: number + 1, submissions: found.map(({ place, ...one }) => ({ ...one, place: { ...place } })) };
  }

  /** Both operators endorse a cycle of what these transactions sealed. @returns its id; it is on the ledger. */
  async cycle(transactionIds: readonly string[]): Promise<string> {
    const market = await this.#market(operators[0]);
    const request = await this.cycleOf(transactionIds);
    let id: string | undefined;
    await until(60_000, 'both operators to have what was sealed', async () => {
      // The gateway refuses two endorsements that differ in anything: reads, writes, private hashes, response.
      id = await market.call('Market:Cycle', request).then(transactionOf, (error: unknown) => {
        if (error instanceof RejectedError && passing.includes(error.code)) return undefined;
        throw error;
      });
      return id !== undefined;
    });
    return id ?? '';
  }

  /** A transaction of its own as its sender makes it, for the named endorsers. */
  proposal(mspId: string, method: string, request: JsonObject, endorsers: readonly string[] = operators): Proposal {
    const transientData = { [transientRequestKey]: JSON.stringify(request) };
    return this.contract(mspId).newProposal(method, { transientData, endorsingOrganizations: [...endorsers] });
  }

  /** What the organisation's own peer answers. */
  async evaluate(mspId: string, method: string, request: JsonObject = {}): Promise<Json> {
    const transientData = { [transientRequestKey]: JSON.stringify(request) };
    const options = { transientData, endorsingOrganizations: [mspId] };
    const answer = await this.contract(mspId).evaluate(method, options);
    return JSON.parse(Buffer.from(answer).toString('utf8')) as Json;
  }

  contract(mspId: string): Contract {
    const gateway = this.#gateways.get(mspId) ?? new PlainGateway(this.profile(mspId));
    this.#gateways.set(mspId, gateway);
    return gateway.market;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const scheduler of this.#schedulers.splice(0)) await scheduler.close();
    for (const market of this.#markets.values()) await (await market).close();
    this.#markets.clear();
    for (const gateway of this.#gateways.values()) gateway[Symbol.dispose]();
    this.#gateways.clear();
    await down({ directory: this.directory });
    await purge({ directory: this.directory });
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #found(): Promise<void> {
    const exchange = await this.#market(operators[0]);
    await exchange.registry.found({
      id: 'founding',
      name: 'Test market',
      businessDate: '2023-03-30',
      operators: this.organisations.flatMap(({ role, mspId, name }) => (role === 'operator' ? { mspId, name } : [])),
      secrets: { operators: randomSecret(), board: randomSecret() },
    });
    const admissions = this.organisations.flatMap(({ mspId, name, role }) =>
      role === 'operator' ? [] : [{ method: 'Registry:AdmitMember', request: { mspId, name, role } }],
    );
    const sealed = [];
    for (const mspId of operators) sealed.push(await this.seal(mspId, admissions));
    await this.cycle(sealed);
  }

  /** A connection that is kept. */
  #market(mspId: string): Promise<Market> {
    const market = this.#markets.get(mspId) ?? this.as(mspId);
    this.#markets.set(mspId, market);
    return market;
  }

  #organisation(mspId: string): Organisation {
    const found = this.organisations.find((organisation) => organisation.mspId === mspId);
    if (!found) throw new Error(`${mspId} is not in this network`);
    return found;
  }

  #files(mspId: string): OrganisationFiles {
    return new OrganisationFiles(this.directory, this.#organisation(mspId));
  }

  #serviceName(mspId: string): string {
    return `chaincode.${this.#organisation(mspId).domain}`;
  }

  #log(name: string): string {
    return readFileSync(join(this.directory, 'logs', `${name}.log`), 'utf8');
  }
}

function sealedRequest(instructions: readonly Instruction[]): JsonObject {
  return { salt: randomSecret(), instructions: instructions.map((one) => ({ ...one })) };
}

function transactionOf(answer: Json): string {
  return (answer as { readonly transactionId: string }).transactionId;
}

/** Nodes inherit some variables of the process that starts them. */
async function withEnvironment(environment: NodeEnvironment, run: () => Promise<unknown>): Promise<void> {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(environment)) set(name, value);
  try {
    await run();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}
