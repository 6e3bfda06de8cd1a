import { describe, expect, test } from '@jest/globals';
import { FieldError } from './field-error';
import { freeText, freeTextDescription } from './free-text';
import { bankReference, displayName, reasonText } from './identifiers';
import type { JsonSchema } from './json';
import { allMethods } from './market';

const codec = freeText(20);

function refusal(value: string): readonly [code: string, reason: string] | undefined {
  try {
    codec.decode(value, 'name');
    return undefined;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    expect(error.field).toBe('name');
    return [error.code, error.reason];
  }
}

describe('a name', () => {
  test.each([
    ['in kanji', '信越化学工業'],
    ['in kana', 'トヨタじどうしゃ'],
    ['in half-width kana', 'ﾄﾖﾀ ｼﾞﾄﾞｳｼｬ'],
    ['in full-width letters', 'ＳＢＩ証券'],
    ['with an ideographic space', '山田　太郎'],
    ['in combining forms', 'か\u3099e\u0301'],
    ['with a form of a kanji that only a selector chooses', '葛\u{e0100}飾区'],
    ['with a kanji beyond the first plane', '𠮷野家'],
    ['with what a keyboard has', 'D’Arcy & Søn (2°)'],
    ['in letters that are read from the right', 'בנק לאומי'],
    ['in Devanagari', 'भारतीय'],
    ['with a no-break space inside', 'Aktie\u00a0A'],
    ['in Vietnamese, in combining forms', 'Nguye\u0302\u0303n'],
    ['in Hebrew with points', 'שׁ\u05b8ל'],
    ['in Tibetan, whose letters stand below each other', 'བཀྲ\u0f72'],
  ])('may be %s: %s', (_what, name) => {
    expect(refusal(name)).toBeUndefined();
    expect(codec.decode(name, '')).toBe(name);
  });

  test.each([
    ['a line break', 'Alpha\nTotal 0', 'U+000A as its character 6'],
    ['a carriage return', 'Alpha\r', 'U+000D'],
    ['a tab', 'Al\tpha', 'U+0009'],
    ['an escape sequence', '\u001b[2JAlpha', 'U+001B as its character 1'],
    ['the control sequence introducer of one byte', 'Al\u009b2Jpha', 'U+009B'],
    ['a backspace', 'Alpha\b\b', 'U+0008'],
    ['a separator of lines', 'Al\u2028pha', 'U+2028'],
    ['a separator of paragraphs', 'Al\u2029pha', 'U+2029'],
    ['an override of the direction', 'Al\u202eahp', 'U+202E as its character 3'],
    ['an isolate of a direction', 'Al\u2066pha', 'U+2066'],
    ['a zero-width space', 'Al\u200bpha', 'U+200B'],
    ['a zero-width joiner', 'Al\u200dpha', 'U+200D'],
    ['a soft hyphen', 'Al\u00adpha', 'U+00AD'],
    ['a byte order mark', '\ufeffAlpha', 'U+FEFF'],
    ['a tag', 'Al\u{e0041}pha', 'U+E0041'],
    ['an invisible letter', 'Al\u3164pha', 'U+3164'],
    ['a character for private use', 'Al\ue000pha', 'U+E000'],
    ['one for private use beyond the first plane', '𠮷\u{f0000}', 'U+F0000 as its character 2'],
    ['a code point that is not assigned', 'Al\u0378pha', 'U+0378'],
    ['a code point that never will be', 'Al\uffffpha', 'U+FFFF'],
    ['what was lost in a conversion', 'Al\ufffdpha', 'U+FFFD as its character 3, which stands for one that was lost'],
    ['a selector of a form behind a letter', 'Al\ufe00pha', 'U+FE00'],
    ['a separator of vowels', 'Al\u180epha', 'U+180E'],
    ['a selector of a Mongolian form', 'Al\u180bpha', 'U+180B'],
    ['the place of an embedded object', 'Al\ufffcpha', 'U+FFFC as its character 3, which stands for one that was lost'],
    ['the mark of a letter of Arabic', 'Al\u061cpha', 'U+061C'],
    ['an annotation between lines', 'Al\ufff9pha', 'U+FFF9'],
    ['a delete', 'Al\u007fpha', 'U+007F'],
    ['a mark on another, nine times', `Al${'\u0301'.repeat(9)}`, 'U+0301 as its character 11, the 9th in a row'],
    ['two selectors of a form', '葛\u{e0100}\u{e0101}', 'U+E0101 as its character 3'],
  ])('does not hold %s', (_what, name, place) => {
    const [code, reason] = refusal(name) ?? [];
    expect(code).toBe('TextUnprintable');
    expect(reason).toContain(place);
    expect(reason).not.toMatch(/[^\x20-\x7e]/);
  });

  test.each([
    ['blanks', '   '],
    ['no-break spaces', '\u00a0\u00a0'],
    ['ideographic spaces', '\u3000'],
    ['an en quad', '\u2000'],
  ])('is not of %s alone', (_what, name) => {
    expect(refusal(name)).toEqual(['FieldMalformed', 'must neither begin nor end with a blank']);
  });

  test.each([' Alpha', 'Alpha ', '\u3000山田', '山田\u3000', '\u202fAlpha', 'Alpha\u2003'])(
    'neither begins nor ends with a blank: %j',
    (name) => {
      expect(refusal(name)).toEqual(['FieldMalformed', 'must neither begin nor end with a blank']);
    },
  );

  test.each(['\u0301a', '\u3099か', '\u20dd'])(
    'does not begin with what combines with the character before it: %j',
    (name) => {
      expect(refusal(name)?.[0]).toBe('FieldMalformed');
    },
  );

  test('has its length in UTF-16 code units, as every text', () => {
    expect(refusal('𠮷'.repeat(10))).toBeUndefined();
    expect(refusal('𠮷'.repeat(11))?.[0]).toBe('FieldTooLong');
    expect(refusal('')?.[0]).toBe('FieldMalformed');
    expect(refusal('\ud842')?.[0]).toBe('TextMalformed');
  });
});

