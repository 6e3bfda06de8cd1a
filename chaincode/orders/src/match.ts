import {
  type Infer,
  type Orders,
  type Rejection,
  type RequestOf,
  isRejection,
  type orderRef,
  refuse,
} from '@kessai/interface';
import {
  type Books,
  type Context,
  type Reader,
  type SubmitHandler,
  type Trade,
  type Write,
  boardPage,
  created,
  load,
  openBooks,
  put,
  putTrades,
} from '@kessai/ledger';
import { boardAt, emptyBoard, ownersAt } from './board';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Matching, matchOrders, nameOf, tradeOf } from './matching';
import {
  type Order,
  type OwnedOrder,
  lockedPosition,
  needOf,
  orderAt,
  pendingOrderAt,
  putEnded,
  removed,
} from './order';
import { releaseRest } from './release';

type Request = RequestOf<typeof Orders.methods.Match>;
type OrderRef = Infer<typeof orderRef>;

interface State extends MarketIn {
  readonly matching: Matching;
  /** Orders that were asked to be cancelled and still stood. */
  readonly cancelled: readonly OwnedOrder[];
  readonly incoming: readonly OwnedOrder[];
  /** Orders of the board that were executed against. */
  readonly executed: readonly OwnedOrder[];
  readonly books: Books;
}

/** The operators' matching: one at a time for an instrument, by price and time. */
export const match: SubmitHandler<Request, State> = {
  async load(reader, request, { clock }) {
    const marketIn = await loadMarketIn(reader, request.isin);
    if (isRejection(marketIn)) return marketIn;
    const { isin } = request;
    const state = await load(reader, {
      board: boardAt(isin),
      owners: ownersAt(isin),
      cancels: request.cancels.map(orderOf),
      orders: request.orders.map(orderOf),
    });
    const today = clock.businessDate;
    const before = state.board ?? emptyBoard(today);
    if (before.entries.length > 0 && before.businessDate !== today) {
      return refuse('OrdersNotExpired', { field: 'isin', businessDate: before.businessDate });
    }
    const cancels = namedOrders(request.cancels, state.cancels, 'cancels', request.isin, refusedCancel);
    if (isRejection(cancels)) return cancels;
    const incoming = namedOrders(request.orders, state.orders, 'orders', request.isin, refusedIncoming(today));
    if (isRejection(incoming)) return incoming;
    const cancelled = cancels.filter(({ order }) => order.status === 'standing');
    const matching = matchOrders({
      board: { ...before, businessDate: today },
      owners: state.owners?.owners ?? [],
      cancels: cancelled,
      incoming,
    });
    const executed = await loadExecuted(reader, matching, incoming);
    const touched = [...cancelled, ...matching.dropped].map((owned) =>
      lockedPosition(owned, marketIn.instrument, marketIn.money),
    );
    return { ...marketIn, matching, cancelled, incoming, executed, books: await openBooks(reader, touched) };
  },

  decide(state, { id, isin }, context) {
    const { matching, cancelled, incoming, instrument, money, books } = state;
    const live = new Map([...incoming, ...state.executed].map((owned) => [nameOf(ownerRef(owned)), owned]));
    const trades = executeAll(state, live, context);
    const writes: Write[] = [];
    for (const owned of cancelled) {
      const refused = releaseRest(books, owned, instrument, money);
      if (refused) return refused;
      writes.push(...putEnded({ ...owned, order: { ...owned.order, status: 'cancelled' } }));
    }
    const dropped = new Set(matching.dropped.map((owned) => nameOf(ownerRef(owned))));
    for (const [name, owned] of live) {
      const ended = endOf(owned, dropped.has(name));
      if (ended.order.status === 'cancelled') {
        const refused = releaseRest(books, ended, instrument, money);
        if (refused) return refused;
      }
      writes.push(
        ...(ended.order.status === 'standing' ? [put(orderOf(ownerRef(ended)), ended.order)] : putEnded(ended)),
      );
    }
    return created(
      writes,
      incoming.map(({ institution, order }) => removed(pendingOrderAt(institution, isin, order.orderId))),
      put(boardAt(isin), matching.board),
      put(ownersAt(isin), { owners: matching.owners }),
      putPages(id, trades),
      books.close(context, id),
    );
  },
};

