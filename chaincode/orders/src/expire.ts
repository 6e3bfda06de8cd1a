import { type Orders, type Phase, type RequestOf, isRejection, refuse } from '@kessai/interface';
import { type Books, type SubmitHandler, created, load, openBooks, put } from '@kessai/ledger';
import { type Board, boardAt, emptyBoard, ownersAt } from './board';
import { type MarketIn, loadMarketIn } from './market-in';
import { namedOrders, orderOf } from './match';
import { type OwnedOrder, lockedPosition, pendingOrderAt, putEnded, removed } from './order';
import { releaseRest } from './release';

type Request = RequestOf<typeof Orders.methods.Expire>;

const endOfDay: readonly Phase[] = ['settlement', 'closed'];

interface State extends MarketIn {
  readonly board: Board;
  readonly pending: readonly OwnedOrder[];
  readonly standing: readonly OwnedOrder[];
  readonly books: Books;
}

/**
 * A day order ends with its day: what it locked is free again, what it traded stays. While the market trades only orders of an earlier day
 * can expire, which is what a day that was closed without it needs.
 */
export const expire: SubmitHandler<Request, State> = {
  async load(reader, { isin, pending: named }, { clock }) {
    const marketIn = await loadMarketIn(reader, isin);
    if (isRejection(marketIn)) return marketIn;
    const { board, owners, orders } = await load(reader, {
      board: boardAt(isin),
      owners: ownersAt(isin),
      orders: named.map(orderOf),
    });
    const pending = namedOrders(named, orders, 'pending', isin, ({ orderId, status }, field) =>
      status === 'pending' ? undefined : refuse('OrderNotPending', { field, orderId, status }),
    );
    if (isRejection(pending)) return pending;
    const onBoard = owners?.owners ?? [];
    const records = await load(reader, { standing: onBoard.map(orderOf) });
    const standing = onBoard.map(({ institution }, index) => {
      const order = records.standing[index];
      if (!order) throw new Error('An order on the board has its record');
      return { institution, order };
    });
    const positions = [...pending, ...standing].map((owned) =>
      lockedPosition(owned, marketIn.instrument, marketIn.money),
    );
    return {
      ...marketIn,
      board: board ?? emptyBoard(clock.businessDate),
      pending,
      standing,
      books: await openBooks(reader, positions),
    };
  },

  decide({ board, pending, standing, instrument, money, books }, { id, isin }, context) {
    const { phase, businessDate } = context.clock;
    const ofToday = [...pending, ...standing].some(({ order }) => order.businessDate === businessDate);
    if (ofToday && !endOfDay.includes(phase)) return refuse('PhaseClosed', { phase, allowed: endOfDay });
    for (const owned of [...pending, ...standing]) {
      const refused = releaseRest(books, owned, instrument, money);
      if (refused) return refused;
    }
    return created(
      [...pending, ...standing].flatMap(({ institution, order }) =>
        putEnded({ institution, order: { ...order, status: 'expired' } }),
      ),
      pending.map(({ institution, order }) => removed(pendingOrderAt(institution, isin, order.orderId))),
      put(boardAt(isin), { ...board, entries: [] }),
      put(ownersAt(isin), { owners: [] }),
      books.close(context, id),
    );
  },
};
