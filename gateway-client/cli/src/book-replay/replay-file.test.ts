import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { replayFile } from './index';

describe('replaying a file', () => {
  let directory = '';

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kessai-replay-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  async function fileOf(text: string): Promise<string> {
    const file = join(directory, 'messages.csv');
    await writeFile(file, text);
    return file;
  }

  test('reports the outcome and the speed, and nothing else', async () => {
    const report = await replayFile(await fileOf('34200,1,11,9,500,1\n34201,4,11,9,500,1\n'), 'lobster');
    const { perSecond, ...outcome } = report;
    expect(outcome).toEqual({ messages: 2, executions: 1, predicted: 1, mismatches: [], unknown: 0 });
    expect(Number.isInteger(perSecond) && perSecond > 0).toBe(true);
  });

  test('an empty file has no speed', async () => {
    const empty = { messages: 0, executions: 0, predicted: 0, mismatches: [], unknown: 0, perSecond: 0 };
    expect(await replayFile(await fileOf(''), 'lobster')).toEqual(empty);
  });

  test('an unknown format is refused before the file is looked at', async () => {
    await expect(replayFile(join(directory, 'none'), 'itch')).rejects.toMatchObject({
      code: 'FormatUnsupported',
      fault: { format: 'itch', supported: ['lobster'] },
    });
  });

  test('a file that is not there is refused by name', async () => {
    const file = join(directory, 'none');
    await expect(replayFile(file, 'lobster')).rejects.toMatchObject({ code: 'FileUnreadable', fault: { file } });
  });

  test('a bad line is refused with file, line, column and reason', async () => {
    const file = await fileOf('34200,1,11,9,500,1\n34201,4,11,ten,500,1\n');
    const fault = { file, line: 2, column: 4, reason: 'must be a whole number of at most 15 digits, 1 or more' };
    await expect(replayFile(file, 'lobster')).rejects.toMatchObject({ code: 'LineInvalid', fault });
  });

  test('a line that contradicts those before it is refused with its file too', async () => {
    const file = await fileOf('34200,1,11,9,500,1\n34201,4,11,10,500,1\n');
    const fault = { file, line: 2, column: 4 };
    await expect(replayFile(file, 'lobster')).rejects.toMatchObject({ code: 'LineInvalid', fault });
  });
});
