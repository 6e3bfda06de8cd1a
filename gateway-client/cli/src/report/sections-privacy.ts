import { grouped } from '../terminal/number-format';
import type { DayReport, ViewComparison } from './day-report';
import { phrase } from './phrase';
import {
  type MatrixBlock,
  type Section,
  type TextBlock,
  counted,
  moneyText,
  numbers,
  quantityText,
  section,
  table,
  text,
  texts,
} from './report-model';

/** Of institutions that see nothing as many are named. */
const othersNamed = 5;

/** @param brief so many of the trades between the two at most, without their amounts; by default all. */
export function viewSections({ views }: DayReport, brief?: number): readonly Section[] {
  if (!views) return [];
  const { first, second, rows, others } = views;
  const columns = [
    ...numbers('No'),
    ...texts('Security'),
    ...numbers('Quantity', ...(brief === undefined ? ['Amount'] : [])),
    ...texts(`${first} sees`, `${second} sees`),
  ];
  const lines = rows
    .slice(0, brief)
    .map(({ number, instrument, scale, quantity, amount, firstSees, secondSees }) => [
      ...[grouped(number), instrument, quantityText(quantity, scale)],
      ...(brief === undefined ? [moneyText(amount, scale)] : []),
      ...[firstSees, secondSees],
    ]);
  const title = phrase`What ${first} sees beside what ${second} sees, of the trades between them`;
  if (rows.length === 0) return [section('views', title, text(phrase`There are none.`))];
  return [
    section(
      'views',
      title,
      table({ columns, rows: lines }),
      text(
        lines.length < rows.length
          ? phrase`${grouped(lines.length)} of ${counted(rows.length, 'trade')}. On the board neither side is told who the other is.`
          : phrase`On the board neither side is told who the other is.`,
      ),
      othersSee(others, rows.length),
    ),
  ];
}

/** What those see who are no party of the trades: a line for all that see none, and one for each that sees some. */
function othersSee(others: ViewComparison['others'], trades: number): readonly TextBlock[] {
  const blind = others.filter(({ sees }) => sees === 0).map(({ institution }) => institution);
  const which = `${blind.slice(0, othersNamed).join(', ')}${blind.length > othersNamed ? ' and others' : ''}`;
  return [
    ...(blind.length === 0
      ? []
      : [
          text(
            phrase`${counted(blind.length, 'other institution sees', 'other institutions see')} none of these ${counted(trades, 'trade')}: ${which}.`,
          ),
        ]),
    ...others
      .filter(({ sees }) => sees > 0)
      .map(({ institution, sees }) =>
        text(phrase`${institution} sees ${grouped(sees)} of these ${counted(trades, 'trade')}.`),
      ),
  ];
}

export function sightSection({ sights }: DayReport): Section {
  const matrix: MatrixBlock = {
    kind: 'matrix',
    corner: 'Who asks',
    columns: sights.collections,
    rows: sights.organisations.map(({ organisation, role, answered }) => ({
      title: `${organisation}, ${role}`,
      holds: answered,
    })),
  };
  return section(
    'collections',
    phrase`Who may read which collection`,
    text(
      phrase`At the end of the day each organisation asked for something of each collection. Yes: it was answered; otherwise it was refused.`,
    ),
    text(
      phrase`A member’s collection holds its accounts, orders, trades and advices; that of the board prices without names; that of the operators whole trades.`,
    ),
    matrix,
  );
}
