import {
  type ContractDefinition,
  type Json,
  type MethodEntry,
  type MspId,
  Registry,
  contracts,
  refuse,
} from '@kessai/interface';
import type { ContractClients } from './api-types';
import { AdviceFeed } from './advice-feed';
import { AdviceReader } from './advice-reader';
import { MarketAdvices } from './advice-stream';
import { Connection } from './connection';
import { CycleHints } from './cycle-hints';
import { Evaluation } from './evaluation';
import { MarketEvents } from './events';
import { Freshness } from './freshness';
import { InFlight } from './in-flight';
import { type InstructOptions, type InstructionRequest, Instructions } from './instructions';
import { withJsonForm } from './json-form';
import { GatewayRefusedError, RejectedError } from './market-error';
import { fullNameOf, methodNamed } from './method-names';
import { OperatorDirectory } from './operator-directory';
import { type CheckedKeylessProfile, type KeylessProfile, type Profile, checkProfile, readProfile } from './profile';
import { requestText, wireRequestText } from './request-text';
import { type Response, readResponse } from './response-text';
import type { Committed, Instructed, Sealed, Submitted } from './results';
import type { CoverBeat } from './sealer';
import {
  type CallOptions,
  type ConnectOptions,
  type CoverOptions,
  type InstructionOptions,
  type Settings,
  settingsOf,
} from './settings';
import { Submission } from './submission';

/** How many operators endorse a transaction of the market where neither profile nor options say. */
const standardEndorsements = 2;

/** A member's connection to the market, whatever its role. */
export interface MarketConnection extends AsyncDisposable {
  /** Whose it is. */
  readonly mspId: MspId;
  readonly channel: string;
  /** Blocks and events of the channel. */
  readonly events: MarketEvents;
  /** What happens to the member, cycle by cycle. */
  readonly advices: MarketAdvices;
  /**
   * One call of any method by its name, `Contract:Method`, in wire form: amounts are decimal strings. An instruction answers
   * `{ outcome, transactionId, blockNumber, cycle }`, and `awaiting` where it needs approvals; with `until: 'sealed'`
   * `{ outcome, transactionId, index, blockNumber }`. A transaction of its own answers `{ outcome, transactionId, blockNumber }`.
   * @throws MarketError
   */
  call(method: string, request: string | Json, options?: InstructionOptions): Promise<Json>;
  /**
   * Seals many instructions in their order as one submission, or as several, one after another, where they do not fit one, and answers
   * what cycles made of each. A refused one is answered, not thrown. None at all seals a submission that does nothing.
   * @throws MarketError where one is malformed, with nothing sent; or where something could not be sealed, or its outcome not be learnt:
   * then what has an id may be sent again.
   */
  instruct(
    instructions: readonly InstructionRequest[],
    options: InstructOptions & { readonly until: 'sealed' },
  ): Promise<readonly Sealed[]>;
  instruct(
    instructions: readonly InstructionRequest[],
    options?: InstructOptions & { readonly until?: 'executed' },
  ): Promise<readonly Instructed[]>;
  /**
   * Seals at a steady beat from now on: one submission in each interval with what was called since the last one, as far as it fits, or with
   * nothing. Who watches the ledger cannot tell one from the other. Another beat takes its place.
   */
  cover(options: CoverOptions): CoverBeat;
  /**
   * Refuses new calls, ends streams, and closes the connection. What was being sealed is sealed and what was sent is ordered; calls that
   * wait for a cycle end with UnknownOutcomeError, and those that are not sealed yet with CancelledError.
   */
  close(): Promise<void>;
}

/** The market: a client for each contract, and the connection. */
export type Market = MarketConnection & ContractClients;

/**
 * Connects as the user of a profile. The connection is made with the first call.
 * @param profile the path of a profile file, or a profile; without a key where `options.signer` signs.
 * @throws ProfileError where a field of the profile is missing or wrong.
 */
export async function connect(profile: string | Profile, options?: ConnectOptions): Promise<Market>;
export async function connect(
  profile: string | KeylessProfile,
  options: ConnectOptions & Required<Pick<ConnectOptions, 'signer'>>,
): Promise<Market>;
export async function connect(profile: string | KeylessProfile, options: ConnectOptions = {}): Promise<Market> {
  const checked = typeof profile === 'string' ? await readProfile(profile, options) : checkProfile(profile, options);
  const client = new MarketClient(checked, options);
  return Object.assign(client, contractClients(client));
}

class MarketClient implements MarketConnection {
  readonly mspId: MspId;
  readonly channel: string;
  readonly events: MarketEvents;
  readonly advices: MarketAdvices;
  readonly #connection: Connection;
  readonly #evaluation: Evaluation;
  readonly #submission: Submission;
  readonly #instructions: Instructions;
  readonly #calls = new InFlight(Number.POSITIVE_INFINITY);
  #closing: Promise<void> | undefined;

