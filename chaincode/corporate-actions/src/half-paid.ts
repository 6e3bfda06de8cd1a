import { type Context, type Write, halfPaidSplitsRef, put } from '@kessai/ledger';
import { type Agenda, putSplits } from './agenda';
import type { RunningEvent } from './running';

type Running = Pick<RunningEvent, 'event' | 'instrument' | 'halfPaid'>;

/** With the first page that is paid of a split its instrument is in two measures: the market stays closed until it is completed. */
export function halfPaid({
  event: { terms, status, eventId },
  instrument,
  halfPaid: before,
}: Running): readonly Write[] {
  if (terms.kind !== 'stock-split' || status !== 'announced') return [];
  const { isin, issuer } = instrument;
  return [put(halfPaidSplitsRef, { splits: [...before.splits, { isin, issuer, eventId }] })];
}

/** The split is completed: the market may open again, and the next one may be announced. */
export function paidInFull(
  { event: { terms, status }, instrument: { issuer }, halfPaid: before, agenda }: Running & { readonly agenda: Agenda },
  { clock: { businessDate: completedOn }, cycle, time }: Context,
): readonly Write[] {
  if (terms.kind !== 'stock-split') return [];
  const { isin, recordDate } = terms;
  const completed = [...agenda.splits.completed, { recordDate, completedOn, cycle, time }];
  const others = { splits: before.splits.filter((one) => one.isin !== isin) };
  return [
    ...putSplits(issuer, isin, agenda, { completed }),
    ...(status === 'paying' ? [put(halfPaidSplitsRef, others)] : []),
  ];
}
