import { type Orders, type RequestOf, consideration, isRejection, maxQuantity, refuse } from '@kessai/interface';
import { type Books, type SubmitHandler, accountAt, created, load, openBooks, put } from '@kessai/ledger';
import { type MarketIn, loadMarketIn } from './market-in';
import { type Order, lockPart, lockedPosition, needOf, orderAt, pendingOrderAt } from './order';

type Request = RequestOf<typeof Orders.methods.Place>;

interface State extends MarketIn {
  readonly order: Order;
  readonly books: Books;
}

/**
 * Writes keys of the placing institution only, so that no two institutions' orders conflict. The order trades when an operator takes it
 * onto the board.
 */
export const place: SubmitHandler<Request, State> = {
  async load(reader, request, { caller: { mspId: institution }, clock, time }) {
    const marketIn = await loadMarketIn(reader, request.isin);
    if (isRejection(marketIn)) return marketIn;
    const { account } = await load(reader, { account: accountAt(institution, request.account) });
    if (!account) return refuse('AccountUnknown', { field: 'account', institution, account: request.account });
    const order: Order = {
      ...request,
      remaining: request.quantity,
      status: 'pending',
      time,
      businessDate: clock.businessDate,
    };
    const position = lockedPosition({ institution, order }, marketIn.instrument, marketIn.money);
    return { ...marketIn, order, books: await openBooks(reader, [position]) };
  },

  decide({ instrument, money, order, books }, { orderId }, context) {
    const { lot } = instrument;
    if (order.quantity % lot !== 0n) return refuse('LotViolated', { field: 'quantity', lot });
    if (consideration(lot, order.price, instrument) === 0n) return refuse('AmountTooSmall', { field: 'price' });
    const needed = needOf(order, order.quantity, instrument);
    if (needed > maxQuantity) return refuse('AmountTooLarge', { field: 'quantity' });
    const { mspId: institution } = context.caller;
    const position = lockedPosition({ institution, order }, instrument, money);
    const refused = books.post([
      { position, part: 'available', change: -needed, field: 'quantity' },
      { position, part: lockPart(orderId), change: needed, field: 'quantity' },
    ]);
    if (refused) return refused;
    return created(
      put(orderAt(institution, orderId), order),
      put(pendingOrderAt(institution, order.isin, orderId), { time: order.time, transactionId: context.txId }),
      books.close(context, orderId),
    );
  },
};
