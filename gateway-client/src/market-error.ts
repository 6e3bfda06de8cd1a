import { type MspId, type Rejection, marketRejections, rejectionMessage } from '@kessai/interface';
import { withJsonForm } from './json-form';

/** What one node of the network had to say about a call that failed. */
export interface NodeAnswer {
  readonly mspId: string;
  readonly address: string;
  readonly message: string;
}

/** Every failure that this package reports. `code` says which; a program never needs to read the message. */
export abstract class MarketError extends Error {
  abstract readonly code: string;
}

/** A profile cannot be used. `field` names what is wrong in it; '' is the profile as a whole. Nothing was sent. */
export class ProfileError extends MarketError {
  override readonly name = 'ProfileError';
  readonly code = 'ProfileInvalid';

  constructor(
    readonly field: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The market refuses the request and nothing changed. `rejection` is the typed reason with its payload; its code is this error's
 * code. `sent` is false where the request was refused here, before anything left this process.
 */
export class RejectedError extends MarketError {
  override readonly name = 'RejectedError';
  readonly code: Rejection['code'];

  constructor(
    readonly rejection: Rejection,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(rejectionMessage(marketRejections, rejection), options);
    this.code = rejection.code;
    withJsonForm(rejection);
  }
}

/** Other transactions changed the same state first, each time it was tried. Nothing was applied; the call may be made again. */
export class ConflictError extends MarketError {
  override readonly name = 'ConflictError';
  readonly code = 'MvccConflict';

  constructor(
    readonly transactionId: string,
    readonly attempts: number,
  ) {
    super(
      `Other transactions changed the same state first, ${attempts.toString()} times in a row. Nothing was applied: call it again.`,
    );
  }
}

/** The gateway or every node that could have answered is out of reach; the message says which, and why. Nothing was applied. */
export class UnavailableError extends MarketError {
  override readonly name = 'UnavailableError';
  readonly code = 'Unavailable';

  constructor(
    readonly endpoint: string,
    readonly nodes: readonly NodeAnswer[],
    options?: ErrorOptions,
    cause = `The network cannot be reached through ${endpoint}${said(nodes)}. Is it running? "kessai status" tells.`,
  ) {
    super(cause, options);
  }
}

/** No answer came within the deadline. Nothing was applied: a submit that reached the orderers ends as UnknownOutcomeError. */
export class TimeoutError extends MarketError {
  override readonly name = 'TimeoutError';
  readonly code = 'Timeout';

  constructor(
    readonly step: 'endorse' | 'evaluate',
    readonly deadlineMs: number,
    options?: ErrorOptions,
    whose = 'the gateway',
  ) {
    super(`No answer to ${step} came from ${whose} within ${deadlineMs.toString()} ms. Nothing was applied.`, options);
  }
}

/**
 * The transactions were sent and nothing tells whether they were, or will be, applied. Look for their ids in the advices later; where
 * the method has an id of the sender's choice, calling it again with the same content is safe: it answers `exists`.
 */
export class UnknownOutcomeError extends MarketError {
  override readonly name = 'UnknownOutcomeError';
  readonly code = 'UnknownOutcome';
  /** The last of `transactionIds`. */
  readonly transactionId: string;

  constructor(
    readonly transactionIds: readonly [string, ...string[]],
    options?: ErrorOptions,
    known = 'whether it was applied is unknown.',
  ) {
    super(
      `Sent as transaction ${transactionIds.join(', ')}; ${known} Read the state before sending it again.`,
      options,
    );
    this.transactionId = transactionIds.at(-1) ?? transactionIds[0];
  }
}

/** Endorsers did not agree on the result, or could not compute one, although several were asked. Nothing was applied. */
export class EndorsementError extends MarketError {
  override readonly name = 'EndorsementError';
  readonly code = 'EndorsementFailed';

  constructor(
    readonly nodes: readonly NodeAnswer[],
    options?: ErrorOptions,
    cause = `The transaction was not endorsed${said(nodes)}.`,
  ) {
    super(`${cause} Nothing was applied.`, options);
  }
}

/** The chaincode ended with an error that is not a rejection of the market: it is of another version, or it has a defect. */
export class ChaincodeFailedError extends MarketError {
  override readonly name = 'ChaincodeFailedError';
  readonly code = 'ChaincodeFailed';

  constructor(
    readonly nodes: readonly NodeAnswer[],
    options?: ErrorOptions,
  ) {
    super(`The chaincode failed${said(nodes)}.`, options);
  }
}

/** The chaincode answered something else than its definition says: it is of another version than this client. */
export class ResponseMalformedError extends MarketError {
  override readonly name = 'ResponseMalformedError';
  readonly code = 'ResponseMalformed';

  constructor(
    readonly method: string,
    readonly field: string,
    options?: ErrorOptions,
  ) {
    super(
      `The answer of ${method} is not what its definition says${field === '' ? '' : `, at ${field}`}: the chaincode and this client are of different versions.`,
      options,
    );
  }
}

/** A transaction was recorded as invalid, for another reason than a conflict. Nothing was applied. */
export class TransactionInvalidError extends MarketError {
  override readonly name = 'TransactionInvalidError';
  readonly code = 'TransactionInvalid';

  constructor(
    readonly transactionId: string,
    /** Fabric's name for why, such as ENDORSEMENT_POLICY_FAILURE. */
    readonly validationCode: string,
  ) {
    super(`Transaction ${transactionId} was recorded as invalid: ${validationCode}. Nothing was applied.`);
  }
}

/**
 * Why nothing could be signed: the signer threw; did not answer in time; answered what is no signature; or signed with another key than the
 * certificate's, or something else than what it was given.
 */
export type SignerFault = 'failed' | 'slow' | 'malformed' | 'foreign';

/** The signer that `connect` was given did not sign. Nothing was applied: a transaction is signed before it is sent to be ordered. */
export class SignerError extends MarketError {
  override readonly name = 'SignerError';
  readonly code = 'SignerFailed';

  constructor(
    readonly fault: SignerFault,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The signer did not sign: ${reason}. Nothing was applied.`, options);
  }
}

/** The network does not accept who is calling: a certificate of another authority, revoked, or without the right to ask. */
export class IdentityRefusedError extends MarketError {
  override readonly name = 'IdentityRefusedError';
  readonly code = 'IdentityRefused';

  constructor(
    readonly mspId: MspId,
    options?: ErrorOptions,
  ) {
    super(
      `The network does not accept this certificate as one of ${mspId}. Export the profile again with "kessai profile export ${mspId}".`,
      options,
    );
  }
}

/** The gateway refuses the call as such, as for a channel or chaincode that it does not have. Nothing was applied. */
export class GatewayRefusedError extends MarketError {
  override readonly name = 'GatewayRefusedError';
  readonly code = 'GatewayRefused';

  constructor(
    /** The gRPC status. */
    readonly status: number,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The gateway refuses the call: ${reason}`, options);
  }
}

/** The caller's AbortSignal, or the end of the connection, ended the call before anything was sent to be ordered. Nothing was applied. */
export class CancelledError extends MarketError {
  override readonly name = 'CancelledError';
  readonly code = 'Cancelled';

