import { type Orders, type RequestOf, isRejection, refuse } from '@kessai/interface';
import {
  type Books,
  type Rows,
  type SubmitHandler,
  type Write,
  alreadyDone,
  load,
  openBooks,
  put,
} from '@kessai/ledger';
import { type Board, type Owner, Withdrawal, boardAt, ownersAt } from './board';
import { endedOrder } from './ended';
import { LiveOrders } from './live-orders';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Order, type OrderName, lockedPosition } from './order';
import { type Pending, pendingAt, withoutPending } from './pending';
import { releaseRest } from './release';

type Request = RequestOf<typeof Orders.methods.Cancel>;

interface LiveState extends MarketIn {
  readonly order: Order;
  readonly live: LiveOrders;
  readonly books: Books;
  readonly board: Board | undefined;
  readonly owners: Rows<Owner> | undefined;
  readonly pending: Pending | undefined;
}

type State = LiveState | { readonly ended: Order };

export const cancel: SubmitHandler<Request, State> = {
  async load(reader, { orderId }, { caller: { mspId: institution } }) {
    const name = { institution, orderId };
    const live = await LiveOrders.open(reader, [name]);
    const order = live.find(name);
    if (!order) {
      const ended = await endedOrder(reader, name);
      return ended ? { ended } : refuse('OrderUnknown', { field: 'orderId', orderId });
    }
    const { isin } = order;
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const places = await load(reader, { board: boardAt(isin), owners: ownersAt(isin), pending: pendingAt(isin) });
    const position = lockedPosition({ institution, order }, marketIn.instrument, marketIn.money);
    return { ...marketIn, order, live, ...places, books: await openBooks(reader, [position]) };
  },

  decide(state, { orderId }, { caller: { mspId: institution }, cycle }) {
    if ('ended' in state) {
      const { status } = state.ended;
      return status === 'cancelled' ? alreadyDone : refuse('OrderEnded', { field: 'orderId', orderId, status });
    }
    const { order, live, instrument, money, books } = state;
    const refused = releaseRest(books, { institution, order }, instrument, money);
    if (refused) return refused;
    live.end({ institution, order: { ...order, status: 'cancelled' } });
    return live.decision(cycle, ...takenAway(state, { institution, orderId }));
  },
};

/** The order is no longer where it was: on the board, or among those that wait. */
function takenAway({ order, board, owners, pending }: LiveState, name: OrderName): readonly Write[] {
  const { isin, sequence, status } = order;
  if (status === 'pending') return pending ? [put(pendingAt(isin), withoutPending(pending, [name]))] : [];
  if (!board || !owners) throw new Error('A standing order is on the board');
  return [
    put(boardAt(isin), { ...board, book: board.book.with(new Withdrawal(sequence)) }),
    put(ownersAt(isin), owners.without(sequence.toString())),
  ];
}
