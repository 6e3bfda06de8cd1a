import { type Market, connect } from '@kessai/gateway-client';
import type { Json, JsonObject, MspId } from '@kessai/interface';
import { exportProfile } from '@kessai/network';
import type { MarketPort, PortInstruction, PortResult } from '../day';

/** The market on a network of this machine: each member calls through a connection of its own, opened when it first calls. */
export class NetworkPort implements MarketPort, AsyncDisposable {
  readonly #directory: string;
  readonly #signal: AbortSignal;
  readonly #markets = new Map<MspId, Promise<Market>>();
  /** The newest block of any member's submits: what one has done the next one is to see, whose peer may have it later. */
  #newest: bigint | undefined;

  /** @param signal ends the calls that run, and all that come. */
  constructor(directory: string, signal: AbortSignal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  async submit(as: MspId, method: string, request: JsonObject): Promise<Json> {
    const answer = await this.#call(as, method, request);
    const { blockNumber } = answer as { readonly blockNumber?: string };
    if (blockNumber !== undefined) this.#saw(BigInt(blockNumber));
    return answer;
  }

  async instruct(as: MspId, instructions: readonly PortInstruction[]): Promise<readonly PortResult[]> {
    const market = await this.#marketOf(as);
    const results = await market.instruct(instructions, { signal: this.#signal });
    return results.map((result) => {
      this.#saw(result.blockNumber);
      const { outcome, error } = result;
      return error === undefined ? { outcome } : { outcome, error: { code: error.code, message: error.message } };
    });
  }

  async evaluate(as: MspId, method: string, request: JsonObject): Promise<Json> {
    return this.#call(as, method, request);
  }

  async #call(as: MspId, method: string, request: JsonObject): Promise<Json> {
    return (await this.#marketOf(as)).call(method, request, { signal: this.#signal, ...this.#after });
  }

  get #after(): { readonly after?: bigint } {
    return this.#newest === undefined ? {} : { after: this.#newest };
  }

  #saw(block: bigint): void {
    if (block > (this.#newest ?? -1n)) this.#newest = block;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connected = await Promise.allSettled(this.#markets.values());
    for (const result of connected) if (result.status === 'fulfilled') await result.value.close();
  }

  #marketOf(mspId: MspId): Promise<Market> {
    const known = this.#markets.get(mspId);
    if (known) return known;
    const market = connect(exportProfile({ directory: this.#directory, mspId }));
    this.#markets.set(mspId, market);
    return market;
  }
}
