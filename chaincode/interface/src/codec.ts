import { FieldError } from './field-error';
import type { Json, JsonSchema } from './json';
import { isPrintable } from './printable';
import { canonicalText, isList, isWellFormed, parseText, type TextLimits } from './text';

/** Both directions between a value and its JSON form, and the schema that says what that form is. */
export interface Codec<T> {
  readonly schema: JsonSchema;
  /** @throws FieldError naming `field` or a path below it. */
  decode(value: unknown, field: string): T;
  encode(value: T): Json;
}

export type Infer<C> = C extends Codec<infer T> ? T : never;

/** Decodes JSON text. @throws FieldError */
export function decodeText<T>(codec: Codec<T>, text: string, limits?: TextLimits): T {
  return codec.decode(parseText(text, limits), '');
}

/** The canonical text of a value. */
export function encodeText<T>(codec: Codec<T>, value: T): string {
  return canonicalText(codec.encode(value));
}

export interface TextRule {
  readonly minLength?: number;
  readonly maxLength: number;
  readonly pattern?: RegExp;
  /** What the text is, for messages: "an account: ...". */
  readonly description?: string;
  /** Whoever reads it could do what its owner can: it is kept out of command lines. */
  readonly secret?: true;
}

export function text<T extends string = string>(rule: TextRule): Codec<T> {
  const { minLength = 1, maxLength, pattern, description, secret } = rule;
  return {
    schema: {
      type: 'string',
      minLength,
      maxLength,
      ...(pattern ? { pattern: pattern.source } : {}),
      ...(description === undefined ? {} : { description }),
      ...(secret === undefined ? {} : { writeOnly: secret }),
    },
    decode(value, field) {
      if (typeof value !== 'string') throw new FieldError('FieldType', field, 'must be a string');
      if (!isWellFormed(value)) throw new FieldError('TextMalformed', field, 'holds U+0000 or half a surrogate pair');
      if (value.length > maxLength) {
        throw new FieldError('FieldTooLong', field, `must have at most ${maxLength.toString()} characters`);
      }
      if (value.length < minLength) {
        throw new FieldError('FieldMalformed', field, `must have at least ${minLength.toString()} characters`);
      }
      if (pattern && !pattern.test(value)) {
        throw new FieldError('FieldMalformed', field, `must be ${description ?? `of the form ${pattern.source}`}`);
      }
      return value as T;
    },
    encode: (value) => value,
  };
}

/** A codec whose values must pass a check of their own besides. @param check throws FieldError */
export function checked<T>(base: Codec<T>, check: (value: T, field: string) => void): Codec<T> {
  return {
    ...base,
    decode(value, field) {
      const decoded = base.decode(value, field);
      check(decoded, field);
      return decoded;
    },
  };
}

export function oneOf<const V extends readonly string[]>(...values: V): Codec<V[number]> {
  return {
    schema: { type: 'string', enum: values },
    decode(value, field) {
      if (typeof value !== 'string') throw new FieldError('FieldType', field, 'must be a string');
      if (!values.includes(value)) throw new FieldError('FieldMalformed', field, `must be one of ${values.join(', ')}`);
      return value;
    },
    encode: (value) => value,
  };
}

export const flag: Codec<boolean> = {
  schema: { type: 'boolean' },
  decode(value, field) {
    if (typeof value !== 'boolean') throw new FieldError('FieldType', field, 'must be true or false');
    return value;
  },
  encode: (value) => value,
};

/** A small whole number that counts or numbers something; never value. */
export function count(minimum: number, maximum: number): Codec<number> {
  return {
    schema: { type: 'integer', minimum, maximum },
    decode(value, field) {
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        throw new FieldError('FieldType', field, 'must be a whole number');
      }
      if (value < minimum || value > maximum) {
        throw new FieldError('FieldOutOfRange', field, `must be ${minimum.toString()} to ${maximum.toString()}`);
      }
      return value;
    },
    encode: (value) => value,
  };
}

