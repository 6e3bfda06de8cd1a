import { join } from 'node:path';
import { FieldError } from '@kessai/interface';
import { readTextFile } from '@kessai/network';
import { CsvError, parse } from 'csv-parse/sync';
import { type CsvFlaw, headerFlaw, openQuote } from './csv-flaws';
import { type InputFault, unreadableFile } from './input-fault';

/** How the text of one field becomes a value. */
export interface Column<T> {
  /** @throws FieldError whose reason says what the field must be. */
  parse(text: string): T;
  /** Stands for an empty field, and for a column that the file leaves out. */
  readonly fallback?: { readonly value: T };
}

export type Columns = Readonly<Record<string, Column<unknown>>>;
export type RowOf<C> = { readonly [N in keyof C]: C[N] extends Column<infer T> ? T : never };

/** Where a row stands, so that what is found out later about one of its fields can still be told with its place. */
export interface Placed<T> {
  readonly row: T;
  readonly line: number;
  /** A fault in the named field of this row. */
  readonly fault: (field: string, reason: string) => InputFault;
}

export interface TableFile<T> {
  readonly rows: readonly Placed<T>[];
  readonly faults: readonly InputFault[];
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a CSV file with a header line (RFC 4180; lines that begin with # are remarks). The header's order is free. Rows with a fault are
 * left out of `rows`.
 */
export function readTable<C extends Columns>(directory: string, file: string, columns: C): TableFile<RowOf<C>> {
  const faultAt = (line: number, column: number, field: string, reason: string): InputFault => ({
    ...{ file, line, column, field, reason },
  });
  const lines = readLines(directory, file, columns);
  if ('reason' in lines) return { rows: [], faults: [lines] };
  const [header, ...records] = lines;
  if (!header) return { rows: [], faults: [faultAt(1, 1, '', `is empty; its first line names ${listOf(columns)}`)] };
  const names = header.record.map((name) => name.trim());
  const faults = headerFaults(names, columns).map(({ column, name, reason }) =>
    faultAt(header.info.lines, column, name, reason),
  );
  if (faults.length > 0) return { rows: [], faults };
  const rows: Placed<RowOf<C>>[] = [];
  for (const { record, info } of records) {
    const fault = (field: string, reason: string): InputFault =>
      faultAt(info.lines, names.indexOf(field) + 1, field, reason);
    const { row, wrong } = parseRow(record, names, columns);
    if (wrong.length === 0) rows.push({ row: row as RowOf<C>, line: info.lines, fault });
    faults.push(...wrong.map(({ column, name, reason }) => faultAt(info.lines, column, name, reason)));
  }
  return { rows, faults };
}

function readLines(directory: string, file: string, columns: Columns): readonly Parsed[] | InputFault {
  let text: string;
  try {
    text = readTextFile(join(directory, file));
  } catch (error) {
    return unreadableFile(file, error);
  }
  const flawed = (flaw: CsvFlaw): InputFault => ({ file, column: 1, field: '', ...flaw });
  const flaw = headerFlaw(text, Object.keys(columns));
  if (flaw) return flawed(flaw);
  try {
    return parseLines(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED' ? openQuote(text) : undefined;
    if (open) return flawed(open);
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    const column = typeof error['column'] === 'number' ? error['column'] + 1 : 1;
    return flawed({ line, column, reason: `is not CSV: ${error.message}` });
  }
}

function parseLines(text: string): readonly Parsed[] {
  return parse(text, {
    bom: true,
    comment: '#',
    comment_no_infix: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as readonly Parsed[];
}

interface Wrong {
  readonly column: number;
  readonly name: string;
  readonly reason: string;
}

function headerFaults(names: readonly string[], columns: Columns): readonly Wrong[] {
  const wrong: Wrong[] = [];
  for (const [index, name] of names.entries()) {
    const column = index + 1;
    if (!Object.hasOwn(columns, name))
      wrong.push({ column, name: shortened(name), reason: `is no column here; there are ${listOf(columns)}` });
    else if (names.indexOf(name) < index) wrong.push({ column, name, reason: 'is named twice' });
  }
  for (const [name, { fallback }] of Object.entries(columns)) {
    if (fallback === undefined && !names.includes(name)) {
      wrong.push({ column: names.length + 1, name, reason: 'this column is missing in the header' });
    }
  }
  return wrong;
}

function parseRow(
  record: readonly string[],
  names: readonly string[],
  columns: Columns,
): { readonly row: Readonly<Record<string, unknown>>; readonly wrong: readonly Wrong[] } {
  if (record.length !== names.length) {
    const reason = `has ${record.length} fields, the header names ${names.length}`;
    return { row: {}, wrong: [{ column: Math.min(record.length, names.length + 1), name: '', reason }] };
  }
  const row: Record<string, unknown> = {};
  const wrong: Wrong[] = [];
  for (const [name, column] of Object.entries(columns)) {
    const index = names.indexOf(name);
    const text = record[index]?.trim() ?? '';
    if (text === '' && column.fallback !== undefined) {
      row[name] = column.fallback.value;
      continue;
    }
    try {
      if (text === '') throw new FieldError('FieldMissing', '', 'is empty');
      row[name] = column.parse(text);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      wrong.push({ column: index + 1, name, reason: error.reason });
    }
  }
  return { row, wrong };
}

/** A name in a message. */
function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}...` : name;
}

function listOf(columns: Columns): string {
  return Object.keys(columns).join(', ');
}
