import { expect, test } from '@jest/globals';
import { jsonText } from './json-text';

test('single values are lines, lists of records are tables with amounts grouped and at the right', () => {
  const text = jsonText({
    isin: 'JP3371200001',
    total: '1234567',
    rows: [
      { account: 'A-1', quantity: '1000' },
      { account: 'A-2', quantity: '9', note: 'x' },
    ],
    none: [],
  });
  expect(text.split('\n')).toEqual([
    'isin   JP3371200001',
    'total  1,234,567',
    '',
    'rows (2)',
    '  account  quantity  note',
    '  ───────────────────────',
    '  A-1         1,000',
    '  A-2             9  x',
    '',
    'none (0)',
    '  none',
  ]);
});
