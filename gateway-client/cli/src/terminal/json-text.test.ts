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

test('fields and columns stand in the order of their form, whatever the order on the wire', () => {
  const text = { type: 'string' } as const;
  const row = { type: 'object', properties: { orderId: text, side: text, price: text } } as const;
  const schema = {
    type: 'object',
    properties: { isin: text, asOf: text, rows: { type: 'array', items: row } },
  } as const;
  const answer = { rows: [{ price: '5', side: 'buy', orderId: 'O-1', later: 'x' }], asOf: 'now', isin: 'JP3371200001' };
  expect(jsonText(answer, schema).split('\n')).toEqual([
    'isin  JP3371200001',
    'asOf  now',
    '',
    'rows (1)',
    '  orderId  side  price  later',
    '  ───────────────────────────',
    '  O-1      buy       5  x',
  ]);
});
