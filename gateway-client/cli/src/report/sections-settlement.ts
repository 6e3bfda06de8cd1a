import { grouped } from '../terminal/number-format';
import type { DayReport } from './day-report';
import { phrase } from './phrase';
import {
  type Block,
  type FigureBlock,
  type Section,
  moneyText,
  numbers,
  priceText,
  quantityText,
  section,
  table,
  text,
  texts,
} from './report-model';
import { sum } from './scale';

export function settlementSection({ trades, settlement }: DayReport): Section {
  return section(
    'settlement',
    phrase`Settlement, delivery versus payment`,
    settlementFigure(settlement.cycles),
    legsTable(trades),
    netTable(settlement.net),
  );
}

function settlementFigure(cycles: DayReport['settlement']['cycles']): FigureBlock {
  const lines = [...new Set(cycles.map(({ how }) => how))].map((how) => {
    const own = cycles.filter((cycle) => cycle.how === how);
    const count = (of: (cycle: (typeof own)[number]) => number): number =>
      own.reduce((total, cycle) => total + of(cycle), 0);
    const [tried, settled, pending] = [count((c) => c.trades), count((c) => c.settled), count((c) => c.pending)];
    return { how, signOffs: own.length, tried, settled, pending };
  });
  return {
    kind: 'figure',
    drawn: {
      title: phrase`Trades signed off: settled, and pending`,
      summary: phrase`A bar for each way of signing off: how many trades settled at once, and how many had to wait.`,
      chart: {
        kind: 'bars',
        series: ['settled', 'pending'],
        bars: lines.map(({ how, tried, settled, pending }) => ({
          label: how,
          parts: [BigInt(settled), BigInt(pending)],
          written: grouped(tried),
        })),
      },
    },
    table: {
      columns: [...texts('Signed off'), ...numbers('Sign-offs', 'Trades', 'Settled', 'Pending')],
      rows: lines.map(({ how, signOffs, tried, settled, pending }) => [
        how,
        ...[signOffs, tried, settled, pending].map((count) => grouped(count)),
      ]),
    },
  };
}

function legsTable(trades: DayReport['trades']): Block {
  if (trades.length === 0) return text(phrase`There are no trades.`);
  const rows = trades.map(({ number, instrument, scale, seller, buyer, quantity, price, amount, settled }) => [
    ...[grouped(number), instrument, seller, buyer, quantityText(quantity, scale)],
    ...[priceText(price, scale), moneyText(amount, scale), settled],
  ]);
  const columns = [
    ...numbers('No'),
    ...texts('Security', 'Seller: delivers, is paid', 'Buyer: receives, pays'),
    ...numbers('Delivered', 'Price', 'Paid'),
    ...texts('Settled'),
  ];
  return table({ title: phrase`Both legs of each trade`, columns, rows });
}

function netTable(net: DayReport['settlement']['net']): Block {
  const [first] = net;
  const title = phrase`Net of the day, received less delivered or paid`;
  if (!first) return text(phrase`Net of the day: nothing was settled.`);
  const amountsOf = ({ securities, money }: (typeof net)[number]): readonly (readonly [bigint, number])[] => [
    ...securities.map(({ quantity, scale }) => [quantity, scale.decimals] as const),
    ...money.map(({ amount, decimals }) => [amount, decimals] as const),
  ];
  const titles = [
    ...first.securities.map(({ instrument }) => instrument),
    ...first.money.map(({ currency }) => currency),
  ];
  const rows = net.map((line) => [line.member, ...amountsOf(line).map((amount) => grouped(...amount))]);
  const totals = amountsOf(first).map(([, decimals], index) =>
    grouped(
      sum(net, (line) => amountsOf(line)[index]?.[0] ?? 0n),
      decimals,
    ),
  );
  return table({ title, columns: [...texts('Member'), ...numbers(...titles)], rows, totals: [['Total', ...totals]] });
}
