import { describe, expect, test } from '@jest/globals';
import {
  type Codec,
  count,
  decodeText,
  encodeText,
  flag,
  list,
  object,
  oneOf,
  optional,
  row,
  text,
  variants,
} from './codec';
import { FieldError } from './field-error';
import { isin } from './identifiers';
import { json } from './json-codec';
import { quantity } from './quantity';

const line = object({ isin, quantity, note: optional(text({ maxLength: 10 })) });
const order = object({
  id: text({ maxLength: 5, pattern: /^[a-z]+$/ }),
  urgent: flag,
  lines: list(line, { min: 1, max: 2 }),
});

const good = { id: 'abc', urgent: false, lines: [{ isin: 'JP3371200001', quantity: '5' }] };

function refusal(codec: Codec<unknown>, value: unknown): readonly [code: string, field: string] | undefined {
  try {
    codec.decode(value, '');
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return [error.code, error.field];
    throw error;
  }
}

describe('a strict object', () => {
  test('takes exactly its fields', () => {
    expect(order.decode(good, '')).toEqual({ ...good, lines: [{ isin: 'JP3371200001', quantity: 5n }] });
    expect(order.fieldNames).toEqual(['id', 'urgent', 'lines']);
  });

  test.each([
    ['an unknown field', { ...good, extra: 1 }, ['FieldUnknown', 'extra']],
    ['an unknown field further in', { ...good, lines: [{ ...good.lines[0], x: 1 }] }, ['FieldUnknown', 'lines[0].x']],
    ['an unknown field before a missing one', { extra: 1 }, ['FieldUnknown', 'extra']],
    ['a missing field', { id: 'abc', lines: good.lines }, ['FieldMissing', 'urgent']],
    ['a missing field further in', { ...good, lines: [{ quantity: '5' }] }, ['FieldMissing', 'lines[0].isin']],
    ['null for a missing field', { ...good, urgent: null }, ['FieldType', 'urgent']],
    [
      'null for an optional field',
      { ...good, lines: [{ ...good.lines[0], note: null }] },
      ['FieldType', 'lines[0].note'],
    ],
    ['another type', { ...good, urgent: 'no' }, ['FieldType', 'urgent']],
    [
      'a number for a quantity',
      { ...good, lines: [{ isin: 'JP3371200001', quantity: 5 }] },
      ['FieldType', 'lines[0].quantity'],
    ],
    ['a list for an object', [good], ['FieldType', '']],
    ['an object for a list', { ...good, lines: { 0: good.lines[0] } }, ['FieldType', 'lines']],
    ['text for an object', 'abc', ['FieldType', '']],
    ['nothing', null, ['FieldType', '']],
    ['too few items', { ...good, lines: [] }, ['FieldMissing', 'lines']],
    ['too many items', { ...good, lines: [1, 2, 3] }, ['FieldTooLong', 'lines']],
    [
      'the wrong one of several items',
      { ...good, lines: [good.lines[0], { ...good.lines[0], isin: 'x' }] },
      ['FieldMalformed', 'lines[1].isin'],
    ],
    ['text that is too long', { ...good, id: 'abcdef' }, ['FieldTooLong', 'id']],
    ['text that is too short', { ...good, id: '' }, ['FieldMalformed', 'id']],
    ['text of another form', { ...good, id: 'ABC' }, ['FieldMalformed', 'id']],
    ['U+0000', { ...good, lines: [{ ...good.lines[0], note: 'a\0' }] }, ['TextMalformed', 'lines[0].note']],
    [
      'half a surrogate pair',
      { ...good, lines: [{ ...good.lines[0], note: '\ud800' }] },
      ['TextMalformed', 'lines[0].note'],
    ],
    ['a field named with half a surrogate pair', { ...good, ['\udfff']: 1 }, ['TextMalformed', '']],
    ['a field named like what objects inherit', { ...good, constructor: 1 }, ['FieldUnknown', 'constructor']],
  ] as const)('refuses %s', (_what, value, refused) => {
    expect(refusal(order, value)).toEqual(refused);
  });

  test('refuses a field named __proto__, which JSON can say', () => {
    expect(refusal(order, JSON.parse(`{"__proto__":${JSON.stringify(good)}}`))).toEqual(['FieldUnknown', '__proto__']);
  });

  test.each(['\u202eisin', 'a\nb', '\u001b[2J', '\u200b'])(
    'does not repeat the name of a field that cannot be printed: %j',
    (name) => {
      expect(refusal(order, { ...good, [name]: '1' })).toEqual(['TextUnprintable', '']);
    },
  );

  test('takes nothing that is inherited for a field', () => {
    expect(refusal(object({ toString: text({ maxLength: 5 }) }), {})).toEqual(['FieldMissing', 'toString']);
  });

  test('leaves out an optional field that is absent, rather than saying it is undefined', () => {
    expect(Object.keys(line.decode({ isin: 'JP3371200001', quantity: '5' }, ''))).toEqual(['isin', 'quantity']);
  });

  test('states its form as JSON Schema', () => {
    expect(line.schema).toMatchObject({
      type: 'object',
      required: ['isin', 'quantity'],
      additionalProperties: false,
      properties: { note: { type: 'string', minLength: 1, maxLength: 10 } },
    });
  });
});

