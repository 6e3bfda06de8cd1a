import { grouped } from '../terminal/number-format';
import type { TableColumn } from '../terminal/text-table';
import type { DrawnChart } from './chart';
import type { Scale } from './day-report';
import type { Phrase } from './phrase';

/** A report as it is read, whether as text or as a page. */
export interface ReportModel {
  readonly title: Phrase;
  readonly lead: readonly Phrase[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** Letters, digits and hyphens; once in a report. */
  readonly id: string;
  readonly title: Phrase;
  readonly blocks: readonly Block[];
}

export type Block = TextBlock | ListBlock | TableBlock | MatrixBlock | FigureBlock;

export interface TextBlock {
  readonly kind: 'text';
  readonly text: Phrase;
}

export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly Phrase[];
}

export interface ReportTable {
  /** Where it is more than what the section's title says. */
  readonly title?: Phrase;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly totals?: readonly (readonly string[])[];
  /** The column that says what a row is about; the first one by default. `none`: a row has no name. */
  readonly rowTitle?: number | 'none';
}

export interface TableBlock {
  readonly kind: 'table';
  readonly table: ReportTable;
}

/** Yes or no, of each row for each column. */
export interface MatrixBlock {
  readonly kind: 'matrix';
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly title: string; readonly holds: readonly boolean[] }[];
}

/** A chart, and its figures as a table. */
export interface FigureBlock {
  readonly kind: 'figure';
  readonly drawn: DrawnChart;
  readonly table: ReportTable;
  /** The figures stand elsewhere in the report too: a text, which has no charts, leaves them out here. */
  readonly repeated?: true;
}

export function section(id: string, title: Phrase, ...blocks: readonly (Block | readonly Block[])[]): Section {
  return { id, title, blocks: blocks.flat() };
}

export function text(said: Phrase): TextBlock {
  return { kind: 'text', text: said };
}

export function list(items: readonly Phrase[]): ListBlock {
  return { kind: 'list', items };
}

export function table(content: ReportTable): TableBlock {
  return { kind: 'table', table: content };
}

export function texts(...titles: readonly string[]): readonly TableColumn[] {
  return titles.map((title) => ({ title }));
}

export function numbers(...titles: readonly string[]): readonly TableColumn[] {
  return titles.map((title) => ({ title, numeric: true as const }));
}

export function quantityText(quantity: bigint, { decimals }: Scale): string {
  return grouped(quantity, decimals);
}

export function priceText(price: bigint | undefined, { priceDecimals }: Scale): string {
  return price === undefined ? '' : grouped(price, priceDecimals);
}

export function moneyText(amount: bigint, { moneyDecimals }: Pick<Scale, 'moneyDecimals'>): string {
  return grouped(amount, moneyDecimals);
}

/** `1 order`, `2 orders`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : several}`;
}
