import { type Codec, FieldError, count, list } from '@kessai/interface';

/**
 * What many lines of a page have in common, said once: each distinct part stands in a table before the lines, which name it by its number
 * there.
 */

const partsMax = 1_000_000;

/** A column of a line that names a part. */
export const partNumber: Codec<number> = count(0, partsMax);

export function partsCodec<P>(part: Codec<P>): Codec<readonly P[]> {
  return list(part, { max: partsMax });
}

/** The part that a line names. @throws FieldError where there is none */
export function partAt<P>(parts: readonly P[], number: number, field: string): P {
  const part = parts[number];
  if (part === undefined) throw new FieldError('FieldOutOfRange', field, `has no part ${number.toString()}`);
  return part;
}

/** Parts in the order in which lines first name them, so that everybody writes a page alike. */
export class SaidOnce<P extends readonly (string | undefined)[]> {
  readonly parts: P[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(part: P): number {
    // No stored text holds U+0000, so different parts never have the same name.
    const name = part.join('\0');
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.parts.length;
    this.#numbers.set(name, number);
    this.parts.push(part);
    return number;
  }
}

/** A column that may be empty, which is written 0: what else stands there is text. */
export function maybe<T>(column: Codec<T>): Codec<T | undefined> {
  return {
    schema: { oneOf: [column.schema, { type: 'integer', minimum: 0, maximum: 0 }] },
    decode: (value, field) => (value === 0 ? undefined : column.decode(value, field)),
    encode: (value) => (value === undefined ? 0 : column.encode(value)),
  };
}
