import { type Orders, type RequestOf, isRejection, refuse } from '@kessai/interface';
import { type Books, type SubmitHandler, alreadyDone, created, load, openBooks, put } from '@kessai/ledger';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Order, lockedPosition, orderAt, pendingCancelAt, pendingOrderAt, putEnded, removed } from './order';
import { releaseRest } from './release';

type Request = RequestOf<typeof Orders.methods.Cancel>;

interface State extends MarketIn {
  readonly order: Order;
  readonly books: Books;
}

export const cancel: SubmitHandler<Request, State> = {
  async load(reader, { orderId }, { caller: { mspId: institution } }) {
    const { order } = await load(reader, { order: orderAt(institution, orderId) });
    if (!order) return refuse('OrderUnknown', { field: 'orderId', orderId });
    const marketIn = await loadMarketIn(reader, order.isin);
    if (isRejection(marketIn)) return marketIn;
    const position = lockedPosition({ institution, order }, marketIn.instrument, marketIn.money);
    return { ...marketIn, order, books: await openBooks(reader, [position]) };
  },

  decide({ order, instrument, money, books }, { orderId }, context) {
    const { mspId: institution } = context.caller;
    const { isin, status } = order;
    if (status === 'cancelled' || order.cancelRequested) return alreadyDone;
    if (status === 'standing') {
      return created(
        put(orderAt(institution, orderId), { ...order, cancelRequested: true }),
        put(pendingCancelAt(institution, isin, orderId), { time: context.time, transactionId: context.txId }),
      );
    }
    if (status !== 'pending') return refuse('OrderEnded', { field: 'orderId', orderId, status });
    const refused = releaseRest(books, { institution, order }, instrument, money);
    if (refused) return refused;
    return created(
      putEnded({ institution, order: { ...order, status: 'cancelled' } }),
      removed(pendingOrderAt(institution, isin, orderId)),
      books.close(context, orderId),
    );
  },
};
