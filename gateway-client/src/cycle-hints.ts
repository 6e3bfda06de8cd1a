import { setTimeout as delay } from 'node:timers/promises';
import type { ChaincodeEvent } from '@hyperledger/fabric-gateway';
import { isAborted } from './abort';
import type { EventStream } from './event-stream';
import { ClosedError } from './market-error';

/** The name of the event that a cycle sets. */
const cycleEvent = 'cycle';

/** After which a stream of events that ended with an error is opened again. */
const reopenMs = 5_000;

/** Somebody who wants to hear of cycles. */
export interface CycleListener {
  /** Ends when a cycle is announced that was not heard of yet, after so long, or with the signal. @returns whether one was announced. */
  wait(limitMs: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/**
 * Announcements of cycles by chaincode events. Any organisation can emit such an event, and a stream of them can fall silent: an
 * announcement says only that it is time to look. One stream serves all who listen.
 */
export class CycleHints {
  readonly #open: (signal: AbortSignal) => EventStream<ChaincodeEvent>;
  readonly #listeners = new Set<() => void>();
  #end: AbortController | undefined;

  /** @param open opens a stream of the chaincode's events, which the signal ends. */
  constructor(open: (signal: AbortSignal) => EventStream<ChaincodeEvent>) {
    this.#open = open;
  }

  listen(): CycleListener {
    let announced = false;
    let wake: () => void = () => undefined;
    const onCycle = () => {
      announced = true;
      wake();
    };
    this.#listeners.add(onCycle);
    this.#follow();
    return {
      wait: async (limitMs, signal) => {
        if (!announced && !isAborted(signal)) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, limitMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
            signal.addEventListener('abort', wake, { once: true });
          });
          signal.removeEventListener('abort', wake);
        }
        const was = announced;
        announced = false;
        return was;
      },
      close: () => {
        this.#listeners.delete(onCycle);
        if (this.#listeners.size > 0) return;
        this.#end?.abort();
        this.#end = undefined;
      },
    };
  }

  #follow(): void {
    if (this.#end !== undefined) return;
    this.#end = new AbortController();
    void this.#events(this.#end.signal);
  }

  async #events(signal: AbortSignal): Promise<void> {
    while (!isAborted(signal)) {
      try {
        for await (const { eventName } of this.#open(signal)) {
          if (eventName === cycleEvent) for (const announce of this.#listeners) announce();
        }
      } catch (error) {
        // Without events cycles are found by asking, only later.
        if (error instanceof ClosedError) return;
      }
      await delay(reopenMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
