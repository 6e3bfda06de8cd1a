/**
 * What the ledger refuses. `Unsupported` is something that Fabric does and this ledger does not; `SimulationFailed` goes to the chaincode
 * that asked, in Fabric's words; the others concern whoever runs the node.
 */
export type LedgerErrorCode =
  | 'GenesisMissing'
  | 'GenesisMismatch'
  | 'GenesisInvalid'
  | 'LedgerInUse'
  | 'LedgerUnreadable'
  | 'CommitInProgress'
  | 'LedgerClosed'
  | 'SimulationFailed'
  | 'Unsupported';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws LedgerError LedgerUnreadable in place of what `read` throws. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(error);
  }
}

/** @throws LedgerError LedgerUnreadable in place of what `entries` throw. */
export async function* readingAll<T>(entries: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = entries[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        throw unreadable(error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function unreadable(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new LedgerError('LedgerUnreadable', `the state cannot be read: ${reason}`, { cause: error });
}
