import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FieldError } from './field-error';
import type { Json } from './json';
import { canonicalText, isWellFormed, parseText } from './text';

const runs = 1_000;
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }) as fc.Arbitrary<Json>;

function refusal(text: string, limits?: Parameters<typeof parseText>[1]): string | undefined {
  try {
    parseText(text, limits);
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return error.code;
    throw error;
  }
}

/** The same value with the members of its objects in another order, with white space. */
function shuffled(value: Json): string {
  if (value === null || typeof value !== 'object') return ` ${JSON.stringify(value)} `;
  if (Array.isArray(value)) return `[\n${value.map(shuffled).join('\t,')} ]`;
  const members = Object.entries(value as Readonly<Record<string, Json>>).reverse();
  return `{ ${members.map(([name, one]) => `${JSON.stringify(name)} :${shuffled(one)}`).join(',')}\r\n}`;
}

describe('the canonical text of a value', () => {
  test('reads back as the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const back = parseText(canonicalText(value), { maxLength: 1e6, maxDepth: 32 });
        expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: runs },
    );
  });

  test('is one, however the value was written', () => {
    fc.assert(
      fc.property(json, (value) => {
        const limits = { maxLength: 1e6, maxDepth: 32 };
        const text = canonicalText(value);
        expect(canonicalText(parseText(shuffled(value), limits))).toBe(text);
        expect(canonicalText(parseText(text, limits))).toBe(text);
      }),
      { numRuns: runs },
    );
  });

  test('orders members by code unit, at every depth', () => {
    expect(canonicalText({ b: 1, a: [{ z: 0, Z: 0 }], '€': null, aa: true })).toBe(
      '{"a":[{"Z":0,"z":0}],"aa":true,"b":1,"€":null}',
    );
  });

  test('holds a member named like what every object inherits', () => {
    expect(canonicalText(parseText('{"constructor":1,"__proto__":2}'))).toBe('{"__proto__":2,"constructor":1}');
  });
});

describe('reading text', () => {
  test.each([
    ['{"a":1,"a":2}', 'a member named twice'],
    ['{"a":{"b":1,"c":2,"b":3}}', 'a member named twice further in'],
    ['{"a":1,"\\u0061":2}', 'a member named twice in two spellings'],
    ['[{"x":1},{"x":1,"x":1}]', 'a member named twice in a list'],
    ['', 'nothing'],
    ['{"a":1', 'half an object'],
    ['{a:1}', 'what is not JSON'],
    ['{"a":1}{', 'more than one value'],
    ['"\u0000"', 'a bare control character'],
  ])('refuses %j: %s', (text) => {
    expect(refusal(text)).toBe('TextMalformed');
  });

  test('takes colons, braces, quotes and backslashes inside texts for what they are', () => {
    const value = { 'a:b': '{":":1}', '{"a"': 'x\\"y\\\\', '[': ']' };
    expect(parseText(JSON.stringify(value))).toEqual(value);
  });

  test('refuses what is nested too deep before reading it', () => {
    const limits = { maxLength: 1e7, maxDepth: 3 };
    expect(refusal('[[[1]]]', limits)).toBeUndefined();
    expect(refusal('[[[[1]]]]', limits)).toBe('TextTooLong');
    expect(refusal('{"a":[{"b":[]}]}', limits)).toBe('TextTooLong');
    expect(refusal('['.repeat(1_000_000), limits)).toBe('TextTooLong');
    expect(refusal('"[[[[["', limits)).toBeUndefined();
  });

  test('refuses what is too long', () => {
    const limits = { maxLength: 5, maxDepth: 3 };
    expect(refusal('"abc"', limits)).toBeUndefined();
    expect(refusal('"abcd"', limits)).toBe('TextTooLong');
  });
});

describe('well-formed text', () => {
  test('has no U+0000 and no half of a surrogate pair', () => {
    expect(['', 'a', '信越化学工業', '𠮷野家', '\u{10ffff}', '\uffff'].map(isWellFormed)).not.toContain(false);
    expect(
      ['\0', 'a\0', '\ud800', 'a\udc00', '\udc00\ud800', '\ud842', '\ud842\ud842\udfb7'].map(isWellFormed),
    ).not.toContain(true);
  });

  test('is what encodes to UTF-8 and back, without U+0000', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }), (units) => {
        const text = String.fromCharCode(...units);
        const survives = Buffer.from(text, 'utf8').toString('utf8') === text;
        expect(isWellFormed(text)).toBe(survives && !text.includes('\0'));
      }),
      { numRuns: runs },
    );
  });
});
