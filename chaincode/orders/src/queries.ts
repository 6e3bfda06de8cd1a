import {
  type BusinessDate,
  type MspId,
  type Orders,
  type RequestOf,
  type ResponseOf,
  collectionOf,
  isRejection,
} from '@kessai/interface';
import {
  type Context,
  type EvaluateHandler,
  type PartyLine,
  type RangeReader,
  adviceAt,
  bilateralViewOf,
  booksAsked,
  byName,
  firstCycleOf,
  isLapsed,
  linesOfAnswer,
  load,
  partyPages,
  partyStatusAt,
  present,
  statesOf,
} from '@kessai/ledger';
import { boardAt, emptyBoard } from './board';
import { type Order, endedPages, orderPageAt, pagesOfOrders } from './order';
import { nonePending, pendingAt, pendingInOrder } from './pending';

type Api = typeof Orders.methods;
type ShownOrder = ResponseOf<Api['Orders']>['orders'][number];
type ShownTrade = ResponseOf<Api['Trades']>['trades'][number];
type Period = Pick<RequestOf<Api['Trades']>, 'account' | 'isin' | 'fromDate' | 'toDate'>;

export const board: EvaluateHandler<RequestOf<Api['Board']>, ResponseOf<Api['Board']>> = async (
  reader,
  { isin },
  { clock },
) => {
  const { board: found = emptyBoard(clock.businessDate) } = await load(reader, { board: boardAt(isin) });
  const book = found.book.state;
  return { isin, bids: book.depth('buy'), asks: book.depth('sell') };
};

export const pending: EvaluateHandler<RequestOf<Api['Pending']>, ResponseOf<Api['Pending']>> = async (
  reader,
  { isin },
) => {
  const { waiting = nonePending() } = await load(reader, { waiting: pendingAt(isin) });
  return { orders: pendingInOrder(waiting).map(({ institution, orderId, time }) => ({ institution, orderId, time })) };
};

export const orders: EvaluateHandler<RequestOf<Api['Orders']>, ResponseOf<Api['Orders']>> = async (
  reader,
  { institution: named, status, from = 0, ...period },
  context,
) => {
  const institution = booksAsked(context, named, ['institution']);
  if (isRejection(institution)) return institution;
  const isAsked = (order: ShownOrder): boolean =>
    (status === undefined || order.status === status) && isWithin(period, order, order.businessDate);
  const found: ShownOrder[] = [];
  let lines = 0;
  for await (const { parts, value } of endedPages.since(
    reader,
    collectionOf(institution),
    await startOf(reader, context, period, from),
  )) {
    if (lines >= linesOfAnswer) return { orders: found, next: Number(parts[0]) };
    lines += value.lines.length;
    found.push(...value.lines.filter(isAsked));
  }
  return { orders: [...found, ...(await liveOrders(reader, institution)).filter(isAsked)] };
};

/** In the order in which they were placed. */
async function liveOrders(reader: RangeReader, institution: MspId): Promise<readonly Order[]> {
  const { pages } = await load(reader, {
    pages: Array.from({ length: pagesOfOrders }, (_, page) => orderPageAt(institution, page)),
  });
  const live = pages.flatMap((page) => page?.values() ?? []);
  return live.sort(byName(({ time, orderId }) => `${time} ${orderId}`));
}

export const trades: EvaluateHandler<RequestOf<Api['Trades']>, ResponseOf<Api['Trades']>> = async (
  reader,
  { institution: named, status, from = 0, ...period },
  context,
) => {
  const institution = booksAsked(context, named, ['institution']);
  if (isRejection(institution)) return institution;
  const pages: { readonly page: number; readonly lines: readonly PartyLine[] }[] = [];
  let next: number | undefined;
  let lines = 0;
  // What is recorded and not yet affirmed stands on no page.
  if (status !== 'recorded') {
    const start = await startOf(reader, context, period, from);
    for await (const { parts, value } of partyPages.since(reader, collectionOf(institution), start)) {
      const page = Number(parts[0]);
      if (lines >= linesOfAnswer) {
        next = page;
        break;
      }
      lines += value.lines.length;
      pages.push({ page, lines: value.lines });
    }
  }
  const { statuses, cycles, open } = await load(reader, {
    statuses: pages.map(({ page }) => partyStatusAt(institution, page)),
    // A page of trades has the number of the cycle that made them.
    cycles: pages.map(({ page }) => adviceAt(institution, page)),
    open: bilateralViewOf(institution),
  });
  const onPages = pages.flatMap(({ page, lines: ours }, index) => {
    const states = statesOf(ours.length, statuses[index]);
    const { time, transactionId } = cycles[index] ?? {};
    return ours.map((line, number): ShownTrade => {
      const { status: where = 'matched', reason } = states[number] ?? {};
      return {
        ...shown(line, institution),
        page: page.toString(),
        number,
        status: where,
        ...present({ reason, time, transactionId }),
      };
    });
  });
  const recorded = next === undefined ? (open?.values() ?? []) : [];
  const all = [
    ...onPages,
    ...[...recorded]
      .sort(byName(({ tradeDate, tradeId = '' }) => `${tradeDate} ${tradeId}`))
      .map((line): ShownTrade => ({
        ...shown(line, institution),
        status: isLapsed(line, context.clock) ? 'lapsed' : 'recorded',
      })),
  ];
  return {
    trades: all.filter(
      (one) => (status === undefined || one.status === status) && isWithin(period, one, one.tradeDate),
    ),
    ...present({ next }),
  };
};

/** Whether an order or a trade is one that is asked for. */
function isWithin(
  { account, isin, fromDate, toDate }: Period,
  one: Pick<ShownTrade, 'account' | 'isin'>,
  date: BusinessDate,
): boolean {
  return (
    (account === undefined || one.account === account) &&
    (isin === undefined || one.isin === isin) &&
    (fromDate === undefined || date >= fromDate) &&
    (toDate === undefined || date <= toDate)
  );
}

/** The first cycle to look at: what was made or ended before a date's first cycle is of an earlier date. */
async function startOf(reader: RangeReader, context: Context, { fromDate }: Period, from: number): Promise<number> {
  return fromDate === undefined ? from : Math.max(from, await firstCycleOf(reader, context, fromDate));
}

function shown({ recordedBy, ...line }: PartyLine, institution: MspId): Omit<ShownTrade, 'status'> {
  return { ...line, ...present({ recordedByUs: recordedBy === undefined ? undefined : recordedBy === institution }) };
}
