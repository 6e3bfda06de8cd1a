import { cycleMethod, foundMethod, instructMethod, progressIn } from './cycles';
import type { LedgerTransaction } from './ledger-block';
import { submissionsIn } from './submissions';

/** Why a valid transaction is none that the market makes; undefined: it may be one. */
export function unexpectedIn(transaction: LedgerTransaction, chaincode: string): string | undefined {
  const { functionName, chaincode: called } = transaction;
  if (called !== chaincode) return `The chaincode ${called.slice(0, 100)} touched the state of ${chaincode}`;
  switch (functionName) {
    case instructMethod:
      return sealsOnly(transaction) ? undefined : `${functionName} did something else than to seal one submission`;
    case cycleMethod:
    case foundMethod:
      // What came late is answered that it exists, and writes nothing.
      if (progressIn(transaction) !== undefined || !writesAnything(transaction)) return undefined;
      return `${functionName} wrote, and made no progress`;
    default:
      return `${functionName.slice(0, 100)} was called, which is not sent as a transaction of its own`;
  }
}

function sealsOnly(transaction: LedgerTransaction): boolean {
  const { writes, metadata, collections } = transaction;
  if (writes.length > 0 || metadata || collections.some((use) => use.metadata)) return false;
  const written = collections.reduce((sum, use) => sum + use.writes.length, 0);
  return written === 1 && submissionsIn(transaction).length === 1;
}

function writesAnything({ writes, metadata, collections }: LedgerTransaction): boolean {
  return writes.length > 0 || metadata || collections.some((use) => use.writes.length > 0 || use.metadata);
}