describe('a count', () => {
  test.each([
    [-1, 'FieldOutOfRange'],
    [11, 'FieldOutOfRange'],
    [1.5, 'FieldType'],
    ['1', 'FieldType'],
    [NaN, 'FieldType'],
    [Infinity, 'FieldType'],
  ])('of 0 to 10 is not %p: %s', (value, code) => {
    expect(refusal(count(0, 10), value)).toEqual([code, '']);
  });

  test('has one text, whatever way its number was written', () => {
    const counts = object({ n: count(-10, 1_000) });
    expect(['{"n":100}', '{"n":1e2}', '{"n":100.0}'].map((one) => encodeText(counts, decodeText(counts, one)))).toEqual(
      Array.from({ length: 3 }, () => '{"n":100}'),
    );
    expect(encodeText(counts, decodeText(counts, '{"n":-0}'))).toBe('{"n":0}');
  });
});

describe('one of several texts', () => {
  test('is none but these', () => {
    const side = oneOf('buy', 'sell');
    expect(side.decode('buy', '')).toBe('buy');
    expect(refusal(side, 'hold')).toEqual(['FieldMalformed', '']);
    expect(refusal(side, 'toString')).toEqual(['FieldMalformed', '']);
    expect(refusal(side, 0)).toEqual(['FieldType', '']);
  });
});

describe('one of several objects', () => {
  const event = variants('kind', {
    dividend: object({ kind: oneOf('dividend'), amount: quantity }),
    split: object({ kind: oneOf('split'), ratio: count(2, 100) }),
  });

  test('is told by its tag, both ways', () => {
    expect(encodeText(event, decodeText(event, '{"ratio":5,"kind":"split"}'))).toBe('{"kind":"split","ratio":5}');
    expect(decodeText(event, '{"kind":"dividend","amount":"7"}')).toEqual({ kind: 'dividend', amount: 7n });
  });

  test.each([
    [{ amount: '7' }, ['FieldMissing', 'kind']],
    [{ kind: 'merger' }, ['FieldMalformed', 'kind']],
    [{ kind: 'constructor' }, ['FieldMalformed', 'kind']],
    [{ kind: 5 }, ['FieldMalformed', 'kind']],
    [{ kind: 'split', amount: '7', ratio: 5 }, ['FieldUnknown', 'amount']],
    [[], ['FieldType', '']],
  ])('%j is none of them', (value, refused) => {
    expect(refusal(event, value)).toEqual(refused);
  });
});

describe('a row', () => {
  const line = row(isin, quantity, object({ order: optional(quantity) }));

  test('is a list of so many items, each in the form of its column', () => {
    const stored = '["JP3371200001","5",{"order":"3"}]';
    expect(decodeText(line, stored)).toEqual(['JP3371200001', 5n, { order: 3n }]);
    expect(encodeText(line, decodeText(line, stored))).toBe(stored);
  });

  test.each([
    [{}, ['FieldType', '']],
    [
      ['JP3371200001', '5'],
      ['FieldMalformed', ''],
    ],
    [
      ['JP3371200001', '5', {}, {}],
      ['FieldMalformed', ''],
    ],
    [
      ['JP3371200001', 5, {}],
      ['FieldType', '[1]'],
    ],
    [
      ['JP3371200001', '5', { more: 1 }],
      ['FieldUnknown', '[2].more'],
    ],
  ])('%j is none of these', (value, refused) => {
    expect(refusal(line, value)).toEqual(refused);
  });
});

describe('any JSON', () => {
  test.each([[null], [true], [1.5], ['x'], [[]], [[{}, [null]]], [{ a: { b: 'c' } }], [{ constructor: 1 }]])(
    '%j is taken as it is',
    (value) => {
      expect(json.decode(value, '')).toBe(value);
      expect(json.encode(value as never)).toBe(value);
    },
  );

  test.each([
    [undefined, ['FieldType', '']],
    [NaN, ['FieldType', '']],
    [Infinity, ['FieldType', '']],
    [5n, ['FieldType', '']],
    [() => 1, ['FieldType', '']],
    [
      [1, [NaN]],
      ['FieldType', ''],
    ],
    ['a\0', ['TextMalformed', '']],
    [{ a: ['\ud800'] }, ['TextMalformed', '']],
    [{ ['\udfff']: 1 }, ['TextMalformed', '']],
  ] as const)('%p is none', (value, refused) => {
    expect(refusal(json, value)).toEqual(refused);
  });
});

describe('a message for people', () => {
  test('begins with the field and says what it must be', () => {
    expect(() => order.decode({ ...good, id: 'ABC' }, '')).toThrow('id: must be of the form ^[a-z]+$');
    expect(() => order.decode({ ...good, lines: [1, 2, 3] }, 'orders[7]')).toThrow(
      'orders[7].lines: must have at most 2 items',
    );
  });
});
