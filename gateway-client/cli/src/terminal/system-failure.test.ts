import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failureOf } from './failure';

let directory: string;
let file: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-system-'));
  file = join(directory, 'file');
  writeFileSync(file, '');
  symlinkSync('circle', join(directory, 'circle'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('the call was not refused');
}

const startProgram = async (program: string): Promise<void> =>
  new Promise((resolve, reject) => {
    spawn(program)
      .once('error', reject)
      .once('exit', () => resolve());
  });

const listenTwice = async (): Promise<void> =>
  new Promise((resolve, reject) => {
    const first = createServer().listen(0, '127.0.0.1', () => {
      const { port } = first.address() as { readonly port: number };
      const second = createServer().once('error', (error) => first.close(() => reject(error)));
      second.listen(port, '127.0.0.1', () => resolve());
    });
  });

type Case = readonly [what: string, code: string, call: () => unknown];

const everywhere: readonly Case[] = [
  ['a file that is not there', 'FileAbsent', () => readFileSync(join(directory, 'none'))],
  ['a file in the place of a directory', 'FileAbsent', () => mkdirSync(join(file, 'below'))],
  ['links in a circle', 'FileAbsent', () => readFileSync(join(directory, 'circle'))],
  ['a name that is too long', 'FileAbsent', () => writeFileSync(join(directory, 'x'.repeat(300)), '')],
  ['a directory that is there', 'FilePresent', () => mkdirSync(directory)],
  ['a directory that is not empty', 'FilePresent', () => rmdirSync(directory)],
  ['a program that is not there', 'FileAbsent', async () => startProgram(join(directory, 'program'))],
  ['a file that is no program', 'AccessDenied', async () => startProgram(file)],
  ['a port that is taken', 'PortInUse', listenTwice],
];
const onLinux: readonly Case[] = [
  ['another file system', 'FilePresent', () => renameSync(file, '/proc/kessai')],
  ['a directory that nobody may write to', 'AccessDenied', () => mkdirSync('/sys/kessai')],
  ['a full disk', 'DiskFull', () => writeFileSync('/dev/full', 'x')],
];

describe('what the system answers is said with what it is about, why, and what to do; never as not foreseen', () => {
  test.each([...everywhere, ...(process.platform === 'linux' ? onLinux : [])])('%s', async (_, code, call) => {
    const { error, lines, exitCode } = failureOf(await refusal(call), directory);
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(/\.$/), system: expect.stringMatching(/^E/) });
    expect(exitCode).toBe(1);
    expect(lines.join('\n')).toMatch(/^.+ cannot be [a-z]+: .+\.\n.+\.$/);
  });

  test('the file is named; where the call names none, the directory of the command is', async () => {
    const none = join(directory, 'none');
    expect(failureOf(await refusal(() => readFileSync(none))).error).toMatchObject({ path: none });
    const full = Object.assign(new Error('ENOSPC: x'), { code: 'ENOSPC', syscall: 'write', errno: -28 });
    expect(failureOf(full, '/srv/network').lines[0]).toBe(
      'A file in /srv/network cannot be written: the disk is full.',
    );
  });

  test('the current directory that was removed', () => {
    const error = Object.assign(new Error('ENOENT: process.cwd failed'), {
      code: 'ENOENT',
      syscall: 'uv_cwd',
      errno: -2,
    });
    expect(failureOf(error).error).toMatchObject({ code: 'CurrentDirectoryGone' });
  });

  test.each(['EACCES', 'EPERM', 'EROFS', 'EDQUOT', 'EMFILE', 'EBUSY', 'EPIPE', 'EIO', 'EPROTO'])(
    '%s, whatever the call was',
    (code) => {
      const error = Object.assign(new Error(`${code}: x`), { code, syscall: 'open', path: file, errno: -1 });
      const { lines, error: document } = failureOf(error);
      expect(document).toMatchObject({ system: code, path: file, message: expect.stringContaining(file) });
      expect(document['code']).not.toBe('Unexpected');
      expect(lines).toHaveLength(2);
    },
  );

  test('an error of the program itself stays what it is', () => {
    const error = Object.assign(new Error('boom'), { code: 'ERR_INVALID_STATE' });
    expect(failureOf(error).error).toEqual({ code: 'Unexpected', message: 'boom' });
  });
});
