import { type Rejection, refuse } from '@kessai/interface';
import { type Books, type Write, instrumentAt, put } from '@kessai/ledger';
import type { RunningEvent } from './running';

/** What has been issued of the instrument of a split, before the transaction posts anything; a dividend issues nothing. */
export function issuedNow({ event, credited }: RunningEvent, books: Books): bigint {
  return event.terms.kind === 'stock-split' ? books.issued(credited) : 0n;
}

/**
 * A split's first step sets the authorised quantity that it was announced with, which must be enough for the whole of it: what has been
 * issued since the announcement counts. After that nothing is issued until the split is completed, so it can always be completed.
 */
export function authorise(
  { event: { terms, status }, instrument, snapshot }: RunningEvent,
  issuedBefore: bigint,
): readonly Write[] | Rejection {
  if (terms.kind !== 'stock-split' || status !== 'announced') return [];
  const { numerator, denominator } = terms.ratio;
  const needed = issuedBefore + (snapshot.issued * numerator) / denominator - snapshot.issued;
  if (needed > terms.supplyCap) return refuse('CapTooLow', { field: 'eventId', needed });
  return [put(instrumentAt(instrument.isin), { ...instrument, supplyCap: terms.supplyCap })];
}
