import { type Codec, FieldError, count, text } from '@kessai/interface';
import type { Column } from './table-file';

/** A field of the form that a codec states. */
export function coded<T>(codec: Codec<T>): Column<T> {
  return { parse: (value) => codec.decode(value, '') };
}

/** A whole number that counts something. */
export function counted(minimum: number, maximum: number): Column<number> {
  const codec = count(minimum, maximum);
  return {
    parse(value) {
      if (!/^-?[0-9]{1,15}$/.test(value)) throw new FieldError('FieldType', '', 'must be a whole number');
      return codec.decode(Number(value), '');
    },
  };
}

/** A field that may be empty, or whose column may be left out. */
export function withFallback<T, F>(column: Column<T>, fallback: F): Column<T | F> {
  return { parse: (value) => column.parse(value), fallback: { value: fallback } };
}

/** An amount, price or quantity as people write it. How many decimals it may have is known with its unit only. */
export const written: Column<string> = coded(text({ maxLength: 60 }));

/** The short name by which the other files call a member. */
export const memberKey: Column<string> = coded(
  text({ maxLength: 32, pattern: /^[A-Za-z0-9][A-Za-z0-9-]*$/, description: 'a short name: letters, digits, hyphens' }),
);
