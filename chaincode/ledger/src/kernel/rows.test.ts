import { describe, expect, test } from '@jest/globals';
import { encodeText, text } from '@kessai/interface';
import fc from 'fast-check';
import { Rows, byName, rowsCodec } from './rows';

const codec = rowsCodec(
  text({ maxLength: 10 }),
  (line) => line.slice(0, 1),
  byName((line) => line),
);

describe('Rows of a record', () => {
  test('a change makes another version and leaves the one before as it was', () => {
    const before = Rows.of([['a', 'a1']]);
    const after = before.with('b', 'b1').with('a', 'a2');
    expect([before.get('a'), before.get('b'), before.size]).toEqual(['a1', undefined, 1]);
    expect([after.get('a'), after.get('b'), after.size]).toEqual(['a2', 'b1', 2]);
    expect(after.without('a').values()).toEqual(['b1']);
    expect(after.without('z')).toBe(after);
  });

  test('they are written in their order, however they came there', () => {
    const one = Rows.of([['b', 'b1']]).with('a', 'a1');
    const other = Rows.of([['a', 'a1']])
      .with('c', 'c1')
      .with('b', 'b1')
      .without('c');
    expect(encodeText(codec, one)).toBe('{"lines":["a1","b1"]}');
    expect(encodeText(codec, other)).toBe(encodeText(codec, one));
  });

  test('whichever versions are made and used in whatever order, each is what a copy would be', () => {
    const change = fc.record({
      of: fc.nat(20),
      name: fc.constantFrom('a', 'b', 'c'),
      line: fc.option(fc.nat(9), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.array(fc.nat(40)), (changes, looks) => {
        const versions: [Rows<number>, ReadonlyMap<string, number>][] = [[Rows.of<number>([]), new Map()]];
        for (const { of, name, line } of changes) {
          const [rows, copy] = versions[of % versions.length] ?? [Rows.of<number>([]), new Map<string, number>()];
          const next = new Map(copy);
          if (line === undefined) next.delete(name);
          else next.set(name, line);
          versions.push([line === undefined ? rows.without(name) : rows.with(name, line), next]);
        }
        for (const look of [...looks, ...versions.keys()]) {
          const [rows, copy] = versions[look % versions.length] ?? [];
          expect([...(rows?.values() ?? [])].sort()).toEqual([...(copy?.values() ?? [])].sort());
        }
      }),
    );
  });
});
