import { describe, expect, test } from '@jest/globals';
import { clipped, textWidth, wrapped } from './text-width';

describe('a text takes on a terminal', () => {
  test.each([
    ['Latin letters', 'Sato', 4],
    ['kanji', '信越化学', 8],
    ['kana of full width', 'カブシキ', 8],
    ['kana of half width, with its mark', 'ｶﾌﾞｼｷ', 5],
    ['kana with a mark that combines', 'か\u3099', 2],
    ['a letter with an accent that combines', 'e\u0301', 1],
    ['Hebrew with points', 'שָׂרָה', 3],
    ['Thai', 'ที่', 1],
    ['Hangul', '삼성', 4],
    ['Hangul in letters', '\u1109\u1161\u11b7', 2],
    ['a picture', '📈', 2],
    ['an ideograph beyond the first plane', '𠮷', 2],
    ['punctuation of full width', '（株）', 6],
    ['nothing', '', 0],
  ])('as many columns as it shows: %s', (_, text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('is broken', () => {
  test.each([
    ['between words', 'sold on the board', 8, ['sold on', 'the', 'board']],
    ['after a hyphen between letters', 'Trust-Bank', 8, ['Trust-', 'Bank']],
    ['not within a date', 'on 2023-03-31', 11, ['on', '2023-03-31']],
    ['within a word that is longer', '信越化学工業', 5, ['信越', '化学', '工業']],
    ['not before what combines', 'か\u3099か\u3099', 2, ['か\u3099', 'か\u3099']],
    ['nowhere, where there is room', 'sold on the board', 17, ['sold on the board']],
  ])('%s', (_, text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines);
  });
});

test('is cut off before a character that has no room, and never within one', () => {
  expect(clipped('信越化学', 5)).toBe('信越');
  expect(clipped('か\u3099き', 2)).toBe('か\u3099');
  expect(clipped('𠮷野', 1)).toBe('');
  expect(clipped('abc', 0)).toBe('');
  expect(clipped('abc', 9)).toBe('abc');
});
