import { type Market, connect } from '@kessai/gateway-client';
import type { Json, JsonObject, MspId } from '@kessai/interface';
import { exportProfile } from '@kessai/network';
import type { MarketPort } from '../day';

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
    const block = blockNumber === undefined ? undefined : BigInt(blockNumber);
    if (block !== undefined && block > (this.#newest ?? -1n)) this.#newest = block;
    return answer;
  }

  async evaluate(as: MspId, method: string, request: JsonObject): Promise<Json> {
    return this.#call(as, method, request);
  }

  async #call(as: MspId, method: string, request: JsonObject): Promise<Json> {
    const after = this.#newest === undefined ? {} : { after: this.#newest };
    return (await this.#marketOf(as)).call(method, request, { signal: this.#signal, ...after });
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