/** Texts that a request may hold and that no pattern and no list of values bounds, by their paths. */
function openTexts(schema: JsonSchema, path: string): readonly (readonly [path: string, schema: JsonSchema])[] {
  if (schema.oneOf) return schema.oneOf.flatMap((one) => openTexts(one, path));
  if (schema.type === 'array') return openTexts(schema.items ?? {}, `${path}[]`);
  if (schema.type === 'object') {
    return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => openTexts(one, `${path}.${name}`));
  }
  const bounded = schema.type !== 'string' || schema.enum !== undefined || schema.pattern !== undefined;
  return bounded ? [] : [[path, schema]];
}

describe('every text of a request', () => {
  const texts = allMethods().flatMap(({ fullName, method }) => openTexts(method.request.schema, fullName));

  test('is bounded by a pattern, or is free text, or is checked in parts: a unit, the name of a method', () => {
    const free = texts.filter(([, { description }]) => description === freeTextDescription).map(([path]) => path);
    const others = texts.filter(([path]) => !free.includes(path));
    expect(free).toEqual(
      expect.arrayContaining([
        ...['Registry:Found.name', 'Registry:Found.operators[].name', 'Registry:AdmitMember.name'],
        ...['Registry:OpenAccount.name', 'Securities:RegisterInstrument.name', 'Orders:RejectTrade.reason'],
        ...['MoneyTokens:Mint.depositReference', 'MoneyTokens:Burn.payoutReference'],
      ]),
    );
    const checkedInParts = /(\.unit|^Market:Instruct\.instructions\[\]\.method|^Market:Check\.method)$/;
    expect(others.map(([path]) => path).filter((path) => !checkedInParts.test(path))).toEqual([]);
  });

  test('that is free has a length of its own', () => {
    for (const [one, longest] of [
      [displayName, 140],
      [reasonText, 140],
      [bankReference, 35],
    ] as const) {
      expect(one.decode('x'.repeat(longest), '')).toHaveLength(longest);
      expect(() => one.decode('x'.repeat(longest + 1), '')).toThrow(FieldError);
    }
  });
});