/** Makes the trades and takes what was filled off the orders. */
function executeAll(
  { matching, instrument }: State,
  live: Map<string, OwnedOrder>,
  { clock }: Context,
): readonly Trade[] {
  return matching.executions.map((execution, index) =>
    tradeOf(execution, index % tradesOnPage, instrument, clock.businessDate, (owner, quantity) => {
      const name = nameOf(owner);
      const owned = live.get(name);
      if (!owned) throw new Error('An executed order was read');
      const { order } = owned;
      live.set(name, { ...owned, order: { ...order, remaining: order.remaining - quantity } });
      return needOf(order, quantity, instrument);
    }),
  );
}

/** A page and what either party sees of it must stay readable in one piece; a matching that makes more trades makes further pages. */
export const tradesOnPage = 4_000;

function putPages(id: Request['id'], trades: readonly Trade[]): readonly Write[] {
  const writes: Write[] = [];
  for (let from = 0; from < trades.length; from += tradesOnPage) {
    // No id holds a colon, so no other matching has a page of this name.
    const page = from === 0 ? boardPage(id) : `${boardPage(id)}:${(from / tradesOnPage + 1).toString()}`;
    writes.push(...putTrades(page, trades.slice(from, from + tradesOnPage)));
  }
  return writes;
}

function endOf(owned: OwnedOrder, dropped: boolean): OwnedOrder {
  const { order } = owned;
  const status = order.remaining === 0n ? 'filled' : dropped ? 'cancelled' : 'standing';
  return { ...owned, order: { ...order, status } };
}

async function loadExecuted(
  reader: Reader,
  { executions }: Matching,
  incoming: readonly OwnedOrder[],
): Promise<readonly OwnedOrder[]> {
  const known = new Set(incoming.map((owned) => nameOf(ownerRef(owned))));
  const refs = new Map(executions.map(({ standing }) => [nameOf(standing), standing]));
  const wanted = [...refs].filter(([name]) => !known.has(name)).map(([, ref]) => ref);
  const { orders } = await load(reader, { orders: wanted.map(orderOf) });
  return wanted.map(({ institution }, index) => {
    const order = orders[index];
    if (!order) throw new Error('An order on the board has its record');
    return { institution, order };
  });
}

type Check = (order: Order, field: string) => Rejection | undefined;

const refusedCancel: Check = (order, field) =>
  order.cancelRequested || order.status !== 'standing'
    ? undefined
    : refuse('CancelNotRequested', { field, orderId: order.orderId });

/** A day order that was never taken has ended with its day. */
function refusedIncoming(today: Order['businessDate']): Check {
  return ({ orderId, status, businessDate }, field) => {
    if (status !== 'pending') return refuse('OrderNotPending', { field, orderId, status });
    return businessDate === today ? undefined : refuse('OrdersNotExpired', { field, businessDate });
  };
}

/** The orders of a list in the request, each there, once, in this instrument, and fit for what is asked. */
export function namedOrders(
  refs: readonly OrderRef[],
  found: readonly (Order | undefined)[],
  list: string,
  isin: Order['isin'],
  refused: Check,
): readonly OwnedOrder[] | Rejection {
  const named = new Set<string>();
  const result: OwnedOrder[] = [];
  for (const [index, ref] of refs.entries()) {
    const field = `${list}[${index.toString()}]`;
    const order = found[index];
    if (!order) return refuse('OrderUnknown', { field, orderId: ref.orderId });
    if (named.has(nameOf(ref))) return refuse('OrderNamedTwice', { field });
    if (order.isin !== isin) return refuse('OrderWrongInstrument', { field, isin: order.isin });
    const unfit = refused(order, field);
    if (unfit) return unfit;
    named.add(nameOf(ref));
    result.push({ institution: ref.institution, order });
  }
  return result;
}

export function orderOf({ institution, orderId }: OrderRef): ReturnType<typeof orderAt> {
  return orderAt(institution, orderId);
}

function ownerRef({ institution, order }: OwnedOrder): OrderRef {
  return { institution, orderId: order.orderId };
}
