import { type JsonObject, type JsonSchema, type MethodEntry, contracts } from '@kessai/interface';
import { requestOf } from './example-request';
import { fieldNotes } from './field-notes';

/** One field of a request or a response, wherever in it. */
export interface FieldDescription {
  /** `trades[].seller.account`; `terms(stock-split).ratio` is a field of one of several forms. */
  readonly path: string;
  /** What it is, in words. */
  readonly form: string;
  readonly required: boolean;
  readonly note: string;
}

/** A method, as a person reads of it. */
export interface MethodDescription {
  readonly fullName: string;
  readonly summary: string;
  /** Who may call it, when, and what else there is to know before: a line each. */
  readonly rules: readonly string[];
  readonly request: readonly FieldDescription[];
  readonly response: readonly FieldDescription[];
  readonly example: JsonObject;
}

export function describeMethod(entry: MethodEntry): MethodDescription {
  const { fullName, method } = entry;
  return {
    fullName,
    summary: method.summary,
    rules: rulesOf(entry),
    request: fieldsOf(method.request.schema, `${fullName} request `),
    response: fieldsOf(method.response.schema, `${fullName} response `),
    example: requestOf(method),
  };
}

const approvals = {
  'two-operators': 'Takes effect when two operators have sent it with the same content.',
  'two-operators-and-issuer': 'Takes effect when two operators and the issuer have sent it with the same content.',
} as const;

function rulesOf({ method }: MethodEntry): readonly string[] {
  const who = `Who may call it: ${method.roles.join(', ')}.`;
  if (method.kind === 'evaluate') {
    const where = method.answeredBy === 'own' ? "the caller's own organisation" : 'an operator';
    return ['Only reads.', who, `Answered by a peer of ${where}.`];
  }
  const { sent, approval, phases, idField } = method;
  return [
    sent === 'sealed' ? 'Changes the market: an instruction, which a cycle executes.' : 'A transaction of its own.',
    who,
    `Accepted in the phases ${phases.join(', ')}.`,
    ...(idField === undefined
      ? []
      : [`\`${idField}\` is the sender's id: the same content again answers \`exists\`, other content is refused.`]),
    ...(approval === undefined ? [] : [approvals[approval]]),
  ];
}

/** All contracts with their methods' entries are in `allMethods`; what a contract refuses beside the common reasons is its own. */
export function refusalsOf(contract: string): readonly string[] {
  const found = Object.values(contracts).find(({ name }) => name === contract);
  return Object.keys(found?.rejections ?? {});
}

function fieldsOf(schema: JsonSchema, at: string): readonly FieldDescription[] {
  const fields: FieldDescription[] = [];
  collect(schema, at, fields);
  return fields.map(({ path, ...field }) => ({ ...field, path: path.slice(at.length) }));
}

function collect(schema: JsonSchema, at: string, fields: FieldDescription[]): void {
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const path = at.endsWith(' ') ? `${at}${name}` : `${at}.${name}`;
    const required = schema.required?.includes(name) ?? false;
    fields.push({ path, form: formOf(member), required, note: fieldNotes[path] ?? '' });
    collectBelow(member, path, fields);
  }
}

/** What is inside a field: of a list its items, of several forms each. */
function collectBelow(schema: JsonSchema, path: string, fields: FieldDescription[]): void {
  if (schema.items) collectBelow(schema.items, `${path}[]`, fields);
  else if (schema.oneOf) for (const one of schema.oneOf) collect(one, `${path}(${kindOf(one)})`, fields);
  else collect(schema, path, fields);
}

function kindOf({ properties }: JsonSchema): string {
  return properties?.['kind']?.enum?.[0] ?? '';
}

function formOf(schema: JsonSchema): string {
  const { type, description, items, minItems = 0, maxItems = 0, minimum = 0, maximum = 0, maxLength = 0 } = schema;
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(' or ');
  if (schema.oneOf) return `one of ${schema.oneOf.map((one) => `\`${kindOf(one)}\``).join(', ')}`;
  switch (type) {
    case 'array':
      return `list of ${minItems.toString()} to ${maxItems.toString()}${isPlain(items) ? `: ${formOf(items)}` : ''}`;
    case 'integer':
      return `number from ${minimum.toString()} to ${maximum.toString()}`;
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      // Amounts are told from other texts by what they say of themselves, too: they are decimal strings.
      return description ?? `text of at most ${maxLength.toString()} characters`;
    case 'object':
      return 'object';
    default:
      return 'any JSON';
  }
}

function isPlain(schema: JsonSchema | undefined): schema is JsonSchema {
  return schema !== undefined && schema.type !== 'object' && schema.type !== 'array' && schema.oneOf === undefined;
}
