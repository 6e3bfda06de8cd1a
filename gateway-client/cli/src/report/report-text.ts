import { textTable } from '../terminal/text-table';
import { textWidth } from '../terminal/text-width';
import type { DayReport } from './day-report';
import { type Phrase, plain } from './phrase';
import type { Block, MatrixBlock, ReportModel, ReportTable, Section } from './report-model';
import { summaryModel } from './report-summary';
import { wholeReport } from './whole-report';

/** The whole report as a person of the market reads it. */
export function reportText(report: DayReport): string {
  return textOf(wholeReport(report));
}

/** What matters of the report, on one screen. */
export function reportSummary(report: DayReport): string {
  return textOf(summaryModel(report));
}

function textOf({ title, lead, sections }: ReportModel): string {
  const parts = [underlined(title, '═'), ...lead.map(plain), ...sections.map(sectionText)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function underlined(title: Phrase, rule: string): string {
  const said = plain(title);
  return `${said}\n${rule.repeat(textWidth(said))}`;
}

function sectionText({ title, blocks }: Section): string {
  const [first, ...others] = blocks.map(blockText).filter((block) => block !== '');
  return first === undefined ? '' : [underlined(title, '─'), first.replace(/^\n/, ''), ...others].join('\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return plain(block.text);
    case 'list':
      return block.items.map((item) => `  ${plain(item)}`).join('\n');
    case 'table':
      return tableText(block.table);
    case 'matrix':
      return matrixText(block);
    case 'figure':
      return block.repeated ? '' : tableText(block.table);
  }
}

/** One with a title stands apart from what is before it. */
function tableText({ title, columns, rows, totals }: ReportTable): string {
  const shown = textTable(columns, rows, totals);
  return title ? `\n${plain(title)}\n${shown}` : shown;
}

function matrixText({ corner, columns, rows }: MatrixBlock): string {
  return textTable(
    [corner, ...columns].map((title) => ({ title })),
    rows.map(({ title, holds }) => [title, ...holds.map((held) => (held ? 'yes' : '-'))]),
  );
}
