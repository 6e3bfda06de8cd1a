import { throwIfAborted } from './abort';
import { CancelledError, ClosedError } from './market-error';

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
}

/** Lets a bounded number of calls run at once; the others wait in the order in which they came. */
export class InFlight {
  readonly #limit: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  #closed = false;
  #onIdle: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws ClosedError; CancelledError where the signal ends the wait. */
  async run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Refuses who waits and who comes, and resolves when those that run have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of [...this.#waiting]) waiting.refuse(new ClosedError());
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed) throw new ClosedError();
    throwIfAborted(signal);
    if (this.#running < this.#limit) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = {
        // Who leaves hands its place over, so that nobody who comes in between takes it.
        enter: () => {
          settle();
          resolve();
        },
        refuse: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = () => waiting.refuse(new CancelledError({ cause: signal?.reason }));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next) {
      next.enter();
      return;
    }
    this.#running -= 1;
    if (this.#running > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
