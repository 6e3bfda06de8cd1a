import { expect, test } from '@jest/globals';
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