  constructor(options?: ErrorOptions) {
    super('The call was cancelled before anything was applied.', options);
  }
}

/** How far a stream has been read could not be kept, or not be read again. The stream has ended; its last item will come again. */
export class CheckpointError extends MarketError {
  override readonly name = 'CheckpointError';
  readonly code = 'CheckpointFailed';

  constructor(options?: ErrorOptions) {
    super(
      'How far the stream has been read could not be kept, or not be read again. See that the checkpoint can be read and written.',
      options,
    );
  }
}

/** What about a checkpoint is not of the ledger that is read. */
export type CheckpointDifference = 'channel' | 'member' | 'ledger' | 'cycle' | 'page';

/**
 * The checkpoint was kept while another ledger was read, or a later state of this one, which has been restored to an earlier state since.
 * Going on from it would leave advices out without a word. `differs` names what is not the same: the channel, the member, the channel's
 * first block, the number of the last cycle, or the page of the last cycle that was read.
 */
export class CheckpointForeignError extends MarketError {
  override readonly name = 'CheckpointForeignError';
  readonly code = 'CheckpointForeign';

  constructor(
    readonly differs: CheckpointDifference,
    /** What the checkpoint names. */
    readonly kept: string,
    /** What is found instead. */
    readonly found: string,
  ) {
    super(
      `The checkpoint is of another ledger, or this ledger was restored to an earlier state: the ${differs} that was kept is ${kept}, found is ${found}. Compare what was processed with the ledger, then begin with a new checkpoint.`,
    );
  }
}

/** The client was closed. */
export class ClosedError extends MarketError {
  override readonly name = 'ClosedError';
  readonly code = 'Closed';

  constructor() {
    super('This client has been closed. Connect again.');
  }
}

function said(nodes: readonly NodeAnswer[]): string {
  return nodes.length === 0 ? '' : `: ${nodes.map(({ mspId, message }) => `${mspId}: ${message}`).join('; ')}`;
}
