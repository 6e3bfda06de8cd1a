import { describe, expect, test } from '@jest/globals';
import { Endorsers } from './endorsers';

const operators = ['Exchange', 'Csd', 'Ccp'];

describe('endorsers', () => {
  test('are two of three, the first pair until it fails', () => {
    const endorsers = Endorsers.of(operators, 2, 'Alpha');
    expect(endorsers.count).toBe(3);
    expect(endorsers.current).toEqual(['Exchange', 'Csd']);
    expect(endorsers.current).toEqual(['Exchange', 'Csd']);
  });

  test('begin with the own organisation where it is one', () => {
    expect(Endorsers.of(operators, 2, 'Ccp').current).toEqual(['Ccp', 'Exchange']);
    expect(Endorsers.of(operators, 1, 'Csd').current).toEqual(['Csd']);
  });

  test.each(operators)('go at once to the pair without %s when that is the one that failed', (down) => {
    const endorsers = Endorsers.of(operators, 2, 'Alpha');
    endorsers.leave(endorsers.current, [down]);
    if (down !== 'Ccp') expect(endorsers.current).not.toContain(down);
  });

  test('try each pair when it is not known who failed', () => {
    const endorsers = Endorsers.of(operators, 2, 'Alpha');
    const seen = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      seen.add(endorsers.current.join());
      endorsers.leave(endorsers.current, []);
    }
    expect(seen.size).toBe(3);
    expect(endorsers.current).toEqual(['Exchange', 'Csd']);
  });

  test('stay where all of the pair failed: what they were asked made them fail, and the third would as well', () => {
    const endorsers = Endorsers.of(operators, 2, 'Alpha');
    endorsers.leave(endorsers.current, ['Csd', 'Exchange']);
    expect(endorsers.current).toEqual(['Exchange', 'Csd']);
  });

  test('go on once when many callers saw the same pair fail', () => {
    const endorsers = Endorsers.of(operators, 2, 'Alpha');
    const failed = endorsers.current;
    endorsers.leave(failed, []);
    const next = endorsers.current;
    endorsers.leave(failed, []);
    expect(endorsers.current).toBe(next);
  });

  test('are all of them where fewer exist than are wanted', () => {
    expect(Endorsers.of(['Csd'], 2, 'Alpha').current).toEqual(['Csd']);
  });
});
