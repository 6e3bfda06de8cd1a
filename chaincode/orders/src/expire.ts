import { type Orders, type Phase, type RequestOf, isRejection, refuse } from '@kessai/interface';
import { type Books, type SubmitHandler, load, openBooks, put } from '@kessai/ledger';
import { type Board, boardAt, cleared, emptyBoard, noOwners, ownersAt, ownersInOrder } from './board';
import { LiveOrders } from './live-orders';
import { type MarketIn, loadMarketIn } from './market-in';
import { type OwnedOrder, lockedPosition, orderNameOf } from './order';
import { type Pending, nonePending, pendingAt, pendingInOrder, withoutPending } from './pending';
import { releaseRest } from './release';

type Request = RequestOf<typeof Orders.methods.Expire>;

const endOfDay: readonly Phase[] = ['settlement', 'closed'];

interface State extends MarketIn {
  readonly board: Board;
  readonly waiting: Pending;
  readonly live: LiveOrders;
  readonly pending: readonly OwnedOrder[];
  readonly standing: readonly OwnedOrder[];
  readonly books: Books;
}

/**
 * A day order ends with its day: what it locked is free again, what it traded stays. While the market trades only orders of an earlier day
 * expire, which is what a day that was closed without it needs.
 */
export const expire: SubmitHandler<Request, State> = {
  async load(reader, { isin }, { clock }) {
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const {
      board = emptyBoard(clock.businessDate),
      owners = noOwners(),
      waiting = nonePending(),
    } = await load(reader, { board: boardAt(isin), owners: ownersAt(isin), waiting: pendingAt(isin) });
    const names = { pending: pendingInOrder(waiting), standing: ownersInOrder(owners) };
    const live = await LiveOrders.open(reader, [...names.pending, ...names.standing]);
    const pending = names.pending.map((name) => live.get(name));
    const standing = names.standing.map((name) => live.get(name));
    const positions = [...pending, ...standing].map((owned) =>
      lockedPosition(owned, marketIn.instrument, marketIn.money),
    );
    const books = await openBooks(reader, positions);
    return { ...marketIn, board, waiting, live, pending, standing, books };
  },

  decide(state, { isin }, { clock, cycle }) {
    const { board, waiting, live, instrument, money, books } = state;
    const { phase, businessDate: today } = clock;
    const isOver = ({ order }: OwnedOrder): boolean => endOfDay.includes(phase) || order.businessDate !== today;
    const [pending, standing] = [state.pending.filter(isOver), state.standing.filter(isOver)];
    const ended = [...pending, ...standing];
    if (ended.length === 0 && state.pending.length + state.standing.length > 0) {
      return refuse('PhaseClosed', { phase, allowed: endOfDay });
    }
    for (const owned of ended) {
      const refused = releaseRest(books, owned, instrument, money);
      if (refused) return refused;
      live.end({ ...owned, order: { ...owned.order, status: 'expired' } });
    }
    // What stands on a board is of one day, so either all of it is over or nothing.
    const boardWrites =
      standing.length === 0 ? [] : [put(boardAt(isin), cleared(board)), put(ownersAt(isin), noOwners())];
    const left = withoutPending(waiting, pending.map(orderNameOf));
    return live.decision(cycle, ...boardWrites, ...(pending.length === 0 ? [] : [put(pendingAt(isin), left)]));
  },
};
