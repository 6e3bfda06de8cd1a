import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DayIndex } from './day-index';
import { hashOf, headingMark } from './entry-text';
import { HeldPages, digestOf } from './held-pages';

const entryLength = 8;
const entry = (id: string): string => hashOf(id).padEnd(entryLength, '.');
const pageOf = (...ids: readonly string[]): string => ids.map(entry).join('');

/** Keeps pages one after another. @returns what they come to. */
function keptIn(held: HeldPages, pages: readonly string[]): string {
  return pages.reduce((before, entries) => held.keep(before, entries), '');
}

describe('pages that a process holds', () => {
  const pages = [pageOf('a', 'b'), pageOf('c', 'd'), pageOf('e')];

  test('are found by what all of them come to, and not by anything else', () => {
    const held = new HeldPages();
    const digest = keptIn(held, pages);
    expect(held.has(digest)).toBe(true);
    expect(held.has('')).toBe(true);
    expect(held.has(digestOf(digest, pageOf('f')))).toBe(false);
    expect(held.has(keptIn(new HeldPages(), [...pages].reverse()))).toBe(false);
    expect(new HeldPages().has(digest)).toBe(false);
  });

  test('come to what they hold in their order, however a text might be cut into pages', () => {
    const digests = [['ab', 'c'], ['a', 'bc'], ['abc'], ['c', 'ab']].map((texts) => keptIn(new HeldPages(), texts));
    expect(new Set(digests).size).toBe(4);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('of two courses are told apart, and the index of one has nothing of the other', () => {
    const held = new HeldPages();
    const first = keptIn(held, pages);
    expect(held.indexOf(first, entryLength).find(hashOf('e'))).toHaveLength(1);
    const other = keptIn(held, [...pages.slice(0, 2), pageOf('x')]);
    const index = held.indexOf(other, entryLength);
    expect(index.find(hashOf('e'))).toEqual([]);
    expect(index.find(hashOf('x'))).toHaveLength(1);
    expect(held.indexOf(first, entryLength).find(hashOf('e'))).toHaveLength(1);
  });

  test('whose index has moved on are still answered as they stood', () => {
    const held = new HeldPages();
    const before = keptIn(held, pages.slice(0, 1));
    const index = held.indexOf(before, entryLength);
    held.indexOf(keptIn(held, pages), entryLength);
    expect(index.find(hashOf('c'), 1)).toEqual([]);
    expect(index.find(hashOf('b'), 1)).toHaveLength(1);
  });

  test('are forgotten when they are too many, those first that nobody has asked for', () => {
    const held = new HeldPages(8 * entryLength);
    const asked = keptIn(held, [pageOf('a', 'b'), pageOf('c')]);
    const unasked = keptIn(held, [pageOf('p', 'q'), pageOf('r')]);
    expect(held.has(asked)).toBe(true);
    keptIn(held, [pageOf('k', 'l', 'm')]);
    expect({ asked: held.has(asked), unasked: held.has(unasked) }).toEqual({ asked: true, unasked: false });
    expect(() => held.indexOf(unasked, entryLength)).toThrow('not held');
  });
});

describe('an index of entries', () => {
  test('finds every entry, as often as it stands there, and none that does not', () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 6 }), (pages) => {
        const index = new DayIndex(entryLength);
        for (const page of pages) index.add(pageOf(...page));
        for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const spots = pages.flatMap((page) => page.filter((one) => one === id));
          const found = index.find(hashOf(id));
          expect(found).toHaveLength(spots.length);
          for (const { entries, at } of found) expect(entries.slice(at, at + entryLength)).toBe(entry(id));
        }
      }),
    );
  });

  test('grows with its pages, and passes over what only says something of those behind it', () => {
    const index = new DayIndex(entryLength);
    const names = Array.from({ length: 20_000 }, (_, n) => `id-${n.toString()}`);
    for (let from = 0; from < names.length; from += 1_000) {
      index.add(headingMark.padEnd(entryLength, '-') + pageOf(...names.slice(from, from + 1_000)));
    }
    expect(index.pages).toBe(20);
    expect(names.every((name) => index.find(hashOf(name)).length > 0)).toBe(true);
    expect(index.find(hashOf('id-1500'))).toEqual([{ entries: expect.any(String), at: 501 * entryLength }]);
    expect(names.filter((name) => index.find(hashOf(`${name}-not`)).length > 0)).toEqual([]);
  });
});
