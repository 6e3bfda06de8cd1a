import { grouped, seconds } from '../terminal/number-format';
import type { DayReport } from './day-report';
import { heading, moneyText, quantityText, section } from './report-blocks';
import { conservationTable, conservationTitle, tradeSection, viewSection } from './report-text';

/** Of the trades between two members as many are shown. */
const tradesShown = 3;

/** What matters of a day at a glance, on one screen: who sees what, that nothing is made or lost, and what was done. */
export function reportSummary(report: DayReport): string {
  const { market, businessDate, views } = report;
  const shown = views && { ...views, rows: views.rows.slice(0, tradesShown) };
  const sections = [
    heading(`${market}: the business day ${businessDate}`),
    viewSection({ ...report, views: shown }),
    section(conservationTitle, conservationTable(report)),
    tradeSection({ ...report, orders: { ...report.orders, refused: [] }, rejectedTrades: [] }),
    section(
      'And',
      doneLines(report)
        .map((line) => `  ${line}`)
        .join('\n'),
    ),
  ];
  return `${sections.filter((one) => one !== '').join('\n\n')}\n`;
}

function doneLines({
  trades,
  settlement,
  dividends,
  splits,
  registers,
  stages,
  orders,
  rejectedTrades,
}: DayReport): readonly string[] {
  const settled = trades.filter(({ status }) => status === 'settled').length;
  const submits = stages.reduce((total, stage) => total + stage.submits, 0);
  const elapsedMs = stages.reduce((total, stage) => total + stage.elapsedMs, 0);
  const same = registers.every(({ sameAnswer }) => sameAnswer);
  return [
    `${grouped(settled)} of ${grouped(trades.length)} trades settled delivery versus payment, in ${grouped(settlement.cycles.length)} sign-offs.`,
    `${grouped(orders.refused.length)} orders and ${grouped(rejectedTrades.length)} bilateral trades were refused, each with its reason.`,
    ...dividends.map(
      ({ instrument, scale, total, holders }) =>
        `Dividend of ${instrument}: ${scale.currency} ${moneyText(total.net, scale)} to ${grouped(holders.length)} holders, ${moneyText(total.tax, scale)} of tax kept back.`,
    ),
    ...splits.map(
      ({ instrument, ratio, total, scale }) =>
        `Split of ${instrument}, ${ratio}: ${quantityText(total.before, scale)} became ${quantityText(total.after, scale)}.`,
    ),
    `The registers as of the opening, asked again at the end, are ${same ? 'the same' : 'NOT the same'}.`,
    `${grouped(submits)} instructions in ${seconds(elapsedMs)} seconds.`,
  ];
}
