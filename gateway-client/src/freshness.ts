import { isAborted } from './abort';
import { backOff } from './backoff';
import type { Connection } from './connection';

const askMs = 5_000;
/** Peers of a market that works are parts of a second apart. */
const longestWaitMs = 15_000;
const pollRule = { firstMs: 20, longestMs: 500 };
/** A peer that lost its data, or was set back, has fewer blocks than it had. */
const rememberedMs = 10_000;
/** Questions without an answer, one after another, until the call goes on without one. */
const unanswered = 3;

/**
 * Peers learn of a block one after another: what this member was told is committed may be unknown to the peers that it asks next.
 * This tells whether organisations know of a block, and waits until they do.
 */
export class Freshness {
  readonly #connection: Connection;
  readonly #longestWaitMs: number;
  /** Blocks that the organisations' peers are known to have. */
  readonly #heights = new Map<string, { readonly height: bigint; readonly at: number }>();
  #seen: bigint | undefined;

  constructor(connection: Connection, longestMs = longestWaitMs) {
    this.#connection = connection;
    this.#longestWaitMs = longestMs;
  }

  /** The peer that acts for the member has told that the block is committed. */
  committed(block: bigint): void {
    this.#saw(block);
    this.#learn(this.#connection.home, block + 1n);
  }

  /** The newest block that answers should know of; `after` is what the caller knows of. */
  newest(after: bigint | undefined): bigint | undefined {
    if (after !== undefined) this.#saw(after);
    return this.#seen;
  }

  /** Whether all of the organisations are known to have the block. */
  has(organisations: readonly string[], block: bigint | undefined): boolean {
    return block === undefined || organisations.every((mspId) => (this.#heightOf(mspId) ?? 0n) > block);
  }

  /** Waits until the organisations have the block. @returns false where one did not in time, or cannot be asked. */
  async reach(organisations: readonly string[], block: bigint, signal: AbortSignal | undefined): Promise<boolean> {
    const deadline = performance.now() + this.#longestWaitMs;
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      const behind = organisations.filter((mspId) => !this.has([mspId], block));
      const asked = await Promise.all(behind.map(async (mspId) => this.#ask(mspId, signal)));
      if (this.has(organisations, block)) return true;
      failures = asked.includes(false) ? failures + 1 : 0;
      if (failures === unanswered || performance.now() > deadline || isAborted(signal)) return false;
      await backOff(attempt, signal, pollRule);
    }
  }

  #saw(block: bigint): void {
    if (this.#seen === undefined || block > this.#seen) this.#seen = block;
  }

  #heightOf(mspId: string): bigint | undefined {
    const known = this.#heights.get(mspId);
    return known === undefined || performance.now() - known.at > rememberedMs ? undefined : known.height;
  }

  #learn(mspId: string, height: bigint): void {
    if (height >= (this.#heightOf(mspId) ?? 0n)) this.#heights.set(mspId, { height, at: performance.now() });
  }

  async #ask(mspId: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      this.#learn(mspId, await this.#connection.height(askMs, signal, mspId));
      return true;
    } catch {
      // Whatever the reason: the call that asks goes on without knowing.
      return false;
    }
  }
}
