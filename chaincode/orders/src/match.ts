import { type Isin, type Orders, type Rejection, type RequestOf, isRejection, refuse } from '@kessai/interface';
import { type Context, type Reader, type SubmitHandler, load, memberOf, put } from '@kessai/ledger';
import { endedOrder } from './ended';
import { LiveOrders } from './live-orders';
import { loadMarketIn } from './market-in';
import { type Order, type OrderName, type OwnedOrder, nameOf } from './order';
import { type Pending, nonePending, pendingAt, withoutPending } from './pending';
import { type Trading, loadBoard, openTrading, trade } from './trading';

type Request = RequestOf<typeof Orders.methods.Match>;

interface State extends Trading {
  readonly pending: Pending;
}

/** The operators' matching: pending orders come onto the board of an instrument, by price and time. */
export const match: SubmitHandler<Request, State> = {
  async load(reader, request, context) {
    const { id, isin } = request;
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const board = await loadBoard(reader, marketIn, context);
    if (isRejection(board)) return board;
    const incoming = await namedOrders(reader, request, context);
    if (isRejection(incoming)) return incoming;
    const { pending = nonePending() } = await load(reader, { pending: pendingAt(isin) });
    const trading = await openTrading(reader, marketIn, { ...board, incoming }, id, context);
    return { ...trading, pending };
  },

  decide(state, { isin, orders }, context) {
    const writes = trade(state, context);
    if (isRejection(writes)) return writes;
    const waiting = withoutPending(state.pending, orders);
    return state.live.decision(context.cycle, ...writes, put(pendingAt(isin), waiting));
  },
};

/** The orders that the request names: each there, once, in this instrument, pending and of today. */
async function namedOrders(
  reader: Reader,
  { isin, orders }: Request,
  { market, clock }: Context,
): Promise<readonly OwnedOrder[] | Rejection> {
  const isInstitution = ({ institution }: OrderName): boolean => memberOf(market, institution)?.role === 'institution';
  // Whoever is no institution has no orders, and may have no collection to look into.
  const live = await LiveOrders.open(reader, orders.filter(isInstitution));
  const named = new Set<string>();
  const found: OwnedOrder[] = [];
  for (const [index, name] of orders.entries()) {
    const field = `orders[${index.toString()}]`;
    const order = isInstitution(name) ? live.find(name) : undefined;
    const known = order ?? (isInstitution(name) ? await endedOrder(reader, name) : undefined);
    if (!known) return refuse('OrderUnknown', { field, orderId: name.orderId });
    if (named.has(nameOf(name))) return refuse('OrderNamedTwice', { field });
    named.add(nameOf(name));
    const refused = refusedOrder(known, isin, clock.businessDate, field);
    if (refused) return refused;
    if (order) found.push({ institution: name.institution, order });
  }
  return found;
}

/** A day order that was never taken has ended with its day. */
function refusedOrder(
  { orderId, isin, status, businessDate }: Order,
  wanted: Isin,
  today: Order['businessDate'],
  field: string,
): Rejection | undefined {
  if (isin !== wanted) return refuse('OrderWrongInstrument', { field, isin });
  if (status !== 'pending') return refuse('OrderNotPending', { field, orderId, status });
  return businessDate === today ? undefined : refuse('OrdersNotExpired', { field, businessDate });
}
