import type { Codec } from './codec';
import { FieldError } from './field-error';
import type { Json } from './json';
import { isList, isWellFormed } from './text';

/** Any JSON value; what it means is for whoever knows its form. */
export const json: Codec<Json> = {
  schema: {},
  decode(value, field) {
    check(value, field);
    return value as Json;
  },
  encode: (value) => value,
};

function check(value: unknown, field: string): void {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new FieldError('FieldType', field, 'must be a finite number');
  } else if (typeof value === 'string') {
    if (!isWellFormed(value)) throw new FieldError('TextMalformed', field, 'holds U+0000 or half a surrogate pair');
  } else if (isList(value)) {
    for (const item of value) check(item, field);
  } else if (typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      if (!isWellFormed(name)) throw new FieldError('TextMalformed', field, 'names a field with malformed text');
      check(item, field);
    }
  } else {
    throw new FieldError('FieldType', field, 'must be JSON');
  }
}
