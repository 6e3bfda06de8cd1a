import type { Rejection } from '@kessai/interface';
import type { Books, Instrument, Money } from '@kessai/ledger';
import { type OwnedOrder, lockedPosition, needOf } from './order';

/** Gives back what an order had locked for what is left of it. What its fills reserved stays until they settle. */
export function releaseRest(
  books: Books,
  owned: OwnedOrder,
  instrument: Instrument,
  money: Money,
): Rejection | undefined {
  const { order } = owned;
  const rest = needOf(order, order.remaining, instrument);
  if (rest === 0n) return undefined;
  const position = lockedPosition(owned, instrument, money);
  return books.post([
    { position, part: 'order', change: -rest, field: 'orderId' },
    { position, part: 'available', change: rest, field: 'orderId' },
  ]);
}
