import { type TableStream, roomOn, textTable } from '../terminal/text-table';
import { textWidth, wrapped } from '../terminal/text-width';
import type { DayReport } from './day-report';
import { type Phrase, plain } from './phrase';
import type { Block, MatrixBlock, ReportModel, ReportTable, Section } from './report-model';
import { summaryModel } from './report-summary';
import { wholeReport } from './whole-report';

/** The whole report as a person of the market reads it. @param stream where it is shown: a terminal has a width. */
export function reportText(report: DayReport, stream: TableStream = process.stdout): string {
  return new Writer(stream).text(wholeReport(report));
}

/** What matters of the report, on one screen. */
export function reportSummary(report: DayReport, stream: TableStream = process.stdout): string {
  return new Writer(stream).text(summaryModel(report));
}

class Writer {
  readonly #stream: TableStream;
  readonly #room: number;

  constructor(stream: TableStream) {
    this.#stream = stream;
    this.#room = roomOn(stream);
  }

  text({ title, lead, sections }: ReportModel): string {
    const parts = [
      this.#underlined(title, '═'),
      ...lead.map((said) => this.#sentence(said)),
      ...sections.map((one) => this.#section(one)),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  }

  #underlined(title: Phrase, rule: string): string {
    const width = Math.min(textWidth(plain(title)), this.#room);
    return `${this.#sentence(title)}\n${rule.repeat(width)}`;
  }

  #section({ title, blocks }: Section): string {
    const [first, ...others] = blocks.map((block) => this.#block(block)).filter((block) => block !== '');
    return first === undefined ? '' : [this.#underlined(title, '─'), first.replace(/^\n/, ''), ...others].join('\n');
  }

  #block(block: Block): string {
    switch (block.kind) {
      case 'text':
        return this.#sentence(block.text);
      case 'list':
        return block.items.map((item) => this.#sentence(item, '  ', '    ')).join('\n');
      case 'table':
        return this.#table(block.table);
      case 'matrix':
        return this.#matrix(block);
      case 'figure':
        return block.repeated ? '' : this.#table(block.table);
    }
  }

  /** In as many lines as it takes. */
  #sentence(said: Phrase, first = '', others = ''): string {
    const lines = wrapped(plain(said), this.#room - others.length);
    return lines.map((line, index) => `${index === 0 ? first : others}${line}`).join('\n');
  }

  /** One with a title stands apart from what is before it. */
  #table({ title, columns, rows, totals }: ReportTable): string {
    const shown = textTable(columns, rows, totals, this.#stream);
    return title ? `\n${this.#sentence(title)}\n${shown}` : shown;
  }

  #matrix({ corner, columns, rows }: MatrixBlock): string {
    return textTable(
      [corner, ...columns].map((title) => ({ title })),
      rows.map(({ title, holds }) => [title, ...holds.map((held) => (held ? 'yes' : '-'))]),
      [],
      this.#stream,
    );
  }
}
