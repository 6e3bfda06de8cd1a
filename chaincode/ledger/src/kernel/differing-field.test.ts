import { describe, expect, test } from '@jest/globals';
import { type Json, type JsonObject, canonicalText } from '@kessai/interface';
import fc from 'fast-check';
import { differingField } from './differing-field';

function difference(first: JsonObject, second: JsonObject): string | undefined {
  return differingField(canonicalText(first), canonicalText(second));
}

describe('the field in which two requests differ', () => {
  const first = {
    id: 'a',
    lines: [
      { isin: 'X', quantity: '1' },
      { isin: 'Y', quantity: '2' },
    ],
    note: 'n',
  };

  test.each([
    ['nothing', first, undefined],
    ['a text', { ...first, note: 'm' }, 'note'],
    ['an item of a list', { ...first, lines: [first.lines[0], { isin: 'Y', quantity: '3' }] }, 'lines[1].quantity'],
    ['a list that is longer', { ...first, lines: [...first.lines, { isin: 'Z', quantity: '1' }] }, 'lines[2]'],
    ['a list that is shorter', { ...first, lines: [first.lines[0]] }, 'lines[1]'],
    ['the order of a list', { ...first, lines: [...first.lines].reverse() }, 'lines[0].isin'],
    ['a field that is left out', { id: 'a', lines: first.lines }, 'note'],
    ['a field that is added', { ...first, also: true }, 'also'],
    ['several: the first by name', { ...first, id: 'b', note: 'm' }, 'id'],
    ['the type of a field', { ...first, note: ['n'] }, 'note'],
  ] as const)('%s', (_what, second, field) => {
    expect(difference(first, second as unknown as JsonObject)).toBe(field);
  });

  const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 4,
  }) as fc.Arbitrary<JsonObject>;

  test('is told exactly when they differ, and the same both ways', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(difference(a, b) === undefined).toBe(canonicalText(a) === canonicalText(b));
        expect(difference(a, b)).toBe(difference(b, a));
        expect(difference(a, JSON.parse(JSON.stringify(a)) as JsonObject)).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('is the one that was changed', () => {
    fc.assert(
      fc.property(object, fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue({ maxDepth: 2 }), (a, name, value) => {
        const changed = { ...a, [name]: value as Json };
        const field = difference(a, changed);
        if (field !== undefined)
          expect(field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
