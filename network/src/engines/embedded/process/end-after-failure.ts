import { inspect } from 'node:util';
import type { Log } from '@kessai/telemetry';

const FAREWELL_MS = 5_000;

/**
 * Ends a process whose engine can commit no more: says why, lets who waits hear it, and exits with code 1, so that whoever watches the
 * process sees it and `kessai status` no longer finds it.
 */
export function endAfterFailure(
  failure: Error,
  close: () => Promise<void>,
  log: Log,
  exit: (code: number) => void = (code) => process.exit(code),
): void {
  log('error', `the engine ends: ${inspect(failure)}`);
  const end = (): void => {
    clearTimeout(timer);
    exit(1);
  };
  const timer = setTimeout(end, FAREWELL_MS);
  close().then(end, end);
}
