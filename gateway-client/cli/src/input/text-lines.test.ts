import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CommandError } from '../terminal/command-error';
import { readLines, readRequestFile } from './text-lines';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-lines-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function file(content: string | Buffer): string {
  const path = join(directory, 'orders.jsonl');
  writeFileSync(path, content);
  return path;
}

function refusal(run: () => unknown): CommandError {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('It was read');
}

test('the lines of a file of instructions are numbered; empty ones and a byte order mark are left out', () => {
  expect(readLines(file('\ufeff{"a":1}\r\n\r\n{"b":"東京"}\n'))).toEqual([
    { text: '{"a":1}', line: 1 },
    { text: '{"b":"東京"}', line: 3 },
  ]);
});

test('a file of instructions or a request that is not UTF-8 is refused before anything is sent, with its line', () => {
  const path = file(Buffer.concat([Buffer.from('{"a":1}\n{"b":"'), Buffer.from([0x93, 0x8c]), Buffer.from('"}\n')]));
  for (const read of [readLines, readRequestFile]) {
    const { code, message, payload } = refusal(() => read(path));
    expect({ code, payload }).toEqual({ code: 'RequestUnreadable', payload: { file: path, line: 2 } });
    expect(message).toMatch(/save it as UTF-8/);
  }
});

test('a file that is not there is said to be', () => {
  expect(refusal(() => readLines(join(directory, 'none'))).message).toMatch(/cannot be read/);
});
