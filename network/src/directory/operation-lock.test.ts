import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from './network-files';
import { withLock, withLockWhereWritable } from './operation-lock';

let directory: string;
let files: NetworkFiles;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-lock-'));
  files = new NetworkFiles(directory);
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const NOBODY = '999999999';

// Each operation leaves a mark while it is at it, which only one may do; now and then one finds the lock of a killed operation.
const CONTENDER = `
const { rmSync, writeFileSync } = require('node:fs');
const { withLock } = require(${JSON.stringify(join(__dirname, 'operation-lock.js'))});
const [directory, lock] = process.argv.slice(1);
const mark = directory + '/mark';
(async () => {
  let done = 0;
  for (let i = 0; i < 1500; i += 1) {
    if (i % 5 === 0) try { writeFileSync(lock, '${NOBODY}', { flag: 'wx' }); } catch { }
    try {
      await withLock({ directory, lock }, async () => {
        writeFileSync(mark, '', { flag: 'wx' });
        await new Promise(setImmediate);
        rmSync(mark);
        done += 1;
      });
    } catch (error) {
      if (error.code !== 'NetworkDirectoryBusy') throw error;
    }
  }
  process.exit(done > 0 ? 0 : 3);
})().catch((error) => { console.error(error); process.exit(1); });
`;

describe('operations on one directory', () => {
  test('are never at it together, though they come at once and find locks of killed operations', async () => {
    const contenders = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['-e', CONTENDER, directory, files.lock], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      return `${String(code)}${said}`;
    });
    expect(await Promise.all(contenders)).toEqual(['0', '0', '0', '0']);
    expect(readdirSync(directory)).toEqual([]);
  }, 60_000);

  test('are refused while another is under way, which is named', async () => {
    await withLock(files, async () => {
      await expect(withLock(files, () => Promise.resolve())).rejects.toMatchObject({
        code: 'NetworkDirectoryBusy',
        payload: { pid: process.pid },
      });
    });
    expect(await withLock(files, () => Promise.resolve('done'))).toBe('done');
  });

  test('take over a lock that was left, also where the operation that took it over was killed too', async () => {
    writeFileSync(files.lock, NOBODY);
    writeFileSync(`${files.lock}.takeover`, NOBODY);
    expect(await withLock(files, () => Promise.resolve('done'))).toBe('done');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('an operation that needs no room on the disk', () => {
  /** Nobody may make a file where its lock would be, as on a disk that is full. */
  class FullFiles extends NetworkFiles {
    override get lock(): string {
      return '/proc/operation.lock';
    }
  }

  test('is done where no lock can be written', async () => {
    await expect(withLock(new FullFiles(directory), () => Promise.resolve('done'))).rejects.toThrow();
    expect(await withLockWhereWritable(new FullFiles(directory), () => Promise.resolve('done'))).toBe('done');
  });

  test('takes its lock where it can, and is refused where another one has it', async () => {
    await withLockWhereWritable(files, async () => {
      expect(readdirSync(directory)).toEqual(['operation.lock']);
      await expect(withLockWhereWritable(files, () => Promise.resolve())).rejects.toMatchObject({
        code: 'NetworkDirectoryBusy',
      });
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});
