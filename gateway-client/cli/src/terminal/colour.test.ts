import { describe, expect, test } from '@jest/globals';
import { wantsColour } from './colour';

const terminal = { isTTY: true };

describe('colours', () => {
  test.each([
    ['on a terminal', terminal, { TERM: 'xterm' }, true],
    ['on one that says nothing of itself', terminal, {}, true],
    ['not in a file or a pipe', {}, { TERM: 'xterm' }, false],
    ['not with NO_COLOR, whatever it says', terminal, { NO_COLOR: '0', TERM: 'xterm' }, false],
    ['with NO_COLOR empty as without', terminal, { NO_COLOR: '' }, true],
    ['not on a terminal without any', terminal, { TERM: 'dumb' }, false],
  ] as const)('%s', (_what, stream, environment, wanted) => {
    expect(wantsColour(stream, environment)).toBe(wanted);
  });
});
