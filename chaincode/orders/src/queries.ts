import { type MspId, type Orders, type RequestOf, type ResponseOf, collectionOf, isRejection } from '@kessai/interface';
import {
  type EvaluateHandler,
  type PartyLine,
  type RangeReader,
  bilateralViewOf,
  booksAsked,
  byName,
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
  { institution: named, isin, from = 0 },
  context,
) => {
  const institution = booksAsked(context, named, ['institution']);
  if (isRejection(institution)) return institution;
  const isAsked = (order: ShownOrder): boolean => isin === undefined || order.isin === isin;
  const found: ShownOrder[] = [];
  let lines = 0;
  for await (const { parts, value } of endedPages.since(reader, collectionOf(institution), from)) {
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
  { institution: named, status, from = 0 },
  context,
) => {
  const institution = booksAsked(context, named, ['institution']);
  if (isRejection(institution)) return institution;
  const pages: { readonly page: number; readonly lines: readonly PartyLine[] }[] = [];
  let next: number | undefined;
  let lines = 0;
  // What is recorded and not yet affirmed stands on no page.
  if (status !== 'recorded') {
    for await (const { parts, value } of partyPages.since(reader, collectionOf(institution), from)) {
      const page = Number(parts[0]);
      if (lines >= linesOfAnswer) {
        next = page;
        break;
      }
      lines += value.lines.length;
      pages.push({ page, lines: value.lines });
    }
  }
  const { statuses, open } = await load(reader, {
    statuses: pages.map(({ page }) => partyStatusAt(institution, page)),
    open: bilateralViewOf(institution),
  });
  const onPages = pages.flatMap(({ page, lines: ours }, index) => {
    const states = statesOf(ours.length, statuses[index]);
    return ours.map((line, number): ShownTrade => {
      const { status: where = 'matched', reason } = states[number] ?? {};
      return { ...shown(line, institution), page: page.toString(), number, status: where, ...present({ reason }) };
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
    trades: status === undefined ? all : all.filter((one) => one.status === status),
    ...present({ next }),
  };
};

function shown({ recordedBy, ...line }: PartyLine, institution: MspId): Omit<ShownTrade, 'status'> {
  return { ...line, ...present({ recordedByUs: recordedBy === undefined ? undefined : recordedBy === institution }) };
}
