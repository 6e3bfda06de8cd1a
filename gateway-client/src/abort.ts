import { CancelledError } from './market-error';

/** Asked after each wait, in which it may have changed. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** @throws CancelledError */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal && isAborted(signal)) throw new CancelledError({ cause: signal.reason });
}
