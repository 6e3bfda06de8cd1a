import type { TableColumn } from '../../terminal/text-table';
import type { Block, FigureBlock, MatrixBlock, ReportTable } from '../report-model';
import { chartMarkup } from './charts';
import { type Markup, apart, markup, nothing } from './markup';
import { phraseMarkup } from './phrase-markup';

/** Where a block stands: its id on the page, and that of its section's title. */
interface Place {
  readonly id: string;
  readonly section: string;
}

export function blockMarkup(block: Block, place: Place): Markup {
  switch (block.kind) {
    case 'text':
      return markup`<p>${phraseMarkup(block.text)}</p>\n`;
    case 'list':
      return markup`<ul>\n${block.items.map((item) => markup`<li>${phraseMarkup(item)}</li>\n`)}</ul>\n`;
    case 'table':
      return tableMarkup(block.table, place);
    case 'matrix':
      return matrixMarkup(block, place);
    case 'figure':
      return figureMarkup(block, place);
  }
}

function figureMarkup({ drawn, table }: FigureBlock, { id }: Place): Markup {
  return markup`<div class="pair">
${chartMarkup(drawn, id)}${tableContent(table, `${id}_name`)}</div>
`;
}

/** A table with a title of its own has it as a heading; another one is named by its section. */
function tableMarkup(table: ReportTable, { id, section }: Place): Markup {
  if (!table.title) return tableContent(table, section);
  return markup`<h3 id="${id}">${phraseMarkup(table.title)}</h3>
${tableContent(table, id)}`;
}

function tableContent({ columns, rows, totals = [], rowTitle = 0 }: ReportTable, name: string): Markup {
  const heads = columns.map(
    ({ title: head, numeric }) => markup`<th scope="col"${numberClass(numeric)}>${apart(head)}</th>`,
  );
  const line = (cells: readonly string[], titled: number | 'none'): Markup =>
    markup`<tr>${cells.map((cell, index) => cellMarkup(cell, columns[index], index === titled))}</tr>\n`;
  const foot = totals.map((cells) => line(cells, 0));
  return scrolling(
    name,
    markup`<thead><tr>${heads}</tr></thead>
<tbody>
${rows.map((cells) => line(cells, rowTitle))}</tbody>
${foot.length === 0 ? nothing : markup`<tfoot>\n${foot}</tfoot>\n`}`,
  );
}

function cellMarkup(cell: string, column: TableColumn | undefined, isTitle: boolean): Markup {
  const numeric = numberClass(column?.numeric);
  return isTitle ? markup`<th scope="row"${numeric}>${apart(cell)}</th>` : markup`<td${numeric}>${apart(cell)}</td>`;
}

function numberClass(numeric: true | undefined): Markup {
  return numeric ? markup` class="number"` : nothing;
}

function matrixMarkup({ corner, columns, rows }: MatrixBlock, { section }: Place): Markup {
  const heads = [corner, ...columns].map((head) => markup`<th scope="col">${apart(head)}</th>`);
  const cell = (held: boolean): Markup => (held ? markup`<td class="yes">yes</td>` : markup`<td class="no">no</td>`);
  const lines = rows.map(
    ({ title, holds }) => markup`<tr><th scope="row">${apart(title)}</th>${holds.map(cell)}</tr>\n`,
  );
  return scrolling(
    section,
    markup`<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>
`,
    markup` class="matrix"`,
  );
}

/** A table in a frame of its own that scrolls, with the keyboard too. @param name the id of what names it */
function scrolling(name: string, content: Markup, attributes = nothing): Markup {
  return markup`<div class="scroll" role="group" aria-labelledby="${name}" tabindex="0">
<table aria-labelledby="${name}"${attributes}>
${content}</table>
</div>
`;
}
