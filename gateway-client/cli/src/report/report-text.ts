import { grouped, seconds } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import type { BoardPicture, DayReport } from './day-report';
import { heading, moneyText, numbers, priceText, quantityText, section, texts } from './report-blocks';
import { actionSections, registerSections } from './report-text-holders';

export const conservationTitle = 'Conservation: what is issued is held';

/** The whole report as a person of the market reads it. */
export function reportText(report: DayReport): string {
  const { market, businessDate, clock } = report;
  const sections = [
    heading(`${market}: the business day ${businessDate}`),
    `The market has moved on to ${clock.businessDate}, phase ${clock.phase}.`,
    issuanceSection(report),
    ...report.boardsAtNoon.map(boardSection),
    tradeSection(report),
    settlementSection(report),
    ...actionSections(report),
    ...registerSections(report),
    viewSection(report),
    conservationSection(report),
    stageSection(report),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function issuanceSection({ issuance }: DayReport): string {
  const blocks = issuance.map((line) => {
    const { scale } = line;
    const title = `${line.instrument} (${line.code}, ${line.isin}), authorised ${quantityText(line.authorised, scale)}`;
    const rows = [
      ...line.allotted.map(({ institution, quantity }) => [
        `Allotted to ${institution}`,
        quantityText(quantity, scale),
      ]),
      [`Kept by ${line.issuer}`, quantityText(line.keptByIssuer, scale)],
    ];
    const table = textTable([...texts('Issued to'), ...numbers('Quantity')], rows, [
      ['Issued', quantityText(line.issued, scale)],
    ]);
    return `${title}\n${table}\n  Of the allotted, ${quantityText(line.distributed, scale)} went on to clients.`;
  });
  return section('Issuance', blocks.join('\n\n'));
}

function boardSection({ instrument, scale, bids, asks }: BoardPicture): string {
  const depth = Math.max(bids.length, asks.length);
  const rows = Array.from({ length: depth }, (_, index) => {
    const bid = bids[index];
    const ask = asks[index];
    return [
      ...(bid ? [grouped(bid.orders), quantityText(bid.quantity, scale), priceText(bid.price, scale)] : ['', '', '']),
      ...(ask ? [priceText(ask.price, scale), quantityText(ask.quantity, scale), grouped(ask.orders)] : ['', '', '']),
    ];
  });
  const columns = numbers('Orders', 'Quantity', 'Bid', 'Ask', 'Quantity', 'Orders');
  return section(`The board at noon: ${instrument}`, depth === 0 ? '  empty' : textTable(columns, rows));
}

export function tradeSection({ orders, turnover, rejectedTrades }: DayReport): string {
  const summary =
    `${grouped(orders.placed)} orders were taken, ${grouped(orders.cancelled)} of them asked to be cancelled, ` +
    `${grouped(orders.refused.length)} refused; ${grouped(orders.matchings)} matchings.`;
  const rows = turnover.map(
    ({ instrument, scale, boardTrades, otcTrades, open, high, low, last, quantity, amount }) => [
      ...[instrument, grouped(boardTrades), grouped(otcTrades)],
      ...[open, high, low, last].map((price) => priceText(price, scale)),
      ...[quantityText(quantity, scale), `${scale.currency} ${moneyText(amount, scale)}`],
    ],
  );
  const columns = [
    ...texts('Security'),
    ...numbers('Board', 'OTC', 'Open', 'High', 'Low', 'Last', 'Volume', 'Turnover'),
  ];
  const refused = orders.refused.map(
    ({ who, instrument, side, quantity, price, scale, reason }) =>
      `Refused: ${who} to ${side} ${quantityText(quantity, scale)} ${instrument} at ${priceText(price, scale)}\n  ${reason}`,
  );
  const rejected = rejectedTrades.map(
    ({ instrument, scale, recordedBy, rejectedBy, quantity, amount, reason }) =>
      `Rejected by ${rejectedBy}: ${quantityText(quantity, scale)} ${instrument} for ` +
      `${scale.currency} ${moneyText(amount, scale)}, recorded by ${recordedBy}\n  ${reason}`,
  );
  return section('Trades', summary, textTable(columns, rows), ...refused, ...rejected);
}

function settlementSection({ trades, settlement }: DayReport): string {
  const { cycles, net } = settlement;
  const hows = [...new Set(cycles.map(({ how }) => how))];
  const summary = hows.map((how) => {
    const own = cycles.filter((cycle) => cycle.how === how);
    const count = (of: (cycle: (typeof own)[number]) => number): string =>
      grouped(own.reduce((n, cycle) => n + of(cycle), 0));
    return [how, ...[grouped(own.length), count((c) => c.trades), count((c) => c.settled), count((c) => c.pending)]];
  });
  const legs = trades.map(({ number, instrument, scale, seller, buyer, quantity, price, amount, settled }) => [
    ...[grouped(number), instrument, seller, buyer, quantityText(quantity, scale)],
    ...[priceText(price, scale), moneyText(amount, scale), settled],
  ]);
  const columns = [
    ...numbers('No'),
    ...texts('Security', 'Seller: delivers, is paid', 'Buyer: receives, pays'),
    ...numbers('Delivered', 'Price', 'Paid'),
    ...texts('Settled'),
  ];
  return section(
    'Settlement, delivery versus payment',
    textTable([...texts('Signed off'), ...numbers('Transactions', 'Trades', 'Settled', 'Pending')], summary),
    '',
    `Both legs of each trade${trades.length === 0 ? ': none' : ''}`,
    trades.length === 0 ? '' : textTable(columns, legs),
    '',
    'Net of the day, received less delivered or paid',
    netTable(net),
  );
}

function netTable(net: DayReport['settlement']['net']): string {
  const [first] = net;
  if (!first) return '  none';
  const titles = [
    ...first.securities.map(({ instrument }) => instrument),
    ...first.money.map(({ currency }) => currency),
  ];
  const rows = net.map(({ member, securities, money }) => [
    member,
    ...securities.map(({ quantity, scale }) => quantityText(quantity, scale)),
    ...money.map(({ amount, decimals }) => grouped(amount, decimals)),
  ]);
  const totals = [
    ...first.securities.map((_, index) =>
      net.reduce((total, line) => total + (line.securities[index]?.quantity ?? 0n), 0n),
    ),
    ...first.money.map((_, index) => net.reduce((total, line) => total + (line.money[index]?.amount ?? 0n), 0n)),
  ];
  return textTable([...texts('Member'), ...numbers(...titles)], rows, [
    ['Total', ...totals.map((total) => grouped(total))],
  ]);
}

export function viewSection({ views }: DayReport): string {
  if (!views) return '';
  const { first, second, rows, others } = views;
  const columns = [
    ...numbers('No'),
    ...texts('Security'),
    ...numbers('Quantity', 'Amount'),
    ...texts(`${first} sees`, `${second} sees`),
  ];
  const table = rows.map(({ number, instrument, scale, quantity, amount, firstSees, secondSees }) => [
    ...[grouped(number), instrument, quantityText(quantity, scale), moneyText(amount, scale)],
    ...[firstSees, secondSees],
  ]);
  const blind = others.map(({ institution, sees }) => `${institution} sees ${grouped(sees)} of them.`);
  return section(
    `What ${first} sees beside what ${second} sees, of the trades between them`,
    rows.length === 0 ? '  no trades' : textTable(columns, table),
    'Of a trade on the board neither side is told who the other is.',
    ...blind,
  );
}

/** That nothing was made or lost, unit by unit. */
export function conservationTable({ conservation }: DayReport): string {
  const rows = conservation.map(({ unit, decimals, issued, held, holders }) => [
    ...[unit, grouped(issued, decimals), grouped(held, decimals), grouped(issued - held, decimals), grouped(holders)],
  ]);
  return textTable([...texts('Unit'), ...numbers('Issued', 'Held', 'Difference', 'Holders')], rows);
}

function conservationSection(report: DayReport): string {
  const money = report.cash.map(({ member, currency, decimals, available, locked }) => [
    ...[
      member,
      currency,
      grouped(available, decimals),
      grouped(locked, decimals),
      grouped(available + locked, decimals),
    ],
  ]);
  return section(
    conservationTitle,
    conservationTable(report),
    '',
    'Money at the end, by member',
    textTable([...texts('Member', 'Currency'), ...numbers('Available', 'Locked', 'Total')], money),
  );
}

function stageSection({ stages }: DayReport): string {
  const rows = stages.map(({ name, submits, elapsedMs }) => [name, grouped(submits), seconds(elapsedMs)]);
  const submits = stages.reduce((total, stage) => total + stage.submits, 0);
  const elapsedMs = stages.reduce((total, stage) => total + stage.elapsedMs, 0);
  const total = ['Total', grouped(submits), seconds(elapsedMs)];
  return section(
    'The day in numbers',
    textTable([...texts('Stage'), ...numbers('Transactions', 'Seconds')], rows, [total]),
  );
}
