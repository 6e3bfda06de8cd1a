import Table from 'cli-table3';
import { type ColourStream, styled } from './colour';
import { printableLine } from './printable';

/** A column's title; numbers stand at the right. */
export interface TableColumn {
  readonly title: string;
  readonly numeric?: true;
}

const lightBorders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '  ', 'left-mid': '  ', mid: '─', 'mid-mid': '──' },
  ...{ right: '', 'right-mid': '', middle: '  ' },
};

/** Where a table is shown: a terminal has a width. */
export interface TableStream extends ColourStream {
  readonly columns?: number;
}

const betweenColumns = 2;
/** A column of texts is not made narrower than this. */
const narrowest = 10;

/**
 * A table of texts: a title line, a rule, the rows; the last rows of `totals` below a rule of their own. On a terminal it is no wider than
 * that: the widest columns of texts are broken into lines.
 */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  totals: readonly (readonly string[])[] = [],
  stream: TableStream = process.stdout,
): string {
  const shown = [...rows, ...totals].map((row) => row.map(printableLine));
  const widths = stream.isTTY === true ? fitting(columns, shown, stream.columns ?? 80) : undefined;
  const fitted = (cells: readonly string[]): string[] =>
    cells.map((cell, index) => (widths ? wrapped(cell, widths[index] ?? 0) : cell));
  const table = new Table({
    head: fitted(columns.map(({ title }) => title)),
    colAligns: columns.map(({ numeric }) => (numeric ? 'right' : 'left')),
    chars: lightBorders,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of shown) table.push(fitted(row));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const titles = lines.findIndex((line) => /^\s*─/.test(line));
  for (let index = 0; index < titles; index += 1) lines[index] = styled(lines[index] ?? '', 'bold', stream);
  if (totals.length === 0) return lines.join('\n');
  const rule = lines.find((line) => /^\s*─/.test(line)) ?? '';
  const last = shown.slice(rows.length);
  const ending = last.reduce((sum, row) => sum + Math.max(...fitted(row).map((cell) => cell.split('\n').length)), 0);
  return [...lines.slice(0, lines.length - ending), rule, ...lines.slice(lines.length - ending)].join('\n');
}

/** The widths at which the table fits; undefined where it fits as it is. Numbers are never broken. */
function fitting(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] | undefined {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(title)),
  );
  const total = (): number => widths.reduce((sum, one) => sum + one + betweenColumns, 0);
  if (total() <= width) return undefined;
  while (total() > width) {
    const breakable = widths.map((one, index) => (columns[index]?.numeric === true ? 0 : one));
    const widest = breakable.indexOf(Math.max(...breakable));
    const now = widths[widest] ?? 0;
    if (now <= narrowest || breakable[widest] === 0) break;
    widths[widest] = now - 1;
  }
  return widths;
}

/** In columns of a terminal, of which a character of China, Japan or Korea takes two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return width;
}

/** The text in lines of at most a width, broken between words, and within one that is longer. */
function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )/)) {
    if (line !== '' && widthOf(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    for (const character of word) {
      if (line !== '' && widthOf(line + character) > width && character !== ' ') {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line.trimEnd()].join('\n');
}
