import { createHash } from 'node:crypto';
import {
  type Infer,
  type Json,
  type JsonObject,
  Market,
  type MspId,
  type advicePage,
  canonicalText,
} from '@kessai/interface';
import type { Connection } from './connection';
import type { Evaluation } from './evaluation';
import { causeText } from './failure-cause';
import { gatewayFailure, mayPass } from './gateway-failure';
import { GatewayRefusedError, UnavailableError } from './market-error';
import { fullNameOf } from './method-names';
import { requestText } from './request-text';
import { readResponse } from './response-text';

/** All that happened to the member in one cycle, in its order. */
export type AdvicePage = Infer<typeof advicePage>;

export interface ReadPage {
  readonly page: AdvicePage;
  /** Tells the page from any other that could stand in its place. */
  readonly digest: () => string;
}

export interface ReadPages {
  readonly member: string;
  readonly pages: readonly ReadPage[];
  /** The cycle to ask from next. */
  readonly next: number;
  /** The last cycle that the peer has. */
  readonly last: number;
  /** A block by which all of the pages are committed; undefined where there are none. */
  readonly blockNumber: bigint | undefined;
}

/** Pages in one answer; each is bounded by what one cycle does to a member. */
const pagesAtOnce = 100;

/** Reads advices where the member's own data is held. */
export class AdviceReader {
  readonly #connection: Connection;
  readonly #evaluation: Evaluation;
  readonly #deadlineMs: number;

  constructor(connection: Connection, evaluation: Evaluation, deadlineMs: number) {
    this.#connection = connection;
    this.#evaluation = evaluation;
    this.#deadlineMs = deadlineMs;
  }

  /** Whose advices they are. */
  get member(): MspId {
    return this.#connection.profile.mspId;
  }

  /** The number of the last cycle. */
  async last(signal: AbortSignal | undefined): Promise<number> {
    const { Progress: method } = Market.methods;
    const name = fullNameOf(method);
    const query = {
      method: name,
      answeredBy: method.answeredBy,
      request: requestText(method, {}),
      stale: true,
    } as const;
    const bytes = await this.#evaluation.evaluate(query, signal ? { signal } : {});
    return readResponse(name, method.response, bytes).decoded.number;
  }

  /** Pages from a cycle on, as many as are there and fit one answer. */
  async read(from: number, signal: AbortSignal | undefined, limit = pagesAtOnce): Promise<ReadPages> {
    const { Advices: method } = Market.methods;
    const name = fullNameOf(method);
    const request = requestText(method, { from, limit });
    const query = { method: name, answeredBy: method.answeredBy, request, stale: true } as const;
    const bytes = await this.#evaluation.evaluate(query, signal ? { signal } : {});
    const { wire, decoded } = readResponse(name, method.response, bytes);
    const { member, pages, next, last } = decoded;
    const wirePages = (wire as JsonObject)['pages'] as readonly Json[];
    // What events say of the block of a cycle anybody can say; the peer that has the page has its block too.
    const height = pages.length === 0 ? undefined : await this.#told(this.#connection.height(this.#deadlineMs, signal));
    return {
      member,
      pages: pages.map((page, index) => ({ page, digest: () => digestOf(wirePages[index] ?? null) })),
      next,
      last,
      blockNumber: height === undefined ? undefined : height - 1n,
    };
  }

  /** What tells the ledger from others, as far as the peer can tell. */
  async firstBlock(signal: AbortSignal | undefined): Promise<string | undefined> {
    return this.#told(this.#connection.firstBlockHash(this.#deadlineMs, signal));
  }

  async #told<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      const failure = gatewayFailure(error);
      if (!failure) throw error;
      const { status, nodes, cause } = failure;
      const { profile } = this.#connection;
      const why = causeText(failure, { profile });
      if (mayPass(status)) throw new UnavailableError(profile.endpoint, nodes, { cause }, why);
      throw new GatewayRefusedError(status, why ?? cause.message, { cause });
    }
  }
}

function digestOf(page: Json): string {
  return createHash('sha256').update(canonicalText(page)).digest('hex');
}
