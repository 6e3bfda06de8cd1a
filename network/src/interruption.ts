import { AsyncLocalStorage } from 'node:async_hooks';

const signals = new AsyncLocalStorage<AbortSignal | undefined>();

/**
 * Runs an operation that ends at its next safe point once the signal is aborted: between its steps, and wherever it waits for
 * something. What it has begun is then undone, as after any other failure.
 *
 * @throws the reason of the signal.
 */
export async function interruptible<Result>(signal: AbortSignal, operation: () => Promise<Result>): Promise<Result> {
  return signals.run(signal, operation);
}

/** Runs within an interruptible operation what has to come to its end all the same: what undoes, and what ends processes. */
export async function uninterrupted<Result>(operation: () => Promise<Result>): Promise<Result> {
  return signals.run(undefined, operation);
}

/** The signal that ends the operation which runs now, where there is one. */
export function interruption(): AbortSignal | undefined {
  return signals.getStore();
}

/** A point at which an operation may end: a failure here is undone, or leaves nothing half done. @throws the reason of the signal. */
export function safePoint(): void {
  interruption()?.throwIfAborted();
}
