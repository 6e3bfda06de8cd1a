import { FieldError, type MspId, faultOfSize, instant, refusedField, transientRequestKey } from '@kessai/interface';
import type { TransactionFacts } from '@kessai/ledger';
import { callerOf } from './caller';
import type { Stub } from './stub';
import { Refused } from './wire-error';

/** What a transaction is told of its proposal. @throws Refused where the market has no such organisation's name or such a time */
export function factsOf(stub: Stub, founders: readonly MspId[]): TransactionFacts {
  try {
    return {
      txId: stub.getTxID(),
      time: instant.decode(timeText(stub.getDateTimestamp()), 'timestamp'),
      caller: callerOf(stub),
      founders,
    };
  } catch (error) {
    if (error instanceof FieldError) throw new Refused(refusedField(error));
    throw error;
  }
}

/** A date outside the calendar has no text in ISO 8601. */
function timeText(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/**
 * The text of the request, from the one place where it stays private. Absent, it is the empty request.
 * @throws Refused
 */
export function requestTextOf(stub: Pick<Stub, 'getTransient'>): string {
  const fields = stub.getTransient();
  for (const name of fields.keys()) {
    // Another name is most likely this one misspelt; ignoring it would run the empty request.
    if (name !== transientRequestKey) {
      const reason = `is not read: the request travels in the transient field "${transientRequestKey}"`;
      throw new Refused(refusedField(new FieldError('FieldUnknown', `transient.${name}`, reason)));
    }
  }
  const bytes = fields.get(transientRequestKey);
  if (bytes === undefined) return '{}';
  const fault = faultOfSize(bytes.length);
  if (fault) throw new Refused(refusedField(fault));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(refusedField(new FieldError('TextMalformed', '', 'is not UTF-8')));
  }
}
