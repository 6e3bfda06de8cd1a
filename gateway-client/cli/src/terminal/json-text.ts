import { type Json, type JsonObject, type JsonSchema, isList } from '@kessai/interface';
import { grouped } from './number-format';
import { printableLine } from './printable';
import { textTable } from './text-table';

/**
 * Any answer of the market for people: single values as lines, lists of records as tables.
 * @param schema its form, whose order fields and columns have; on the wire they are sorted by name.
 */
export function jsonText(value: Json, schema?: JsonSchema): string {
  if (isList(value)) return listText(value, schema?.items);
  if (!isRecord(value)) return scalarText(value);
  const blocks: string[] = [];
  const entries = inOrder(Object.keys(value), schema).map((name) => [name, value[name] ?? null] as const);
  const scalars = entries.filter(([, member]) => !isNested(member));
  const width = Math.max(0, ...scalars.map(([name]) => name.length));
  if (scalars.length > 0) {
    blocks.push(scalars.map(([name, member]) => `${name.padEnd(width)}  ${scalarText(member)}`).join('\n'));
  }
  for (const [name, member] of entries) {
    if (!isNested(member)) continue;
    const text = jsonText(member, schema?.properties?.[name]);
    blocks.push(`${name}${isList(member) ? ` (${grouped(member.length)})` : ''}\n${text === '' ? '  none' : text}`);
  }
  return blocks.join('\n\n');
}

/** The names in the order of the form; what it does not know comes last. */
function inOrder(names: readonly string[], schema: JsonSchema | undefined): readonly string[] {
  const forms = schema?.oneOf ?? (schema ? [schema] : []);
  const known = forms.flatMap(({ properties = {} }) => Object.keys(properties));
  return [...new Set([...known.filter((name) => names.includes(name)), ...names])];
}

function listText(items: readonly Json[], schema: JsonSchema | undefined): string {
  if (items.length === 0) return '';
  if (!items.every(isRecord)) return items.map((item) => `  ${compact(item)}`).join('\n');
  const names = inOrder([...new Set(items.flatMap((item) => Object.keys(item)))], schema);
  const columns = names.map((title) =>
    items.every((item) => isNumeric(item[title])) ? ({ title, numeric: true } as const) : { title },
  );
  return textTable(
    columns,
    items.map((item) => names.map((name) => compact(item[name]))),
  );
}

function compact(value: Json | undefined): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map(compact).join(' ');
  if (!isRecord(value)) return scalarText(value);
  return Object.entries(value)
    .map(([name, member]) => `${name} ${compact(member)}`)
    .join(', ');
}

/** Amounts are strings of digits; an id of digits alone is shown grouped too, which does not make it another. */
function scalarText(value: Json): string {
  if (typeof value === 'number') return grouped(value);
  if (typeof value === 'string') return isAmount(value) ? grouped(BigInt(value)) : printableLine(value);
  return printableLine(JSON.stringify(value));
}

function isAmount(text: string): boolean {
  return /^-?(0|[1-9][0-9]{0,39})$/.test(text);
}

function isNumeric(value: Json | undefined): boolean {
  return value === undefined || typeof value === 'number' || (typeof value === 'string' && isAmount(value));
}

function isNested(value: Json): boolean {
  return value !== null && typeof value === 'object';
}

function isRecord(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !isList(value);
}
