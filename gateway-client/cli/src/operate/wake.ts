/** Lets a loop sleep until something has happened or a time has passed. What happens while nobody sleeps is not lost. */
export class Wake {
  #woken = false;
  #resume: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** Resolves at the next wake, after so many milliseconds, or when the signal ends; without milliseconds only for the others. */
  async sleep(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          this.#resume = undefined;
          resolve();
        };
        const timer = ms === undefined ? undefined : setTimeout(end, ms);
        signal.addEventListener('abort', end, { once: true });
        this.#resume = end;
      });
    }
    this.#woken = false;
  }
}

/** Asked after each wait, in which it may have changed. */
export function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Resolves after the time or when the signal ends, whichever is first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Wake().sleep(ms, signal);
}

/** Waiting time before attempt `attempt`, the first retry being 1: doubling, at most a second. */
export function backoffMs(attempt: number): number {
  return Math.min(1_000, 50 * 2 ** Math.min(attempt - 1, 10)) * (0.75 + Math.random() / 4);
}

/** A signal that ends after a time, or with another one. AbortSignal.any keeps what it made for as long as that one lasts. */
export function deadline(ms: number, outer: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const inner = new AbortController();
  const abort = (): void => inner.abort();
  const timer = setTimeout(abort, ms);
  outer.addEventListener('abort', abort, { once: true });
  if (outer.aborted) abort();
  return {
    signal: inner.signal,
    end: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}
