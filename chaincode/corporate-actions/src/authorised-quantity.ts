import { type Rejection, refuse } from '@kessai/interface';
import { type Books, type Write, instrumentAt, put } from '@kessai/ledger';
import type { RunningEvent } from './running';

/** What has been issued of the instrument of a split, before the transaction posts anything; a dividend issues nothing. */
export function issuedNow({ event, credited }: RunningEvent, books: Books): bigint {
  return event.terms.kind === 'stock-split' ? books.issued(credited) : 0n;
}

/**
 * A split's first step sets the authorised quantity that it was announced with, which must be enough for the whole of it. Later steps may
 * find that others have issued in the meantime: they must not go beyond it either.
 */
export function authorise(
  { event: { terms, status }, instrument, snapshot, credited }: RunningEvent,
  issuedBefore: bigint,
  books: Books,
): readonly Write[] | Rejection {
  if (terms.kind !== 'stock-split') return [];
  const { numerator, denominator } = terms.ratio;
  const first = status === 'announced';
  const beyondHeld = (snapshot.issued * numerator) / denominator - snapshot.issued;
  const needed = first ? issuedBefore + beyondHeld : books.issued(credited);
  if (needed > (first ? terms.supplyCap : instrument.supplyCap)) {
    return refuse('CapTooLow', { field: 'eventId', needed });
  }
  return first ? [put(instrumentAt(instrument.isin), { ...instrument, supplyCap: terms.supplyCap })] : [];
}
