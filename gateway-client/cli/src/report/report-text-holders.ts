import { grouped } from '../terminal/number-format';
import { textTable } from '../terminal/text-table';
import type { DayReport, DividendReport, RegisterReport, SplitReport } from './day-report';
import { moneyText, numbers, quantityText, section, texts } from './report-blocks';

export function actionSections({ dividends, splits }: DayReport): readonly string[] {
  return [...dividends.map(dividendSection), ...splits.map(splitSection)];
}

export function registerSections({ registers }: DayReport): readonly string[] {
  return registers.map(registerSection);
}

function dividendSection({
  instrument,
  scale,
  recordDate,
  rate,
  tax,
  holders,
  total,
  rounding,
}: DividendReport): string {
  const line = ({ held, gross, tax: withheld, net }: DividendReport['total']): readonly string[] => [
    quantityText(held, scale),
    ...[gross, withheld, net].map((amount) => moneyText(amount, scale)),
  ];
  const rows = holders.map((holder) => [holder.institution, holder.name, ...line(holder)]);
  return section(
    `Dividend of ${instrument}, record date ${recordDate}`,
    `${rate} for each held; tax withheld ${tax}; kept from holders by rounding: ${rounding}`,
    textTable([...texts('Institution', 'Holder'), ...numbers('Held', 'Gross', 'Tax', 'Paid')], rows, [
      ['Total', '', ...line(total)],
    ]),
  );
}

function splitSection({ instrument, scale, recordDate, ratio, holders, total, rounding }: SplitReport): string {
  const line = ({ before, after }: SplitReport['total']): readonly string[] => [
    quantityText(before, scale),
    quantityText(after, scale),
  ];
  const rows = holders.map((holder) => [holder.institution, holder.name, ...line(holder)]);
  return section(
    `Split of ${instrument}, ${ratio}, record date ${recordDate}`,
    `Kept from holders by rounding: ${rounding}`,
    textTable([...texts('Institution', 'Holder'), ...numbers('Before', 'After')], rows, [
      ['Total', '', ...line(total)],
    ]),
  );
}

function registerSection({ instrument, scale, openingAt, rows, total, issuedNow, sameAnswer }: RegisterReport): string {
  const line = ({ opening, close, now, openingAskedLater }: RegisterReport['total']): readonly string[] =>
    [opening, close, now, openingAskedLater].map((quantity) => quantityText(quantity, scale));
  const table = textTable(
    [...texts('Institution', 'Holder'), ...numbers('Opening', 'Close', 'Now', 'Opening, asked now')],
    rows.map((row) => [row.institution, row.name, ...line(row)]),
    [['Total', '', ...line(total)]],
  );
  const verdict = sameAnswer ? 'the same as was answered then' : 'NOT the same as was answered then';
  return section(
    `Register of ${instrument}`,
    table,
    `Issued now: ${grouped(issuedNow, scale.decimals)}. As of ${openingAt}, the opening, the register is ${verdict}.`,
  );
}
