import { type ColourStream, styled } from './colour';
import { printableLine } from './printable';
import { textWidth, wordsOf, wrapped } from './text-width';

/** A column's title; numbers stand at the right. */
export interface TableColumn {
  readonly title: string;
  readonly numeric?: true;
}

/** Where a table is shown: a terminal has a width. */
export interface TableStream extends ColourStream {
  readonly columns?: number;
}

/** Columns that a line may take there: as many as a terminal has, and as many as it likes elsewhere. */
export function roomOn({ isTTY, columns = 80 }: TableStream): number {
  return isTTY === true ? columns : Number.POSITIVE_INFINITY;
}

type Row = readonly string[];

/** A table whose texts are safe to print. */
interface Content {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly totals: readonly Row[];
}

const margin = '  ';
const gap = '  ';
/** A column of texts is not made narrower than this, nor than a word of its title. */
const narrowest = 10;

/**
 * A table of texts: a title line, a rule, the rows; the last rows of `totals` below a rule of their own. On a terminal it is no wider than
 * that: the widest columns of texts are broken into lines, and so are titles; numbers never. Where that is not enough a row stands
 * line by line, one for each column.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  totals: readonly Row[] = [],
  stream: TableStream = process.stdout,
): string {
  const content: Content = {
    columns: columns.map((column) => ({ ...column, title: printableLine(column.title) })),
    rows: rows.map((row) => row.map(printableLine)),
    totals: totals.map((row) => row.map(printableLine)),
  };
  const room = roomOn(stream);
  const widths = fitting(content, room);
  return (widths ? grid(content, widths, stream) : stacked(content, room, stream)).join('\n');
}

/** Side by side. */
function grid({ columns, rows, totals }: Content, widths: readonly number[], stream: TableStream): readonly string[] {
  const lines = (row: Row): readonly string[] => rowLines(columns, row, widths);
  const rule = ruleOf(totalOf(widths) - margin.length);
  const titles = titleLines(columns, widths).map((line) => styled(line, 'bold', stream));
  const ending = totals.length === 0 ? [] : [rule, ...totals.flatMap(lines)];
  return [...titles, rule, ...rows.flatMap(lines), ...ending];
}

function rowLines(columns: readonly TableColumn[], row: Row, widths: readonly number[]): readonly string[] {
  return sideBySide(
    columns,
    row.map((cell, index) => wrapped(cell, widths[index] ?? 0)),
    widths,
  );
}

/** A title stands on its column: what it has fewer lines than others is above it. */
function titleLines(columns: readonly TableColumn[], widths: readonly number[]): readonly string[] {
  const titles = columns.map(({ title }, index) => wrapped(title, widths[index] ?? 0));
  const height = Math.max(...titles.map(({ length }) => length));
  const cells = titles.map((lines) => [...Array<string>(height - lines.length).fill(''), ...lines]);
  return sideBySide(columns, cells, widths);
}

function sideBySide(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  widths: readonly number[],
): readonly string[] {
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((cell, index) =>
      padded(cell[line] ?? '', widths[index] ?? 0, columns[index]?.numeric === true),
    );
    return `${margin}${parts.join(gap)}`.trimEnd();
  });
}

/** One below the other: each column with its title, and a rule after each row. What is empty is left out. */
function stacked({ columns, rows, totals }: Content, room: number, stream: TableStream): readonly string[] {
  const titleWidth = Math.min(
    Math.max(...columns.map(({ title }) => textWidth(title))),
    Math.max(narrowest, Math.floor(room / 3)),
  );
  const width = Math.max(narrowest, room - margin.length - titleWidth - gap.length);
  const rule = ruleOf(Math.min(titleWidth + gap.length + width, Math.max(1, room - margin.length)));
  return [...rows, ...totals].flatMap((row) => [
    ...row.flatMap((cell, index) => {
      if (cell === '') return [];
      const { title = '', numeric } = columns[index] ?? {};
      const titles = wrapped(title, titleWidth);
      const values = numeric === true ? [cell] : wrapped(cell, width);
      return Array.from({ length: Math.max(titles.length, values.length) }, (_, line) => {
        const value = values[line] ?? '';
        const named = padded(titles[line] ?? '', value === '' ? 0 : titleWidth, false);
        return `${margin}${styled(named, 'bold', stream)}${gap}${value}`.trimEnd();
      });
    }),
    rule,
  ]);
}

/** The widths at which the table fits; undefined where there are none. */
function fitting({ columns, rows, totals }: Content, room: number): readonly number[] | undefined {
  const cellWidths = columns.map((_, index) =>
    [...rows, ...totals].reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), 0),
  );
  const widths = columns.map(({ title }, index) => Math.max(cellWidths[index] ?? 0, textWidth(title)));
  const least = columns.map(({ title, numeric }, index) => {
    const cells = cellWidths[index] ?? 0;
    return Math.max(numeric === true ? cells : Math.min(cells, narrowest), ...wordsOf(title).map(textWidth));
  });
  if (totalOf(least) > room) return undefined;
  for (let over = totalOf(widths) - room; over > 0; over -= 1) {
    const spare = widths.map((width, index) => (width > (least[index] ?? 0) ? width : 0));
    // To break the title over a column of numbers costs one line, to break texts many.
    const titles = spare.map((width, index) => (columns[index]?.numeric === true ? width : 0));
    const narrowed = titles.some((width) => width > 0) ? titles : spare;
    const widest = narrowed.indexOf(Math.max(...narrowed));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap.length, 0);
}

function ruleOf(width: number): string {
  return `${margin}${'─'.repeat(width)}`;
}

function padded(text: string, width: number, atRight: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return atRight ? `${blanks}${text}` : `${text}${blanks}`;
}
