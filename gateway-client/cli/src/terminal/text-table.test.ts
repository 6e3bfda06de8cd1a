import { describe, expect, test } from '@jest/globals';
import { textTable } from './text-table';

test('texts stand left, numbers right, totals below a rule of their own', () => {
  const columns = [{ title: 'Holder' }, { title: 'Held', numeric: true as const }];
  const table = textTable(
    columns,
    [
      ['Sato', '9'],
      ['Suzuki', '1,000'],
    ],
    [['Total', '1,009']],
  );
  expect(table.split('\n')).toEqual([
    '  Holder   Held',
    '  ─────────────',
    '  Sato        9',
    '  Suzuki  1,000',
    '  ─────────────',
    '  Total   1,009',
  ]);
});

test('has no colours and no blanks at the end of a line', () => {
  const table = textTable([{ title: 'A' }, { title: 'B' }], [['long enough', '']]);
  expect(table).not.toContain('\u001b');
  for (const line of table.split('\n')) expect(line).toBe(line.trimEnd());
});

describe('on a terminal', () => {
  const columns = [{ title: 'Account' }, { title: 'Held', numeric: true as const }, { title: 'Note' }];
  const rows = [['A-1', '1,234,567', 'a long note that says much of what nobody reads to its end']];

  test.each([40, 60])('of %d columns a table is no wider, and no amount is broken', (width) => {
    const lines = textTable(columns, rows, [], { isTTY: true, columns: width }).split('\n').map(plain);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toContain('1,234,567');
    // No word is broken where there is room for it, and none is lost.
    const words = lines.join(' ').split(/\s+/);
    for (const word of rows[0]?.[2]?.split(' ') ?? []) expect(words).toContain(word);
  });

  test('that is wide enough it is as it is', () => {
    const shown = textTable(columns, rows, [], { isTTY: true, columns: 200 });
    expect(shown.split('\n').map(plain).join('\n')).toBe(textTable(columns, rows, [], {}));
  });

  test('too narrow for anything numbers stay whole', () => {
    const shown = textTable(columns, rows, [], { isTTY: true, columns: 5 });
    expect(shown).toContain('1,234,567');
  });

  test('a name in kanji takes two columns a character', () => {
    const lines = textTable([{ title: 'Name' }, { title: 'Note' }], [['信越化学工業株式会社', 'x'.repeat(30)]], [], {
      isTTY: true,
      columns: 40,
    }).split('\n');
    expect(lines.map(plain).slice(2)).toEqual([
      `  信越化学工業株式会  ${'x'.repeat(18)}`,
      `  社                  ${'x'.repeat(12)}`,
    ]);
  });
});

function plain(line: string): string {
  return line.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '');
}
