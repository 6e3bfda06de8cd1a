import { grouped } from '../terminal/number-format';
import type { DayReport, DividendReport, Holder, RegisterReport, SplitReport } from './day-report';
import { phrase } from './phrase';
import { type Section, moneyText, numbers, quantityText, section, table, text, texts } from './report-model';

/** In tables of holders the second column says whom a row is about. */
const holderColumns = { columns: texts('Institution', 'Holder'), rowTitle: 1 } as const;

export function dividendSections({ dividends }: DayReport): readonly Section[] {
  return dividends.map((dividend, index) => dividendSection(dividend, `dividend-${(index + 1).toString()}`));
}

export function splitSections({ splits }: DayReport): readonly Section[] {
  return splits.map((split, index) => splitSection(split, `split-${(index + 1).toString()}`));
}

export function registerSections({ registers }: DayReport): readonly Section[] {
  return registers.map((register, index) => registerSection(register, `register-${(index + 1).toString()}`));
}

function dividendSection(dividend: DividendReport, id: string): Section {
  const { instrument, scale, recordDate, rate, tax, holders, total, rounding } = dividend;
  const line = ({ held, gross, tax: withheld, net }: DividendReport['total']): readonly string[] => [
    quantityText(held, scale),
    ...[gross, withheld, net].map((amount) => moneyText(amount, scale)),
  ];
  return section(
    id,
    phrase`Dividend of ${instrument}, record date ${recordDate}`,
    text(phrase`${rate} for each held; tax withheld ${tax}; kept from holders by rounding: ${rounding}`),
    {
      kind: 'figure',
      drawn: {
        title: phrase`${instrument}: gross, of it paid and withheld, in ${scale.currency}`,
        summary: phrase`A bar for each holder, as long as its gross dividend; a part is withheld as tax. Together ${moneyText(total.gross, scale)} gross, ${moneyText(total.tax, scale)} withheld, ${moneyText(total.net, scale)} paid.`,
        chart: {
          kind: 'bars',
          series: ['paid', 'withheld'],
          bars: holders.map((holder) => ({
            label: labelOf(holder),
            parts: [holder.net, holder.tax],
            written: moneyText(holder.gross, scale),
          })),
        },
      },
      table: {
        ...holderColumns,
        columns: [...holderColumns.columns, ...numbers('Held', 'Gross', 'Tax', 'Paid')],
        rows: holders.map((holder) => [holder.institution, holder.name, ...line(holder)]),
        totals: [['Total', '', ...line(total)]],
      },
    },
  );
}

function splitSection(split: SplitReport, id: string): Section {
  const { instrument, scale, recordDate, ratio, holders, total, rounding } = split;
  const line = ({ before, after }: SplitReport['total']): readonly string[] => [
    quantityText(before, scale),
    quantityText(after, scale),
  ];
  return section(
    id,
    phrase`Split of ${instrument}, ${ratio}, record date ${recordDate}`,
    text(phrase`Kept from holders by rounding: ${rounding}`),
    table({
      ...holderColumns,
      columns: [...holderColumns.columns, ...numbers('Before', 'After')],
      rows: holders.map((holder) => [holder.institution, holder.name, ...line(holder)]),
      totals: [['Total', '', ...line(total)]],
    }),
  );
}

function registerSection(register: RegisterReport, id: string): Section {
  const { instrument, scale, openingAt, rows, total, issuedNow, sameAnswer } = register;
  const line = ({ opening, close, now, openingAskedLater }: RegisterReport['total']): readonly string[] =>
    [opening, close, now, openingAskedLater].map((quantity) => quantityText(quantity, scale));
  const verdict = sameAnswer ? 'the same as was answered then' : 'NOT the same as was answered then';
  return section(
    id,
    phrase`Register of ${instrument}`,
    {
      kind: 'figure',
      drawn: {
        title: phrase`${instrument}: what each holder has now`,
        summary: phrase`A bar for each holder. Together ${quantityText(total.now, scale)}.`,
        chart: {
          kind: 'bars',
          series: ['held now'],
          bars: rows.map((row) => ({ label: labelOf(row), parts: [row.now], written: quantityText(row.now, scale) })),
        },
      },
      table: {
        ...holderColumns,
        columns: [...holderColumns.columns, ...numbers('Opening', 'Close', 'Now', 'Opening, asked now')],
        rows: rows.map((row) => [row.institution, row.name, ...line(row)]),
        totals: [['Total', '', ...line(total)]],
      },
    },
    text(
      phrase`Issued now: ${grouped(issuedNow, scale.decimals)}. As of ${openingAt}, the opening, the register is ${verdict}.`,
    ),
  );
}

function labelOf({ name, institution }: Holder): string {
  return `${name}, ${institution}`;
}
