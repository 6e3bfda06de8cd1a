import { describe, expect, test } from '@jest/globals';
import { textTable } from './text-table';
import { textWidth } from './text-width';

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

describe('on a narrow terminal', () => {
  const trades = [
    { title: 'No', numeric: true as const },
    { title: 'Security' },
    { title: 'Seller: delivers, is paid' },
  ];
  const wide = [
    ...trades,
    { title: 'Buyer' },
    { title: 'Delivered', numeric: true as const },
    { title: 'Paid in smallest units', numeric: true as const },
  ];
  const names = [
    ['1', '信越化学工業', 'アルファ証券、佐藤 春香', 'Beta, Ito Sakura', '1,200', '25,398,000'],
    ['2', 'Shin-Etsu Chemical', 'か\u3099く座証券', 'שָׂרָה לוי', '300', '6,349,500'],
  ];

  test.each([40, 60, 80, 100])('of %d columns no line is longer, and no name or number is lost', (columns) => {
    const shown = plain(
      textTable(wide, names, [['Total', '', '', '', '1,500', '31,747,500']], { isTTY: true, columns }),
    );
    for (const line of shown.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    for (const number of ['1,200', '25,398,000', '31,747,500']) expect(shown).toContain(number);
    // Broken lines stand below each other: letter by letter nothing is missing.
    const letters = [...shown];
    for (const letter of names.flat().join('').replaceAll(' ', '')) expect(letters).toContain(letter);
  });

  test('where columns have no room side by side a row stands line by line', () => {
    expect(
      plain(
        textTable(wide, names.slice(0, 1), [['Total', '', '', '', '1,200', '25,398,000']], {
          isTTY: true,
          columns: 40,
        }),
      ).split('\n'),
    ).toEqual([
      '  No             1',
      '  Security       信越化学工業',
      '  Seller:        アルファ証券、佐藤 春香',
      '  delivers, is',
      '  paid',
      '  Buyer          Beta, Ito Sakura',
      '  Delivered      1,200',
      '  Paid in        25,398,000',
      '  smallest',
      '  units',
      '  ──────────────────────────────────────',
      '  No             Total',
      '  Delivered      1,200',
      '  Paid in        25,398,000',
      '  smallest',
      '  units',
      '  ──────────────────────────────────────',
    ]);
  });

  test('the title of a column of numbers is broken before a text is, and stands at the right', () => {
    const columns = [{ title: 'Name' }, { title: 'Opening, asked now', numeric: true as const }];
    expect(
      plain(textTable(columns, [['Sato Haruka', '15,000']], [], { isTTY: true, columns: 25 })).split('\n'),
    ).toEqual([
      '                 Opening,',
      '  Name          asked now',
      '  ───────────────────────',
      '  Sato Haruka      15,000',
    ]);
  });
});

test('what combines takes no column of its own: columns stay below each other', () => {
  const rows = [
    ['か\u3099', '1'],
    ['e\u0301e\u0301', '2'],
    ['שָׂרָ', '3'],
  ];
  const [, , ...lines] = textTable([{ title: 'N' }, { title: 'x' }], rows, [], {}).split('\n');
  expect(lines).toEqual(['  か\u3099  1', '  e\u0301e\u0301  2', '  שָׂרָ  3']);
});

test('a title from outside cannot end its line', () => {
  expect(textTable([{ title: 'A\nB' }], [['x']], [], {}).split('\n')[0]).toBe('  A\\u000aB');
});

function plain(line: string): string {
  return line.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '');
}
