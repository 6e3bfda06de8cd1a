import { describe, expect, test } from '@jest/globals';
import { BookReplayError, parseLobster } from './index';

const SUBMISSION = '34200.004241176,1,16113575,18,5853300,1';

function fault(text: string): unknown {
  try {
    parseLobster(text, 'day.csv');
  } catch (error) {
    if (error instanceof BookReplayError) return error.fault;
    throw error;
  }
  return 'accepted';
}

describe('a LOBSTER message file', () => {
  test('tells of one event a line', () => {
    const text = `${SUBMISSION}\n34200.01,4,16113575,8,5853300,1\r\n34200.01,5,0,100,5857900,-1\n34201,7,0,0,-1,-1\n`;
    expect(parseLobster(text, 'day.csv')).toEqual([
      {
        line: 1,
        secondsAfterMidnight: 34200.004241176,
        event: 'submission',
        order: 16113575,
        quantity: 18n,
        price: 5853300n,
        side: 'buy',
      },
      {
        line: 2,
        secondsAfterMidnight: 34200.01,
        event: 'execution',
        order: 16113575,
        quantity: 8n,
        price: 5853300n,
        side: 'buy',
      },
      {
        line: 3,
        secondsAfterMidnight: 34200.01,
        event: 'hidden-execution',
        order: 0,
        quantity: 100n,
        price: 5857900n,
        side: 'sell',
      },
      { line: 4, secondsAfterMidnight: 34201, event: 'halt', order: 0, quantity: 0n, price: -1n, side: 'sell' },
    ]);
  });

  test('may be empty, and may end without a line end', () => {
    expect(parseLobster('', 'day.csv')).toEqual([]);
    expect(parseLobster(SUBMISSION, 'day.csv')).toHaveLength(1);
  });

  test.each([
    ['a time that is no number', 'noon,1,7,18,5853300,1', 1, 'must be seconds after midnight, such as 34200.004241176'],
    ['a time after the day', '86400,1,7,18,5853300,1', 1, 'must be seconds after midnight, such as 34200.004241176'],
    ['a time that goes back', '34199,1,7,18,5853300,1', 1, 'is earlier than the line before'],
    ['an unknown message type', '34201,8,7,18,5853300,1', 2, 'must be a message type from 1 to 7'],
    ['no order', '34201,3,0,18,5853300,1', 3, 'must be a whole number of at most 15 digits, 1 or more'],
    ['a size of zero', '34201,1,7,0,5853300,1', 4, 'must be a whole number of at most 15 digits, 1 or more'],
    ['a fractional size', '34201,1,7,1.5,5853300,1', 4, 'must be a whole number of at most 15 digits, 1 or more'],
    [
      'a size above 2^53',
      '34201,1,7,9007199254740993,1,1',
      4,
      'must be a whole number of at most 15 digits, 1 or more',
    ],
    ['a negative price', '34201,2,7,1,-5,1', 5, 'must be a whole number of at most 15 digits, 1 or more'],
    ['a direction of neither side', '34201,1,7,1,5,0', 6, 'must be 1 (buy) or -1 (sell)'],
    ['too few columns', '34201,1,7,1', 4, 'must have 6 columns, not 4'],
    ['too many columns', '34201,1,7,1,5,1,null', 6, 'must have 6 columns, not 7'],
    ['an empty line', '', 1, 'must have 6 columns, not 1'],
  ])('is refused for %s', (_, bad, column, reason) => {
    const expected = { code: 'LineInvalid', file: 'day.csv', line: 2, column, reason };
    expect(fault(`${SUBMISSION}\n${bad}\n${SUBMISSION}\n`)).toEqual(expected);
  });
});