/** A whole number of smallest units as a decimal string without sign for plus, leading zeros, point or exponent. */
export function whole(minimum: bigint, maximum: bigint, description: string): Codec<bigint> {
  return {
    schema: { type: 'string', pattern: '^(0|-?[1-9][0-9]*)$', description },
    decode(value, field) {
      if (typeof value !== 'string') throw new FieldError('FieldType', field, 'must be a decimal string');
      if (value.length > 40) throw new FieldError('FieldTooLong', field, 'must have at most 40 digits');
      if (!/^(0|-?[1-9][0-9]*)$/.test(value)) {
        const fractional = /^-?[0-9]+\.[0-9]+$/.test(value);
        throw new FieldError(
          'FieldMalformed',
          field,
          fractional
            ? 'must be a whole number of smallest units, without a fraction'
            : 'must be a decimal string such as "100"',
        );
      }
      const number = BigInt(value);
      if (number < minimum || number > maximum) {
        throw new FieldError('FieldOutOfRange', field, `must be ${minimum.toString()} to ${maximum.toString()}`);
      }
      return number;
    },
    encode: (value) => value.toString(),
  };
}

export function list<T>(item: Codec<T>, rule: { readonly min?: number; readonly max: number }): Codec<readonly T[]> {
  const { min = 0, max } = rule;
  return {
    schema: { type: 'array', items: item.schema, minItems: min, maxItems: max },
    decode(value, field) {
      if (!isList(value)) throw new FieldError('FieldType', field, 'must be a list');
      if (value.length > max) throw new FieldError('FieldTooLong', field, `must have at most ${max.toString()} items`);
      if (value.length < min) throw new FieldError('FieldMissing', field, `must have at least ${min.toString()} items`);
      const items: T[] = [];
      try {
        for (const entry of value) items.push(item.decode(entry, ''));
      } catch (error) {
        throw placed(error, field, `[${items.length.toString()}]`);
      }
      return items;
    },
    encode: (value) => value.map((entry) => item.encode(entry)),
  };
}

type RowOf<C> = { readonly [K in keyof C]: C[K] extends Codec<infer T> ? T : never };

/** A list of fixed length whose items each have their own form: for stored lines of which there are very many. */
export function row<const C extends readonly Codec<unknown>[]>(...columns: C): Codec<RowOf<C>> {
  return {
    schema: { type: 'array', minItems: columns.length, maxItems: columns.length },
    decode(value, field) {
      if (!isList(value)) throw new FieldError('FieldType', field, 'must be a list');
      if (value.length !== columns.length) {
        throw new FieldError('FieldMalformed', field, `must have ${columns.length.toString()} items`);
      }
      const items: unknown[] = [];
      try {
        for (const column of columns) items.push(column.decode(value[items.length], ''));
      } catch (error) {
        throw placed(error, field, `[${items.length.toString()}]`);
      }
      return items as RowOf<C>;
    },
    encode: (value) => columns.map((column, index) => column.encode((value as readonly unknown[])[index])),
  };
}

const absent: unique symbol = Symbol('absent');

/** Marks a field of an object that may be left out. An explicit null is refused. */
export interface OptionalField<T> {
  readonly [absent]: true;
  readonly codec: Codec<T>;
}

export function optional<T>(codec: Codec<T>): OptionalField<T> {
  return { [absent]: true, codec };
}

export type Fields = Readonly<Record<string, Codec<unknown> | OptionalField<unknown>>>;

type FieldValue<F> = F extends OptionalField<infer T> ? T : F extends Codec<infer T> ? T : never;
type OptionalNames<F> = { [K in keyof F]: F[K] extends OptionalField<unknown> ? K : never }[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };

export type ObjectOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalNames<F>>]: FieldValue<F[K]> } & { [K in OptionalNames<F>]?: FieldValue<F[K]> }
>;

export interface ObjectCodec<T> extends Codec<T> {
  readonly fieldNames: readonly string[];
}

