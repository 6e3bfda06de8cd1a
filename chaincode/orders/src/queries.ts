import { type Orders, type RequestOf, type ResponseOf, collectionOf, isRejection } from '@kessai/interface';
import { type EvaluateHandler, booksAsked, load, partyPages } from '@kessai/ledger';
import { boardAt, bookOf } from './board';
import { orders as orderTable, pendingCancels, pendingOrders } from './order';

type Api = typeof Orders.methods;
type Waiting = ResponseOf<Api['Pending']>['orders'][number];

export const board: EvaluateHandler<RequestOf<Api['Board']>, ResponseOf<Api['Board']>> = async (reader, { isin }) => {
  const { board: found } = await load(reader, { board: boardAt(isin) });
  const book = bookOf(found?.entries ?? []);
  return { isin, bids: book.depth('buy'), asks: book.depth('sell') };
};

export const pending: EvaluateHandler<RequestOf<Api['Pending']>, ResponseOf<Api['Pending']>> = async (
  reader,
  { isin },
  { market },
) => {
  const collect = async (table: typeof pendingOrders): Promise<readonly Waiting[]> => {
    const found: Waiting[] = [];
    for (const { mspId: institution, role } of market.members) {
      if (role !== 'institution') continue;
      for await (const { parts, value } of table.below(reader, collectionOf(institution), isin)) {
        found.push({ institution, orderId: parts[1] as Waiting['orderId'], ...value });
      }
    }
    return found;
  };
  const cancels = await collect(pendingCancels);
  return {
    orders: await collect(pendingOrders),
    cancels: cancels.map(({ institution, orderId }) => ({ institution, orderId })),
  };
};

export const orders: EvaluateHandler<RequestOf<Api['Orders']>, ResponseOf<Api['Orders']>> = async (
  reader,
  request,
  context,
) => {
  const institution = booksAsked(context, request.institution, ['institution']);
  if (isRejection(institution)) return institution;
  const found: ResponseOf<Api['Orders']>['orders'][number][] = [];
  for await (const { value } of orderTable.below(reader, collectionOf(institution))) {
    const { cancelRequested: _, ...order } = value;
    if (request.isin === undefined || order.isin === request.isin) found.push(order);
  }
  return { orders: found };
};

export const trades: EvaluateHandler<RequestOf<Api['Trades']>, ResponseOf<Api['Trades']>> = async (
  reader,
  request,
  context,
) => {
  const institution = booksAsked(context, request.institution, ['institution']);
  if (isRejection(institution)) return institution;
  const found: ResponseOf<Api['Trades']>['trades'][number][] = [];
  for await (const { value } of partyPages.below(reader, collectionOf(institution))) {
    found.push(...value.trades.filter(({ status }) => request.status === undefined || status === request.status));
  }
  return { trades: found };
};
