import { join } from 'node:path';
import { type Codec, FieldError } from '@kessai/interface';
import { readTextFile } from '@kessai/network';
import { type Document, LineCounter, isMap, isNode, isSeq, parseDocument } from 'yaml';
import { type InputFault, unreadableFile } from './input-fault';

type Codecs = Readonly<Record<string, Codec<unknown>>>;
type ObjectOf<C> = { readonly [N in keyof C]: C[N] extends Codec<infer T> ? T : never };

/** Where each field of a JSON file stands. */
export type FaultAt = (path: string, reason: string) => InputFault;

export interface JsonFile<T> {
  readonly value: T;
  readonly faults: readonly InputFault[];
  /** A fault in the field at this path, such as `[1].terms.isin`. */
  readonly fault: FaultAt;
}

/** Reads a JSON object with exactly these fields; each field's fault is told. */
export function readJsonObject<C extends Codecs>(
  directory: string,
  file: string,
  fields: C,
): JsonFile<ObjectOf<C> | undefined> {
  const { value, faults: broken, fault } = readJson(directory, file);
  if (broken.length > 0) return { value: undefined, faults: broken, fault };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { value: undefined, faults: [fault('', 'must be an object')], fault };
  }
  const members = value as Readonly<Record<string, unknown>>;
  const faults = Object.keys(members)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => fault(name, `is no field here; there are ${Object.keys(fields).join(', ')}`));
  const result: Record<string, unknown> = {};
  for (const [name, codec] of Object.entries(fields)) {
    if (!Object.hasOwn(members, name)) faults.push(fault(name, 'is missing'));
    else result[name] = decoded(codec, members[name], name, fault, faults);
  }
  return { value: faults.length === 0 ? (result as ObjectOf<C>) : undefined, faults, fault };
}

export interface PlacedItem<T> {
  readonly item: T;
  /** A fault in the field at this path below the item. */
  readonly fault: FaultAt;
}

/** Reads a JSON list; the first fault of each item is told. Items with a fault are left out. */
export function readJsonList<T>(directory: string, file: string, codec: Codec<T>): JsonFile<readonly PlacedItem<T>[]> {
  const { value, faults: broken, fault } = readJson(directory, file);
  if (broken.length > 0) return { value: [], faults: broken, fault };
  if (!Array.isArray(value)) return { value: [], faults: [fault('', 'must be a list')], fault };
  const faults: InputFault[] = [];
  const items = value.flatMap((entry: unknown, index): PlacedItem<T>[] => {
    const path = `[${index}]`;
    const before = faults.length;
    const item = decoded(codec, entry, path, fault, faults);
    const below: FaultAt = (field, reason) => fault(field === '' ? path : `${path}.${field}`, reason);
    return faults.length > before ? [] : [{ item: item as T, fault: below }];
  });
  return { value: items, faults, fault };
}

function decoded<T>(
  codec: Codec<T>,
  value: unknown,
  path: string,
  fault: FaultAt,
  faults: InputFault[],
): T | undefined {
  try {
    return codec.decode(value, path);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    faults.push(fault(error.field, error.reason));
    return undefined;
  }
}

function readJson(directory: string, file: string): JsonFile<unknown> {
  let text: string;
  try {
    text = readTextFile(join(directory, file));
  } catch (error) {
    return failed(unreadableFile(file, error));
  }
  // JSON is a part of YAML 1.2, whose parser tells where things stand.
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken)
    return failed({ file, ...placeAt(lines, broken.pos[0]), field: '', reason: `is not JSON: ${firstLine(broken)}` });
  try {
    const value: unknown = JSON.parse(text);
    return {
      value,
      faults: [],
      fault: (field, reason) => ({ file, ...placeOf(document, lines, field), field, reason }),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = Number(/position ([0-9]+)/.exec(error.message)?.[1] ?? 0);
    return failed({ file, ...placeAt(lines, position), field: '', reason: 'is not JSON' });
  }
}

function failed(fault: InputFault): JsonFile<undefined> {
  return { value: undefined, faults: [fault], fault: (field, reason) => ({ ...fault, field, reason }) };
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? message;
}

function placeAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Of the field, or of the nearest one around it that there is. */
function placeOf(document: Document, lines: LineCounter, path: string): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of [undefined, ...path.split(/[.[\]]+/).filter((name) => name !== '')]) {
    if (part !== undefined) {
      if (isMap(node)) node = node.get(part, true);
      else if (isSeq(node)) node = node.get(Number(part), true);
      else break;
    }
    if (!isNode(node)) break;
    offset = node.range?.[0] ?? offset;
  }
  return placeAt(lines, offset);
}
