import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { completionScript } from './completion-command';

const script = completionScript('bash');

/** What bash offers where the last of the words stands. */
function offered(...words: readonly string[]): readonly string[] {
  const typed = ['kessai', ...words].map((word) => `'${word}'`).join(' ');
  const asking = `${script}\nCOMP_WORDS=(${typed}); COMP_CWORD=${words.length.toString()}; _kessai; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', asking])
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

describe('completion', () => {
  test('of a command by its beginning', () => {
    expect(offered('snap')).toEqual(['snapshot']);
    expect(offered('')).toEqual(expect.arrayContaining(['up', 'demo', 'completion', '--help']));
  });

  test('of what a command has below it, and of its options', () => {
    expect(offered('profile', 'ex')).toEqual(['export']);
    expect(offered('up', '--eng')).toEqual(['--engine']);
    expect(offered('profile', 'export', '--us')).toEqual(['--user']);
  });

  test('of the market’s methods, whose names have a colon, also after options', () => {
    expect(offered('call', 'Registry:Cl')).toEqual(['Registry:Clock']);
    expect(offered('api', 'Orders:Pl')).toEqual(['Orders:Place']);
    expect(offered('call', '--json', 'Registry:Cl')).toEqual(['Registry:Clock']);
  });

  test('for zsh is the same, with what zsh needs for it', () => {
    expect(completionScript('zsh')).toBe(`autoload -U +X bashcompinit && bashcompinit\n${script}`);
  });
});
