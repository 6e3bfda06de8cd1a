import {
  type Infer,
  type Instant,
  type Isin,
  businessId,
  count,
  instant,
  mspId,
  object,
  operatorsCollection,
  row,
} from '@kessai/interface';
import { type Ref, Rows, lineCodec, rowsCodec, table } from '@kessai/ledger';
import { type OrderName, nameOf } from './order';

/** An order that waits to be matched. */
export interface PendingOrder extends OrderName {
  /** In the order in which they came. */
  readonly number: number;
  readonly time: Instant;
}

const arrivalNumber = count(1, Number.MAX_SAFE_INTEGER);

const pendingLine = lineCodec(
  row(arrivalNumber, mspId, businessId, instant),
  ([number, institution, orderId, time]): PendingOrder => ({ number, institution, orderId, time }),
  ({ number, institution, orderId, time }) => [number, institution, orderId, time] as const,
);
const inTime = (a: PendingOrder, b: PendingOrder): number => a.number - b.number;
const pendingCodec = object({ nextNumber: arrivalNumber, orders: rowsCodec(pendingLine, nameOf, inTime) });
/** What waits to be matched in one instrument. */
export type Pending = Infer<typeof pendingCodec>;

const pendings = table('pending', pendingCodec);

/** Operators and auditors only: who has placed an order is nobody else's affair. */
export function pendingAt(isin: Isin): Ref<Pending> {
  return pendings.at(operatorsCollection, isin);
}

export const nonePending = (): Pending => ({ nextNumber: 1, orders: Rows.of<PendingOrder>([]) });

export function withPending({ nextNumber, orders }: Pending, name: OrderName, time: Instant): Pending {
  const { institution, orderId } = name;
  const order: PendingOrder = { number: nextNumber, institution, orderId, time };
  return { nextNumber: nextNumber + 1, orders: orders.with(nameOf(name), order) };
}

export function withoutPending(pending: Pending, names: readonly OrderName[]): Pending {
  return { ...pending, orders: names.reduce((left, name) => left.without(nameOf(name)), pending.orders) };
}

export function pendingInOrder({ orders }: Pending): readonly PendingOrder[] {
  return [...orders.values()].sort(inTime);
}
