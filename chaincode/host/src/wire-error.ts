import { type Rejection, canonicalText, encodeRejection, isList, marketRejections } from '@kessai/interface';
import { ReadRefused } from '@kessai/ledger';

/** A refusal that comes up where no handler can return it: in a read, or before a handler is called. */
export class Refused extends ReadRefused {
  override readonly name = 'Refused';
}

/** What a failed transaction answers: its message is canonical JSON with a `code`, whatever went wrong. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** `{"code","message",...payload}`: what a client decodes again with `decodeRejection`. */
export function rejectionText(rejection: Rejection): string {
  return canonicalText(encodeRejection(marketRejections, rejection));
}

/** The answer to what should never happen. It says nothing of the transaction: the cause is in the log, under the transaction's id. */
export const internalErrorText = canonicalText({
  code: 'Internal',
  message:
    "The chaincode failed. The operator of the peer finds the cause in the chaincode's log under the transaction's id.",
});

/** Whether a message is one of those above. */
export function isWireText(message: string | undefined): message is string {
  if (message === undefined) return false;
  try {
    const value: unknown = JSON.parse(message);
    return value !== null && typeof value === 'object' && !isList(value) && 'code' in value && 'message' in value;
  } catch {
    return false;
  }
}
