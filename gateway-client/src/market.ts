import {
  type ContractDefinition,
  FieldError,
  type Json,
  type Method,
  type MethodEntry,
  type MspId,
  Registry,
  type TextLimits,
  allMethods,
  contracts,
  parseText,
} from '@kessai/interface';
import type { ContractClients } from './client-types';
import { Connection } from './connection';
import { Evaluation } from './evaluation';
import { MarketEvents } from './events';
import { Freshness } from './freshness';
import { InFlight } from './in-flight';
import { GatewayRefusedError, RejectedError, ResponseMalformedError } from './market-error';
import { OperatorDirectory } from './operator-directory';
import { type CheckedProfile, type Profile, checkProfile, readProfile } from './profile';
import { requestText, wireRequestText } from './request-text';
import { type CallOptions, type ConnectOptions, type Settings, settingsOf } from './settings';
import { Submission, type Submitted } from './submission';

/** How many operators endorse a submit where neither profile nor options say. */
const standardEndorsements = 2;

/** A register of millions of rows is a long text; what a peer sends in one message bounds it before this does. */
const responseLimits: TextLimits = { maxLength: 256 * 1024 * 1024, maxDepth: 16 };

/** A member's connection to the market, whatever its role. */
export interface MarketConnection extends AsyncDisposable {
  /** Whose it is. */
  readonly mspId: MspId;
  readonly channel: string;
  /** Blocks and events of the channel. */
  readonly events: MarketEvents;
  /**
   * One call of any method by its name, `Contract:Method`, in wire form: amounts are decimal strings. A submit answers
   * `{ outcome, transactionId, blockNumber }`.
   * @throws MarketError
   */
  call(method: string, request: string | Json, options?: CallOptions): Promise<Json>;
  /** Refuses new calls, ends streams of events, waits for the calls that run, and closes the connection. */
  close(): Promise<void>;
}

/** The market: a client for each contract, and the connection. */
export type Market = MarketConnection & ContractClients;

/**
 * Connects as the user of a profile. The connection is made with the first call.
 * @param profile the path of a profile file, or a profile.
 * @throws ProfileError where a field of the profile is missing or wrong.
 */
export async function connect(profile: string | Profile, options: ConnectOptions = {}): Promise<Market> {
  const checked = typeof profile === 'string' ? await readProfile(profile) : checkProfile(profile);
  const client = new MarketClient(checked, options);
  return Object.assign(client, contractClients(client));
}

class MarketClient implements MarketConnection {
  readonly mspId: MspId;
  readonly channel: string;
  readonly events: MarketEvents;
  readonly #connection: Connection;
  readonly #evaluation: Evaluation;
  readonly #submission: Submission;
  readonly #calls = new InFlight(Number.POSITIVE_INFINITY);
  #closing: Promise<void> | undefined;

  constructor(profile: CheckedProfile, options: ConnectOptions) {
    const { gatewayOptions } = profile;
    const settings: Settings = settingsOf(options, gatewayOptions.deadlines);
    this.mspId = profile.mspId;
    this.channel = profile.channel;
    this.#connection = new Connection(profile);
    const directory = new OperatorDirectory(
      profile.mspId,
      options.operators ?? gatewayOptions.operators,
      options.endorsements ?? gatewayOptions.endorsements ?? standardEndorsements,
      () => this.#operatorsOfMarket(),
    );
    const freshness = new Freshness(this.#connection);
    this.#evaluation = new Evaluation(this.#connection, settings, directory, freshness);
    this.#submission = new Submission(this.#connection, settings, directory, freshness);
    this.events = new MarketEvents(this.#connection, settings);
  }

  async call(name: string, request: string | Json, options: CallOptions = {}): Promise<Json> {
    const entry = allMethods().find(({ fullName }) => fullName === name);
    if (!entry) throw new RejectedError({ code: 'MethodUnknown', method: name.slice(0, 200) }, false);
    const text = wireRequestText(entry.method, request);
    if (entry.method.kind === 'evaluate') {
      const { wire } = await this.#evaluate(entry, text, options);
      return wire;
    }
    const { outcome, transactionId, blockNumber } = await this.#submit(entry, text, options);
    return { outcome, transactionId, blockNumber: blockNumber.toString() };
  }

  /** One call in the form of the method's types, which the caller vouches for. */
  async typedCall(entry: MethodEntry, request: unknown, options: CallOptions): Promise<unknown> {
    const text = requestText(entry.method, request);
    if (entry.method.kind === 'submit') return this.#submit(entry, text, options);
    const { decoded } = await this.#evaluate(entry, text, options);
    return decoded;
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
    await Promise.all([this.#submission.close(), this.#calls.close()]);
    this.#connection.close();
  }

  async #submit({ fullName, method }: MethodEntry, request: string, options: CallOptions): Promise<Submitted> {
    const repeatable = method.kind === 'submit' && method.idField !== undefined;
    return this.#submission.submit({ method: fullName, request, repeatable }, options);
  }

  async #evaluate(
    entry: MethodEntry,
    request: string,
    options: CallOptions,
  ): Promise<{ readonly wire: Json; readonly decoded: unknown }> {
    const { fullName, method } = entry;
    const answeredBy = method.kind === 'evaluate' ? method.answeredBy : 'own';
    const bytes = await this.#calls.run(
      () => this.#evaluation.evaluate(fullName, answeredBy, request, options),
      options.signal,
    );
    try {
      const wire = textOf(bytes);
      return { wire, decoded: method.response.decode(wire, '') };
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw new ResponseMalformedError(fullName, error.field, { cause: error });
    }
  }

  /** Asks the market itself who operates it, for a profile that does not say. */
  async #operatorsOfMarket(): Promise<readonly string[] | undefined> {
    try {
      const { Members: method } = Registry.methods;
      const fullName = fullNameOf(method);
      const bytes = await this.#evaluation.evaluate(fullName, method.answeredBy, requestText(method, {}), {});
      const { members } = method.response.decode(textOf(bytes), '');
      return members.filter(({ role }) => role === 'operator').map(({ mspId }) => mspId);
    } catch (error) {
      // No market yet, or an own peer that does not run its chaincode: the gateway finds endorsers by the policy.
      if (error instanceof RejectedError || error instanceof GatewayRefusedError) return undefined;
      throw error;
    }
  }
}

function textOf(bytes: Uint8Array): Json {
  return parseText(Buffer.from(bytes).toString('utf8'), responseLimits);
}

function fullNameOf(method: Method): string {
  const entry = allMethods().find((candidate) => candidate.method === method);
  if (!entry) throw new Error('The method is of no contract of the market');
  return entry.fullName;
}

/** The functions that ContractClients names, one for each method that a contract defines. */
function contractClients(client: MarketClient): ContractClients {
  const clients = Object.entries<ContractDefinition>(contracts).map(([name, { methods }]) => {
    const functions = Object.entries(methods).map(([methodName, method]) => {
      const entry: MethodEntry = { contract: name, name: methodName, fullName: fullNameOf(method), method };
      const call = async (request: unknown = {}, options: CallOptions = {}): Promise<unknown> =>
        client.typedCall(entry, request, options);
      return [uncapitalised(methodName), call] as const;
    });
    return [uncapitalised(name), Object.fromEntries(functions)] as const;
  });
  // The types of ContractClients are mapped from the same definitions, name by name.
  return Object.fromEntries(clients) as unknown as ContractClients;
}

function uncapitalised(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