  constructor(profile: CheckedKeylessProfile, options: ConnectOptions) {
    const { gatewayOptions } = profile;
    const settings: Settings = settingsOf(options, gatewayOptions.deadlines);
    this.mspId = profile.mspId;
    this.channel = profile.channel;
    const { signer } = options;
    const connection = new Connection(profile, signer && { signer, deadlineMs: settings.deadlines.signMs });
    const directory = new OperatorDirectory(
      connection.home,
      options.operators ?? gatewayOptions.operators,
      options.endorsements ?? gatewayOptions.endorsements ?? standardEndorsements,
      () => this.#operatorsOfMarket(),
    );
    const freshness = new Freshness(connection);
    const evaluation = new Evaluation(connection, settings, directory, freshness);
    const events = new MarketEvents(connection, settings);
    const hints = new CycleHints((signal) => events.chaincode({ signal }));
    const reader = new AdviceReader(connection, evaluation, settings.deadlines.evaluateMs);
    const feed = new AdviceFeed(reader, hints, freshness, settings);
    this.#connection = connection;
    this.#evaluation = evaluation;
    this.#submission = new Submission(connection, settings, directory, freshness);
    this.#instructions = new Instructions(this.#submission, evaluation, feed, settings);
    this.events = events;
    this.advices = new MarketAdvices({ channel: profile.channel, reader, hints, freshness, settings });
    if (options.cover) this.cover(options.cover);
  }

  async call(name: string, request: string | Json, options: InstructionOptions = {}): Promise<Json> {
    const entry = methodNamed(name);
    if (!entry) throw new RejectedError(refuse('MethodUnknown', { method: name.slice(0, 200) }), false);
    const text = wireRequestText(entry.method, request);
    if (entry.method.kind === 'evaluate') {
      const { wire } = await this.#evaluate(entry, text, options);
      return wire;
    }
    const { blockNumber, ...result } = await this.#submit(entry, text, options);
    return { ...result, blockNumber: blockNumber.toString() };
  }

  /** One call in the form of the method's types, which the caller vouches for. */
  async typedCall(entry: MethodEntry, request: unknown, options: InstructionOptions): Promise<unknown> {
    const text = requestText(entry.method, request);
    if (entry.method.kind === 'submit') return withJsonForm(await this.#submit(entry, text, options));
    const { decoded } = await this.#evaluate(entry, text, options);
    return withJsonForm(decoded);
  }

  async instruct(
    instructions: readonly InstructionRequest[],
    options: InstructOptions & { readonly until: 'sealed' },
  ): Promise<readonly Sealed[]>;
  async instruct(
    instructions: readonly InstructionRequest[],
    options?: InstructOptions,
  ): Promise<readonly Instructed[]>;
  async instruct(
    instructions: readonly InstructionRequest[],
    options: InstructOptions = {},
  ): Promise<readonly (Instructed | Sealed)[]> {
    return withJsonForm(await this.#instructions.instruct(instructions, options));
  }

  cover(options: CoverOptions): CoverBeat {
    return this.#instructions.cover(options);
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.events.close();
    this.advices.close();
    await Promise.all([this.#instructions.close(), this.#submission.close(), this.#calls.close()]);
    this.#connection.close();
  }

  async #submit(
    entry: MethodEntry,
    request: string,
    options: InstructionOptions,
  ): Promise<Committed | Submitted | Sealed> {
    const { fullName, method } = entry;
    if (method.kind === 'submit' && method.sent === 'sealed') return this.#instructions.call(entry, request, options);
    // What a member seals is put into its own inbox; all else that is a transaction of its own is the operators'.
    const endorsedBy = fullName === instruct ? 'own' : 'operators';
    return this.#submission.submit({ method: fullName, request, endorsedBy }, options);
  }

  async #evaluate(entry: MethodEntry, request: string, options: CallOptions): Promise<Response<unknown>> {
    const { fullName, method } = entry;
    const answeredBy = method.kind === 'evaluate' ? method.answeredBy : 'own';
    const bytes = await this.#calls.run(
      () => this.#evaluation.evaluate({ method: fullName, answeredBy, request }, options),
      options.signal,
    );
    return readResponse(fullName, method.response, bytes);
  }

  /** Asks the market itself who operates it, for a profile that does not say. */
  async #operatorsOfMarket(): Promise<readonly string[] | undefined> {
    try {
      const { Members: method } = Registry.methods;
      const name = fullNameOf(method);
      const query = { method: name, answeredBy: method.answeredBy, request: requestText(method, {}) };
      const { decoded } = readResponse(name, method.response, await this.#evaluation.evaluate(query, {}));
      return decoded.members.filter(({ role }) => role === 'operator').map(({ mspId }) => mspId);
    } catch (error) {
      // No market yet, or an own peer that does not run its chaincode: the gateway finds endorsers by the policy.
      if (error instanceof RejectedError || error instanceof GatewayRefusedError) return undefined;
      throw error;
    }
  }
}

const instruct = fullNameOf(contracts.Market.methods.Instruct);

/** The functions that ContractClients names, one for each method that a contract defines. */
function contractClients(client: MarketClient): ContractClients {
  const clients = Object.entries<ContractDefinition>(contracts).map(([name, { methods }]) => {
    const functions = Object.entries(methods).map(([methodName, method]) => {
      const entry: MethodEntry = { contract: name, name: methodName, fullName: fullNameOf(method), method };
      const call = async (request: unknown = {}, options: InstructionOptions = {}): Promise<unknown> =>
        client.typedCall(entry, request, options);
      return [uncapitalised(methodName), call] as const;
    });
    return [uncapitalised(name), Object.fromEntries(functions)] as const;
  });
  // The types of ContractClients are made from the same definitions, name by name.
  return Object.fromEntries(clients) as unknown as ContractClients;
}

function uncapitalised(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
