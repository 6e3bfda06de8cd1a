export type AdministrationErrorCode =
  | 'PeerUnreachable'
  | 'OrdererUnreachable'
  | 'ChannelJoinRefused'
  | 'ProposalRefused'
  | 'EndorsementsDiffer'
  | 'SubmitFailed'
  | 'TransactionInvalid'
  | 'OutcomeUnknown'
  | 'BroadcastRefused'
  | 'ConfigurationNotTaken'
  | 'ApprovalMissing'
  | 'PackageDiffers';

/** An administrative operation that was not done, with the organisation whose node said so. */
export class AdministrationError extends Error {
  readonly code: AdministrationErrorCode;
  readonly mspId: string;
  readonly operation: string;
  readonly transactionId: string | undefined;
  /** What to do about it, where that can be told. */
  readonly remedy: string | undefined;

  constructor(
    code: AdministrationErrorCode,
    detail: {
      readonly mspId: string;
      readonly operation: string;
      readonly message: string;
      readonly transactionId?: string;
      readonly remedy?: string;
      readonly cause?: unknown;
    },
  ) {
    super(`${detail.operation} at ${detail.mspId}: ${detail.message}`, { cause: detail.cause });
    this.name = 'AdministrationError';
    this.code = code;
    this.mspId = detail.mspId;
    this.operation = detail.operation;
    this.transactionId = detail.transactionId;
    this.remedy = detail.remedy;
  }
}
