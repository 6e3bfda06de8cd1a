import Table from 'cli-table3';
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

/** A table of texts, each on one line, without colours: a title line, a rule, the rows; the last rows of `totals` below a rule of their own. */
export function textTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  totals: readonly (readonly string[])[] = [],
): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ numeric }) => (numeric ? 'right' : 'left')),
    chars: lightBorders,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of [...rows, ...totals]) table.push(row.map(printableLine));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  if (totals.length === 0) return lines.join('\n');
  const rule = lines.find((line) => /^\s*─/.test(line)) ?? '';
  return [...lines.slice(0, lines.length - totals.length), rule, ...lines.slice(lines.length - totals.length)].join(
    '\n',
  );
}
