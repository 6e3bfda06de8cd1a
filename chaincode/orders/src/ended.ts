import { type Reader, load, recalled } from '@kessai/ledger';
import { type Order, type OrderName, endedName, endedOrdersAt } from './order';

/** An order that has ended: it is remembered as long as its institution's requests are. */
export async function endedOrder(reader: Reader, { institution, orderId }: OrderName): Promise<Order | undefined> {
  const cycles = await recalled(reader, institution, endedName(orderId));
  const { logs } = await load(reader, { logs: cycles.map((cycle) => endedOrdersAt(institution, cycle)) });
  return logs.flatMap((log) => log?.lines ?? []).findLast((order) => order.orderId === orderId);
}
