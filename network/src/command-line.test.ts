import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { commandLine, networkCommand } from './command-line';

test.each([
  ['a path with spaces', '/home/a user/my network'],
  ['a path with a quote', "/tmp/o'brien"],
  ['a path with an expansion', '/tmp/$HOME/`id`'],
  ['a path with wildcards', '/tmp/*?[a]'],
  ['an empty word', ''],
  ['a line break', 'a\nb'],
  ['kanji', '/tmp/決済'],
])('%s is one word of a command that is typed as it was told', (_, word) => {
  const printed = execFileSync('/bin/sh', ['-c', `printf '<%s>' ${commandLine(word, 'next')}`], { encoding: 'utf8' });
  expect(printed).toBe(`<${word}><next>`);
});

test('a command of the usual directory is told without it, and without quotes that nobody needs', () => {
  expect(networkCommand('.kessai/network', 'up')).toBe('kessai up');
  expect(networkCommand('/srv/second', 'snapshot', 'monday')).toBe('kessai snapshot monday --dir /srv/second');
});
