import type { Market } from '@kessai/gateway-client';
import { asError } from './as-error';

/** Notes when a member is advised of each cycle. */
export class AdviceWatch implements AsyncDisposable {
  /** Instants of this process's clock, in ms. */
  readonly arrivals: number[] = [];
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #error: Error | undefined;

  constructor(member: Market) {
    this.#running = this.#watch(member).catch((error: unknown) => {
      this.#error = asError(error);
    });
  }

  /** The longest time without an advice between two instants, in ms. */
  longestSilenceMs(from: number, to: number): number {
    const instants = [from, ...this.arrivals.filter((at) => at > from && at < to), to];
    return Math.max(...instants.slice(1).map((at, index) => at - (instants[index] ?? at)));
  }

  /** The instant of the first advice after another one. */
  firstAfter(instant: number): number | undefined {
    return this.arrivals.find((at) => at > instant);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
  }

  async #watch(member: Market): Promise<void> {
    await using pages = member.advices.follow({ signal: this.#ended.signal });
    for await (const page of pages) if (page.cycle > 0) this.arrivals.push(performance.now());
  }
}
