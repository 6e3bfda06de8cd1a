import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const index = JSON.stringify(join(__dirname, 'index.js'));

/** What a process writes that runs the script with a log in JSON. */
function lines(script: string): { readonly status: number | null; readonly told: readonly Record<string, unknown>[] } {
  const program = `const telemetry = require(${index});
    const log = telemetry.logTo(process.stderr, { format: 'json', process: 'probe' });
    ${script}`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const told = stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, told };
}

describe('what the runtime tells', () => {
  test('of warnings comes once, as JSON, and not as text beside it', () => {
    const { told } = lines("telemetry.logWarnings(log); process.emitWarning('soon gone', 'DeprecationWarning');");
    expect(told).toEqual([
      expect.objectContaining({ level: 'warn', message: 'soon gone', fields: { name: 'DeprecationWarning' } }),
    ]);
  });

  test.each([
    [
      'an error that nobody caught',
      "setTimeout(() => { throw new TypeError('account A-1003'); }, 1)",
      'uncaught exception',
    ],
    ['a promise that nobody watched', "Promise.reject(new TypeError('account A-1003'))", 'unhandled rejection'],
    ['something else than an error', "setTimeout(() => { throw 'account A-1003'; }, 1)", 'uncaught exception'],
  ])('of %s says where, not what it quotes, and ends the process with 1', (_what, script, said) => {
    const { status, told } = lines(`telemetry.logUncaught(log); ${script};`);
    expect(status).toBe(1);
    expect(told).toEqual([expect.objectContaining({ level: 'error', message: expect.stringContaining(said) })]);
    expect(JSON.stringify(told)).not.toContain('A-1003');
  });

  test('of an error is all of it where the process says so', () => {
    const { told } = lines(
      "telemetry.logUncaught(log, telemetry.wholeError); setTimeout(() => { throw new RangeError('no room'); }, 1);",
    );
    expect(told).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^uncaught exception: RangeError: no room\n {4}at /),
        fields: { name: 'RangeError' },
      }),
    ]);
  });
});
