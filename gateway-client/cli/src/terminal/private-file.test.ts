import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { requireWritable, writePrivateFile } from './private-file';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kessai-private-file-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = async (file: string, replace: boolean): Promise<void> => writePrivateFile(file, 'new', replace);

describe.each([
  ['asked before the work', requireWritable],
  ['written', write],
])('a file, %s,', (_, act) => {
  test('that is there stays as it is, a link that leads nowhere too', async () => {
    const file = join(folder, 'kept');
    writeFileSync(file, 'kept');
    const link = join(folder, 'link');
    symlinkSync(join(folder, 'nowhere'), link);
    for (const taken of [file, link]) await expect(act(taken, false)).rejects.toMatchObject({ code: 'FileExists' });
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(readdirSync(folder).sort()).toEqual(['kept', 'link']);
  });

  test.each([
    ['in a folder that is not there', 'no/such/file'],
    ['below what is no folder', 'file/below'],
    ['that is a folder', 'folder'],
    ['whose name ends as that of a folder', 'folder/'],
    ['whose name ends as that of a folder that is not there', 'new/'],
    ['with a name that is too long', 'x'.repeat(300)],
  ])('%s is refused, and nothing is left', async (_case, name) => {
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    for (const replace of [false, true]) {
      await expect(act(`${folder}/${name}`, replace)).rejects.toMatchObject({
        code: 'FileUnwritable',
        remedy: expect.any(String),
      });
    }
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['file', 'folder']);
  });

  test('without a name is refused', async () => {
    await expect(act('', true)).rejects.toMatchObject({ code: 'FileUnwritable' });
  });

  test('that is a device is never replaced', async () => {
    await expect(act('/dev/null', true)).rejects.toMatchObject({ code: 'FileUnwritable' });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

test('what is told names the file and the reason, and not what stands in for the file meanwhile', async () => {
  const file = join(folder, 'none', 'day.html');
  await expect(requireWritable(file, false)).rejects.toThrow(`${file} cannot be written: its folder is not there.`);
  writeFileSync(join(folder, 'none'), '');
  await expect(requireWritable(file, false)).rejects.toThrow(
    `${file} cannot be written: a part of its path is a file and no directory.`,
  );
});

test('asking leaves nothing behind, and does not touch what is there', async () => {
  const file = join(folder, 'day.html');
  await requireWritable(file, false);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, 'old');
  await requireWritable(file, true);
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['old', ['day.html']]);
});

test('a name may be as long as names may be', async () => {
  const file = join(folder, 'x'.repeat(255));
  await requireWritable(file, false);
  await write(file, false);
  expect(readdirSync(folder)).toEqual(['x'.repeat(255)]);
});

test('what is written can be read by its owner alone', async () => {
  const file = join(folder, 'day.html');
  await write(file, false);
  await write(file, true);
  expect([lstatSync(file).mode & 0o777, readFileSync(file, 'utf8')]).toEqual([0o600, 'new']);
});
