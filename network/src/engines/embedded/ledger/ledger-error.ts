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
