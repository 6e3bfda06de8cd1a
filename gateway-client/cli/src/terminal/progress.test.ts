import { expect, test } from '@jest/globals';
import { progressOn } from './progress';
import { textWidth } from './text-width';

/** What one step shows on a terminal, without what moves the cursor. */
function shown(step: string, columns: number): string {
  let written = '';
  const progress = progressOn({ isTTY: true, columns, write: (text) => (written += text) });
  progress.step(step);
  progress.end();
  return written.replaceAll('\r', '').replaceAll('\u001b[K', '');
}

test.each([
  ['Latin letters', 'Register money, instruments and accounts'],
  ['kanji', '信越化学工業株式会社の口座を登録する'],
  ['kana whose marks combine', 'か\u3099き\u3099く\u3099け\u3099こ\u3099'.repeat(4)],
])('a step in %s stays on its line, whatever the width of the terminal', (_, step) => {
  for (const columns of [1, 4, 20, 40]) expect(textWidth(shown(step, columns))).toBeLessThan(Math.max(columns, 3));
});

test('a step that has room is shown whole', () => {
  expect(shown('信越化学工業', 40)).toMatch(/^\S 信越化学工業$/);
});

test('where there is no terminal a step is a line, and line breaks in it are none', () => {
  let written = '';
  const progress = progressOn({ write: (text) => (written += text) });
  progress.step('one\ntwo');
  progress.end();
  expect(written).toBe('one\\u000atwo ...\n');
});
