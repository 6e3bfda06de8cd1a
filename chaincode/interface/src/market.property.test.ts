import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeText, encodeText } from './codec';
import { FieldError } from './field-error';
import type { Json, JsonSchema } from './json';
import { allMethods, isRejection, marketRejections, refusedField } from './market';
import { decodeRejection, encodeRejection, isTransient, rejectionMessage } from './rejection';
import { isWellFormed } from './text';

const runs = 1_000;
const roomy = { maxLength: 1e8, maxDepth: 32 };

/** Values of what a schema cannot say: check digits, days of the calendar, bounds of whole numbers. By how its description begins. */
const described: readonly (readonly [beginning: string, values: fc.Arbitrary<Json>])[] = [
  ['an ISIN', fc.constantFrom('JP3371200001', 'US0378331005', 'AU0000XVGZA3')],
  ['a BIC', fc.constantFrom('BOTKJPJT', 'DEUTDEFF500')],
  ['an LEI', fc.constantFrom('HWUPKR0MPOU8FGXBT394', '5493006MHB84DD0ZWV18')],
  ['a unit', fc.constantFrom('JP3371200001', 'JPY@TrustBankMSP')],
  ['a date', fc.constantFrom('2024-02-29', '2023-12-31')],
  [
    'text that can be printed',
    fc.constantFrom('信越化学工業', 'ﾄﾖﾀ自動車', 'Müller & Søn, S.A.', "D'Arcy – 2°", '葛\u{e0100}飾'),
  ],
  ['an instant', fc.constantFrom('2024-02-29T00:00:00.000Z', '2023-12-31T23:59:59.999Z')],
];

const anyJson = fc
  .jsonValue({ maxDepth: 3 })
  // Text has one zero, and an object of JavaScript no member of this name.
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"')) as Json);

/** Any value of the form that a codec states of itself. */
function valueOf(schema: JsonSchema): fc.Arbitrary<Json> {
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(valueOf));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  // What says nothing of itself is any JSON.
  if (Object.keys(schema).length === 0) return anyJson;
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 10, Number.MAX_SAFE_INTEGER) });
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, valueOf(one)] as const);
      return fc.record(Object.fromEntries(properties), {
        requiredKeys: [...(schema.required ?? [])],
      });
    }
    case 'string':
      return textOf(schema);
    default:
      throw new Error('A schema says what type it is of');
  }
}

function textOf(schema: JsonSchema): fc.Arbitrary<Json> {
  const { description = '', pattern, minLength = 0, maxLength } = schema;
  const known = described.find(([beginning]) => description.startsWith(beginning));
  if (known) return known[1];
  // Whole numbers have no lengths; their bounds are in no schema, but 1 to a million million is inside all of them.
  if (maxLength === undefined) return fc.bigInt(1n, 10n ** 12n).map(String);
  const matching =
    pattern === undefined
      ? fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 12) })
      : fc.stringMatching(new RegExp(pattern));
  return matching.filter((text) => text.length >= minLength && text.length <= maxLength && isWellFormed(text));
}

describe('every method of every contract', () => {
  const codecs = allMethods().flatMap(({ fullName, method }) => [
    [`the request of ${fullName}`, method.request] as const,
    [`the response of ${fullName}`, method.response] as const,
  ]);

  test.each(codecs)('%s: what is encoded reads back, and has one text', (_what, codec) => {
    fc.assert(
      fc.property(valueOf(codec.schema), (wire) => {
        const value = codec.decode(wire, '');
        const text = encodeText(codec, value);
        const back = decodeText(codec, text, roomy);
        expect(back).toEqual(value);
        expect(encodeText(codec, back)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(wire)));
      }),
      { numRuns: Math.ceil((runs * 10) / codecs.length) },
    );
  });

  test.each(codecs)('%s: a field more or a field less is refused by its name', (_what, codec) => {
    fc.assert(
      fc.property(valueOf(codec.schema), (wire) => {
        const members = wire as Readonly<Record<string, Json>>;
        expect(refusal(() => codec.decode({ ...members, unheardOf: 1 }, ''))).toEqual(['FieldUnknown', 'unheardOf']);
        for (const name of codec.schema.required ?? []) {
          const { [name]: _left, ...rest } = members;
          expect(refusal(() => codec.decode(rest, ''))).toEqual(['FieldMissing', name]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is named once, says what it does, and takes its id from its request', () => {
    const names = allMethods().map(({ fullName }) => fullName);
    expect(new Set(names).size).toBe(names.length);
    for (const { fullName, contract, name, method } of allMethods()) {
      expect(fullName).toBe(`${contract}:${name}`);
      expect(method.summary).toMatch(/^[A-Z].*\.$/s);
      expect(method.roles.length).toBeGreaterThan(0);
      if (method.kind === 'submit' && method.idField !== undefined) {
        expect(method.request.schema.required).toContain(method.idField);
      }
    }
  });
});

describe('every rejection', () => {
  const codes = Object.keys(marketRejections) as (keyof typeof marketRejections)[];

  test.each(codes)('%s crosses the wire whole, with words for a person', (code) => {
    fc.assert(
      fc.property(valueOf(marketRejections[code].payload.schema), (payload) => {
        const { payload: codec } = marketRejections[code];
        const refused = { code, ...codec.decode(payload, '') };
        expect(isRejection(refused)).toBe(true);
        const wire = encodeRejection(marketRejections, refused);
        expect(wire['message']).toBe(rejectionMessage(marketRejections, refused));
        expect(wire['message']).not.toMatch(/undefined|\[object|NaN/);
        expect(decodeRejection(marketRejections, JSON.parse(JSON.stringify(wire)))).toEqual({
          ...refused,
          message: wire['message'],
        });
      }),
      { numRuns: 25 },
    );
  });

  test('is one of the table, else it is not understood', () => {
    expect(decodeRejection(marketRejections, { code: 'Conflict', field: 'x', message: 'm', more: 1 })).toBeUndefined();
    expect(decodeRejection(marketRejections, { code: 'Conflict', message: 'm' })).toBeUndefined();
    expect(decodeRejection(marketRejections, { code: 'toString', message: 'm' })).toBeUndefined();
    expect(decodeRejection(marketRejections, { code: 'AlreadyFounded' })).toBeUndefined();
    expect(decodeRejection(marketRejections, 'AlreadyFounded')).toBeUndefined();
    expect(isRejection({ code: 'hasOwnProperty' })).toBe(false);
    expect(isRejection(null)).toBe(false);
    expect(rejectionMessage(marketRejections, { code: 'Unheard' })).toBe('Unheard');
  });

  test('that may pass by itself is marked so', () => {
    expect(isTransient(marketRejections, 'PhaseClosed')).toBe(true);
    expect(isTransient(marketRejections, 'Conflict')).toBe(false);
    expect(isTransient(marketRejections, 'toString')).toBe(false);
  });

  test('of a field is readable however long or odd what it tells of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 505, maxLength: 520 }).filter(isWellFormed), (odd) => {
        const refused = refusedField(new FieldError('FieldUnknown', odd, `is not a field here: ${odd}${odd}${odd}`));
        const wire = encodeRejection(marketRejections, refused);
        expect(decodeRejection(marketRejections, JSON.parse(JSON.stringify(wire)))).toMatchObject({
          code: 'FieldUnknown',
        });
      }),
      { numRuns: runs },
    );
  });
});

function refusal(run: () => unknown): readonly [code: string, field: string] | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return [error.code, error.field];
    throw error;
  }
}
