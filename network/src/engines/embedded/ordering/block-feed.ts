import type { common } from '@hyperledger/fabric-protos';
import type { Ledger } from '../ports';

/** The blocks from `start` on, without end: those that are there, then each as it is committed. Ends when `signal` aborts. */
export async function* blocksFrom(
  ledger: Ledger,
  start: bigint,
  signal: AbortSignal,
): AsyncGenerator<common.Block, void> {
  for (let number = start; ; number += 1n) {
    if (number >= ledger.height) {
      await reached(ledger, number, signal);
    }
    if (signal.aborted) {
      return;
    }
    const block = await ledger.block(number);
    if (block === undefined) {
      throw new Error(`block ${number.toString()} is missing`);
    }
    yield block;
  }
}

/** Resolves when the ledger has block `number`, or when `signal` aborts. */
function reached(ledger: Ledger, number: bigint, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      unsubscribe();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const unsubscribe = ledger.onCommit((block) => {
      if (block.number >= number) {
        finish();
      }
    });
    signal.addEventListener('abort', finish);
    if (signal.aborted || number < ledger.height) {
      finish();
    }
  });
}
