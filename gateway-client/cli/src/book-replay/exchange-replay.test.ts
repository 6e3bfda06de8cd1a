import { describe, expect, test } from '@jest/globals';
import { BookReplayError, ExchangeReplay, parseLobster, replay, type ReplayOutcome } from './index';

/** Each line without its time, which is a second later on each. A leading '=' keeps the second of the line before. */
function messagesOf(...lines: string[]) {
  let second = 34_200;
  const timed = lines.map((line) => {
    if (!line.startsWith('=')) second += 1;
    return `${second.toString()},${line.replace('=', '')}`;
  });
  return parseLobster(timed.join('\n'), 'day.csv');
}

function replayOf(...lines: string[]): ReplayOutcome {
  return replay(messagesOf(...lines));
}

/** What stands after all lines, as "order: remaining". */
function bookAfter(...lines: string[]): string[] {
  const run = new ExchangeReplay(messagesOf(...lines));
  while (run.step());
  return run.book.entries().map(({ ref, remaining }) => `${ref.toString()}: ${remaining}`);
}

describe('an execution', () => {
  test('is predicted when the exchange executes the first order of the best price', () => {
    const outcome = replayOf('1,11,100,500,1', '1,12,100,501,1', '4,12,60,501,1', '4,12,40,501,1', '4,11,100,500,1');
    expect(outcome).toEqual({ messages: 5, executions: 3, predicted: 3, mismatches: [], unknown: 0 });
  });

  test('goes by ascending order id, not by the row of the submission', () => {
    expect(replayOf('1,12,100,500,1', '1,11,100,500,1', '4,11,100,500,1')).toMatchObject({
      executions: 1,
      predicted: 1,
    });
  });

  test('of a later order is a mismatch, told with the queue; the book follows the exchange', () => {
    const outcome = replayOf(
      '1,11,100,3100000,-1',
      '1,12,50,3100000,-1',
      '1,13,70,3100000,-1',
      '4,13,70,3100000,-1',
      '4,11,100,3100000,-1',
      '4,12,50,3100000,-1',
    );
    expect(outcome).toMatchObject({ executions: 3, predicted: 2 });
    expect(outcome.mismatches).toEqual([
      {
        line: 4,
        expected: '13',
        chosen: '11',
        why:
          'The exchange executed 70 of order 13, at place 3 of 3 in the sell queue at 310.0000; ahead of it by ascending ' +
          'order id stood 11 (100 left), 12 (50 left). 13 was submitted at line 3, 11 was submitted at line 1. 11 is next ' +
          'named at line 5 (execution of 100): this time the exchange passed it over.',
      },
    ]);
  });

  test('of a later order within one aggressive order is told as such', () => {
    const { mismatches } = replayOf('1,11,9,500,1', '1,12,9,500,1', '4,12,9,500,1', '=4,11,9,500,1');
    expect(mismatches.map(({ why }) => why)).toEqual([
      expect.stringContaining('at the same time stamp: the same aggressive order filled it after the order'),
    ]);
  });

  test('at a worse price than the best is a mismatch, told with both prices', () => {
    const { mismatches } = replayOf('1,11,9,500,1', '1,12,9,600,1', '4,11,9,500,1');
    expect(mismatches).toMatchObject([{ line: 3, expected: '11', chosen: '12' }]);
    expect(mismatches[0]?.why).toContain(
      'order 11 to buy at 0.0500, while order 12 (9 left) stood at the better price 0.0600.',
    );
    expect(mismatches[0]?.why).toContain('No later message names 12: it stayed.');
  });

  test('that is hidden, a cross trade or a halt leaves the book alone', () => {
    expect(bookAfter('1,11,9,500,1', '5,0,9,500,1', '6,0,9,500,1', '7,0,0,-1,1')).toEqual(['11: 9']);
  });

  test('mismatches beyond the first 20 are counted, not told', () => {
    const submitted = Array.from({ length: 30 }, (_, index) => `1,${(index + 1).toString()},9,500,1`);
    const executedBackwards = Array.from({ length: 30 }, (_, index) => `4,${(30 - index).toString()},9,500,1`);
    const outcome = replayOf(...submitted, ...executedBackwards);
    expect(outcome).toMatchObject({ executions: 30, predicted: 1 });
    expect(outcome.mismatches.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => 31 + index));
  });
});

test('a reduction takes its size off the order, a deletion the whole order', () => {
  expect(bookAfter('1,11,9,500,1', '1,12,9,500,1', '2,11,4,500,1', '3,12,9,500,1')).toEqual(['11: 5']);
});

describe('an order that stood before the file begins', () => {
  test('and is deleted or executed at once is counted, but was not there to be predicted', () => {
    const outcome = replayOf('3,5,100,500,1', '4,6,100,499,1', '4,6,20,499,1');
    expect(outcome).toEqual({ messages: 3, executions: 0, predicted: 0, mismatches: [], unknown: 2 });
  });

  test('and is reduced is learnt: from then on its executions are predicted', () => {
    const outcome = replayOf('2,5,100,500,1', '1,11,100,500,1', '2,5,30,500,1', '4,5,70,500,1', '4,11,100,500,1');
    expect(outcome).toEqual({ messages: 5, executions: 2, predicted: 2, mismatches: [], unknown: 1 });
  });

  test('and was learnt leaves the book when it is deleted', () => {
    expect(bookAfter('2,5,100,500,1', '3,5,70,500,1')).toEqual([]);
  });
});

test('a submission that the exchange let stand removes what it would have traded with, since that left unseen', () => {
  const lines = ['1,11,9,500,1', '1,12,9,499,1', '1,13,9,500,-1'];
  expect(bookAfter(...lines)).toEqual(['12: 9', '13: 9']);
});

describe('a line that contradicts the book', () => {
  const first = '1,11,9,500,1';
  test.each([
    ['a submission of what stands', '1,11,9,500,1', 3, 'order 11 stands already'],
    ['a deletion at another price', '3,11,9,501,1', 5, 'order 11 stands at 500, not 501'],
    ['an execution on the other side', '4,11,9,500,-1', 6, 'order 11 stands to buy'],
    ['an execution of more than is left', '4,11,10,500,1', 4, 'order 11 has 9 left, less than 10'],
    ['a reduction by more than is left', '2,11,10,500,1', 4, 'order 11 has 9 left, less than 10'],
    ['a deletion of more than is left', '3,11,10,500,1', 4, 'order 11 has 9 left, less than 10'],
  ])('%s is refused with its line and column', (_, line, column, reason) => {
    const messages = messagesOf(first, line);
    let refused: unknown;
    try {
      replay(messages, 'day.csv');
    } catch (error) {
      refused = error instanceof BookReplayError ? error.fault : error;
    }
    expect(refused).toEqual({ code: 'LineInvalid', file: 'day.csv', line: 2, column, reason });
  });
});