/** An object with exactly these fields. The field that is unknown or missing is named. */
export function object<F extends Fields>(fields: F, description?: string): ObjectCodec<ObjectOf<F>> {
  const entries = Object.entries(fields).map(([name, field]) =>
    absent in field ? { name, codec: field.codec, required: false } : { name, codec: field, required: true },
  );
  const names = new Set(entries.map(({ name }) => name));
  return {
    fieldNames: [...names],
    schema: {
      type: 'object',
      ...(description === undefined ? {} : { description }),
      properties: Object.fromEntries(entries.map(({ name, codec }) => [name, codec.schema])),
      required: entries.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    },
    decode(value, field) {
      const members = membersOf(value, field);
      for (const name of Object.keys(members)) {
        if (names.has(name)) continue;
        // Such a name cannot be told in an answer, which is text too.
        if (!isWellFormed(name)) throw new FieldError('TextMalformed', field, 'names a field with malformed text');
        if (![...name].every((character) => isPrintable(character.codePointAt(0) ?? 0))) {
          throw new FieldError('TextUnprintable', field, 'names a field with characters that cannot be printed');
        }
        throw new FieldError('FieldUnknown', below(field, name), 'is not a field here');
      }
      const result: Record<string, unknown> = {};
      let reached = '';
      try {
        for (const { name, codec, required } of entries) {
          reached = name;
          const member = Object.hasOwn(members, name) ? members[name] : undefined;
          if (member !== undefined) result[name] = codec.decode(member, '');
          else if (required) throw new FieldError('FieldMissing', '', 'is missing');
        }
      } catch (error) {
        throw placed(error, field, reached);
      }
      return result as ObjectOf<F>;
    },
    encode(value) {
      const result: Record<string, Json> = {};
      for (const { name, codec } of entries) {
        const member = (value as Readonly<Record<string, unknown>>)[name];
        if (member !== undefined) result[name] = codec.encode(member);
      }
      return result;
    },
  };
}

/** One of several objects, told apart by the text in their field `tag`, which each variant also states as a field. */
export function variants<V extends Readonly<Record<string, Codec<unknown>>>>(
  tag: string,
  choices: V,
): Codec<FieldValue<V[keyof V]>> {
  type T = FieldValue<V[keyof V]>;
  const codecs = choices as unknown as Readonly<Record<string, Codec<T>>>;
  const kinds = Object.keys(codecs);
  return {
    schema: { oneOf: kinds.map((kind) => codecs[kind]?.schema ?? {}) },
    decode(value, field) {
      const kind = membersOf(value, field)[tag];
      if (kind === undefined) throw new FieldError('FieldMissing', below(field, tag), 'is missing');
      const codec = typeof kind === 'string' && Object.hasOwn(codecs, kind) ? codecs[kind] : undefined;
      if (!codec) throw new FieldError('FieldMalformed', below(field, tag), `must be one of ${kinds.join(', ')}`);
      return codec.decode(value, field);
    },
    encode(value) {
      const kind = (value as Readonly<Record<string, unknown>>)[tag];
      const codec = typeof kind === 'string' ? codecs[kind] : undefined;
      if (!codec) throw new FieldError('FieldMalformed', tag, `must be one of ${kinds.join(', ')}`);
      return codec.encode(value);
    },
  };
}

function membersOf(value: unknown, field: string): Readonly<Record<string, Json>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new FieldError('FieldType', field, 'must be an object');
  }
  return value as Readonly<Record<string, Json>>;
}

function below(field: string, name: string): string {
  if (field === '' || name === '') return field + name;
  return name.startsWith('[') ? field + name : `${field}.${name}`;
}

/**
 * A part is decoded as if it stood alone, and told where it stands when it is refused: to make the path of every part beforehand costs
 * more than to decode it.
 */
function placed(error: unknown, field: string, part: string): unknown {
  if (!(error instanceof FieldError)) return error;
  return new FieldError(error.code, below(below(field, part), error.field), error.reason);
}
