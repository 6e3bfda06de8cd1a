import { describe, expect, test } from '@jest/globals';
import { parseInstant } from './instant';
import { CommandError } from './terminal/command-error';

describe('an instant as people write it', () => {
  test.each([
    ['2023-03-31T06:00:00.000Z', '2023-03-31T06:00:00.000Z'],
    ['2023-03-31T06:00:00Z', '2023-03-31T06:00:00.000Z'],
    ['2023-03-31T06:00:00', '2023-03-31T06:00:00.000Z'],
    ['2023-03-31T06:00', '2023-03-31T06:00:00.000Z'],
    ['2023-03-31 06:00:00.5', '2023-03-31T06:00:00.500Z'],
    ['2023-03-31T15:00:00+09:00', '2023-03-31T06:00:00.000Z'],
    ['2023-03-31T15:00:00.123+0900', '2023-03-31T06:00:00.123Z'],
    ['2023-04-01T00:30+09:00', '2023-03-31T15:30:00.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  test.each([
    '',
    'yesterday',
    '2023-03-31',
    '2023-02-29T00:00Z',
    '2023-04-31T10:00',
    '2023-03-31T24:00',
    '2023-03-31T10:60',
    '2023-03-31T10:00:00.1234Z',
    '2023-03-31T10:00+99:00',
  ])('"%s" is none', (text) => {
    expect(() => parseInstant(text)).toThrow(CommandError);
    expect(() => parseInstant(text)).toThrow(expect.objectContaining({ code: 'InstantInvalid' }));
  });
});
