import { grouped } from '../terminal/number-format';
import type { BoardPicture, DayReport, IssuanceLine, TradeLine } from './day-report';
import { phrase } from './phrase';
import {
  type Block,
  type FigureBlock,
  type Section,
  type TableBlock,
  counted,
  list,
  moneyText,
  numbers,
  priceText,
  quantityText,
  section,
  table,
  text,
  texts,
} from './report-model';

export function issuanceSection({ issuance }: DayReport): Section {
  return section('issuance', phrase`Issuance`, issuance.flatMap(issuanceBlocks));
}

function issuanceBlocks(line: IssuanceLine): readonly Block[] {
  const { scale, instrument, code, isin, authorised, allotted, issuer, keptByIssuer, issued, distributed } = line;
  const rows = [
    ...allotted.map(({ institution, quantity }) => [`Allotted to ${institution}`, quantityText(quantity, scale)]),
    [`Kept by ${issuer}`, quantityText(keptByIssuer, scale)],
  ];
  return [
    table({
      title: phrase`${instrument} (${code}, ${isin}), authorised ${quantityText(authorised, scale)}`,
      columns: [...texts('Issued to'), ...numbers('Quantity')],
      rows,
      totals: [['Issued', quantityText(issued, scale)]],
    }),
    text(phrase`Of the allotted, ${quantityText(distributed, scale)} went on to clients.`),
  ];
}

export function boardSections({ boardsAtNoon }: DayReport): readonly Section[] {
  return boardsAtNoon.map(({ instrument, scale, bids, asks }, index) => {
    const depth = Math.max(bids.length, asks.length);
    const rows = Array.from({ length: depth }, (_, level) => boardRow(scale, bids[level], asks[level]));
    const columns = numbers('Orders', 'Quantity', 'Bid', 'Ask', 'Quantity', 'Orders');
    return section(
      `board-${(index + 1).toString()}`,
      phrase`The board at noon: ${instrument}`,
      depth === 0 ? text(phrase`It is empty.`) : table({ columns, rows, rowTitle: 'none' }),
    );
  });
}

type Level = BoardPicture['bids'][number];

function boardRow(scale: BoardPicture['scale'], bid: Level | undefined, ask: Level | undefined): readonly string[] {
  return [
    ...(bid ? [grouped(bid.orders), quantityText(bid.quantity, scale), priceText(bid.price, scale)] : ['', '', '']),
    ...(ask ? [priceText(ask.price, scale), quantityText(ask.quantity, scale), grouped(ask.orders)] : ['', '', '']),
  ];
}

/** @param brief so many securities at most, with their last price, and nothing of what was refused; by default all. */
export function tradeSection(report: DayReport, brief?: number): Section {
  const { orders, turnover, rejectedTrades } = report;
  const few = turnover.slice(0, brief);
  const more = turnover.length - few.length;
  return section(
    'trades',
    phrase`Trades`,
    text(
      phrase`${counted(orders.placed, 'order')} taken, ${grouped(orders.refused.length)} refused, ${grouped(orders.cancelled)} to be cancelled; ${counted(rejectedTrades.length, 'bilateral trade')} rejected.`,
    ),
    turnoverTable(few, brief === undefined ? ['open', 'high', 'low', 'last'] : ['last']),
    more > 0 ? text(phrase`And ${counted(more, 'security', 'securities')} more.`) : [],
    brief === undefined
      ? [text(phrase`${counted(orders.matchings, 'matching')} took the orders onto the board.`), ...refusals(report)]
      : [],
  );
}

const priceTitles = { open: 'Open', high: 'High', low: 'Low', last: 'Last' } as const;

function turnoverTable(turnover: DayReport['turnover'], prices: readonly (keyof typeof priceTitles)[]): TableBlock {
  const rows = turnover.map((line) => [
    ...[line.instrument, grouped(line.boardTrades), grouped(line.otcTrades)],
    ...prices.map((price) => priceText(line[price], line.scale)),
    ...[quantityText(line.quantity, line.scale), `${line.scale.currency} ${moneyText(line.amount, line.scale)}`],
  ]);
  const columns = [
    ...texts('Security'),
    ...numbers('On board', 'Bilateral', ...prices.map((price) => priceTitles[price]), 'Volume', 'Turnover'),
  ];
  return table({ columns, rows });
}

function refusals({ orders, rejectedTrades }: DayReport): readonly Block[] {
  const items = [
    ...orders.refused.map(
      ({ who, instrument, side, quantity, price, scale, reason }) =>
        phrase`${who} to ${side} ${quantityText(quantity, scale)} ${instrument} at ${priceText(price, scale)}: ${reason}`,
    ),
    ...rejectedTrades.map(
      ({ instrument, scale, recordedBy, rejectedBy, quantity, amount, reason }) =>
        phrase`${recordedBy} recorded ${quantityText(quantity, scale)} ${instrument} for ${scale.currency} ${moneyText(amount, scale)}, rejected by ${rejectedBy}: ${reason}`,
    ),
  ];
  return items.length === 0 ? [] : [text(phrase`Refused, with the reason of each:`), list(items)];
}

/** A page draws what each security's trades cost; a text has the same figures in the table of all trades. */
export function priceSection({ trades, turnover }: DayReport): Section {
  const figures = turnover.flatMap(({ instrument, isin }) => {
    const own = trades.filter((trade) => trade.isin === isin && trade.price !== undefined);
    return own.length === 0 ? [] : [priceFigure(instrument, own)];
  });
  return section('prices', phrase`Prices and volume on the board`, figures);
}

function priceFigure(instrument: string, trades: readonly TradeLine[]): FigureBlock {
  const lines = trades.map(({ number, price = 0n, quantity, scale }) => ({
    number: grouped(number),
    ...{ price, priceWritten: priceText(price, scale) },
    ...{ quantity, quantityWritten: quantityText(quantity, scale) },
  }));
  const first = lines[0]?.priceWritten ?? '';
  const last = lines.at(-1)?.priceWritten ?? '';
  return {
    kind: 'figure',
    drawn: {
      title: phrase`${instrument}: price and quantity of each trade`,
      summary: phrase`${counted(trades.length, 'trade')} in their order: the price goes from ${first} to ${last}.`,
      chart: { kind: 'prices', trades: lines },
    },
    table: {
      columns: numbers('No', 'Price', 'Quantity'),
      rows: lines.map(({ number, priceWritten, quantityWritten }) => [number, priceWritten, quantityWritten]),
    },
    repeated: true,
  };
}
