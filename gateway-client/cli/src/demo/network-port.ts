import { type Market, connect } from '@kessai/gateway-client';
import type { Json, JsonObject, MspId } from '@kessai/interface';
import { exportProfile } from '@kessai/network';
import type { MarketPort } from '../day';

/** The market on a network of this machine: each member calls through a connection of its own, opened when it first calls. */
export class NetworkPort implements MarketPort, AsyncDisposable {
  readonly #directory: string;
  readonly #signal: AbortSignal;
  readonly #markets = new Map<MspId, Promise<Market>>();

  /** @param signal ends the calls that run, and all that come. */
  constructor(directory: string, signal: AbortSignal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  async submit(as: MspId, method: string, request: JsonObject): Promise<Json> {
    return (await this.#marketOf(as)).call(method, request, { signal: this.#signal });
  }

  async evaluate(as: MspId, method: string, request: JsonObject): Promise<Json> {
    return (await this.#marketOf(as)).call(method, request, { signal: this.#signal });
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
