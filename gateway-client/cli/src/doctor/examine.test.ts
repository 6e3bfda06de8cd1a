import { describe, expect, test } from '@jest/globals';
import { examine, isAtLeast, node } from './examine';

describe('what a machine has', () => {
  test.each([
    ['3.1.5', true],
    ['3.1.10', true],
    ['4.0.0', true],
    ['3.1.4', false],
    ['2.5.12', false],
  ])('version %s is at least 3.1.5: %s', (version, expected) => {
    expect(isAtLeast(version, [3, 1, 5])).toBe(expected);
  });

  test('a Node.js that is too old is told with its remedy', () => {
    expect(node('18.20.0')).toMatchObject({ state: 'old', needed: true, remedy: expect.stringContaining('20.9') });
    expect(node('20.9.0')).toEqual(expect.objectContaining({ state: 'ok' }));
  });

  test('everything that is missing says what to do', async () => {
    const checks = await examine();
    expect(checks.map(({ name }) => name)).toEqual([
      'Node.js',
      'Loopback ports',
      'Fabric peer',
      'Fabric orderer',
      'Network interface',
      'Docker',
    ]);
    for (const { state, remedy } of checks) expect(remedy === undefined).toBe(state === 'ok');
  });
});
