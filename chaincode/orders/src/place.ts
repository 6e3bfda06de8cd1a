import {
  Orders,
  type Rejection,
  type RequestOf,
  consideration,
  isRejection,
  maxQuantity,
  refuse,
} from '@kessai/interface';
import {
  type Books,
  type Context,
  type SubmitHandler,
  accountAt,
  isAccount,
  load,
  openBooks,
  put,
  registeredAgain,
} from '@kessai/ledger';
import { LiveOrders } from './live-orders';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Order, type OwnedOrder, lockedPosition, needOf } from './order';
import { type Pending, nonePending, pendingAt, withPending } from './pending';
import { type Trading, loadBoard, openTrading, trade } from './trading';

type Request = RequestOf<typeof Orders.methods.Place>;

interface State extends MarketIn {
  readonly order: Order;
  readonly books: Books;
  readonly live: LiveOrders;
  /** Where it waits for an operator's matching, or the matching that it comes to at once. */
  readonly next: { readonly pending: Pending } | { readonly trading: Trading };
}

/** Locks what the order may need. It trades at once, or when an operator takes it onto the board, as the market's policy says. */
export const place: SubmitHandler<Request, State> = {
  async load(reader, request, context) {
    const { mspId: institution } = context.caller;
    const { account: name, isin, orderId } = request;
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const { instrument, money } = marketIn;
    const { account } = await load(reader, { account: accountAt(institution, name) });
    if (!isAccount(name, account)) return refuse('AccountUnknown', { field: 'account', institution, account: name });
    const order = orderOf(request, context);
    if (context.policy.matching === 'continuous') {
      const board = await loadBoard(reader, marketIn, context);
      if (isRejection(board)) return board;
      const incoming = [{ institution, order }];
      const trading = await openTrading(reader, marketIn, { ...board, incoming }, orderId, context);
      return { ...marketIn, order, books: trading.settlement.books, live: trading.live, next: { trading } };
    }
    const { pending = nonePending() } = await load(reader, { pending: pendingAt(isin) });
    const live = await LiveOrders.open(reader, [{ institution, orderId }]);
    const books = await openBooks(reader, [lockedPosition({ institution, order }, instrument, money)]);
    return { ...marketIn, order, books, live, next: { pending } };
  },

  decide(state, request, context) {
    const { order, live, next } = state;
    const { mspId: institution } = context.caller;
    const { orderId } = request;
    const first = live.find({ institution, orderId });
    if (first) return registeredAgain(Orders.methods.Place.request, first, request);
    const refused = lockFor(state, { institution, order });
    if (refused) return refused;
    if ('pending' in next) {
      live.keep({ institution, order });
      const waiting = withPending(next.pending, { institution, orderId }, order.time);
      return live.decision(context.cycle, put(pendingAt(order.isin), waiting));
    }
    const writes = trade(next.trading, context);
    if (isRejection(writes)) return writes;
    // Whose order it met is told the trade, and not by which order it was met.
    return { ...live.decision(context.cycle, ...writes), anonymous: true };
  },
};

function orderOf(request: Request, { time, clock }: Context): Order {
  return {
    ...request,
    remaining: request.quantity,
    status: 'pending',
    time,
    businessDate: clock.businessDate,
    sequence: 0n,
  };
}

function lockFor({ instrument, money, books }: State, owned: OwnedOrder): Rejection | undefined {
  const { order } = owned;
  const { lot } = instrument;
  if (order.quantity % lot !== 0n) return refuse('LotViolated', { field: 'quantity', lot });
  if (consideration(lot, order.price, instrument) === 0n) return refuse('AmountTooSmall', { field: 'price' });
  const needed = needOf(order, order.quantity, instrument);
  if (needed > maxQuantity) return refuse('AmountTooLarge', { field: 'quantity' });
  const position = lockedPosition(owned, instrument, money);
  return books.post([
    { position, part: 'available', change: -needed, field: 'quantity' },
    { position, part: 'order', change: needed, field: 'quantity' },
  ]);
}
