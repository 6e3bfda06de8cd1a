import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeWhole, removeWhole } from './make-whole';
import { inTemporaryPlace } from './temporary-place';

let parent: string;
let place: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-place-'));
  place = join(parent, 'place');
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

function fill(): void {
  mkdirSync(join(place, 'keys'), { recursive: true });
  writeFileSync(join(place, 'keys', 'key.pem'), 'a key');
}

/** Runs a program that is in a temporary place when it ends. */
function endsWithin(how: string): number | null {
  const module = JSON.stringify(join(__dirname, 'temporary-place.js'));
  const script = `require(${module}).inTemporaryPlace(${JSON.stringify(place)}, async () => {
    require('node:fs').mkdirSync(${JSON.stringify(join(place, 'keys'))}, { recursive: true });
    ${how};
    await new Promise(() => setInterval(() => undefined, 1_000));
  })`;
  return spawnSync(process.execPath, ['-e', script]).status;
}

describe('a temporary place', () => {
  test('is removed when what it is for fails', async () => {
    const failing = inTemporaryPlace(place, async () => {
      fill();
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(place)).toBe(false);
  });

  test('stays under the name that it was given meanwhile', async () => {
    await inTemporaryPlace(place, async () => {
      fill();
      renameSync(place, join(parent, 'whole'));
      return Promise.resolve();
    });
    expect(readdirSync(parent)).toEqual(['whole']);
  });

  test.each([
    ['exits', 'process.exit(3)', 3],
    ['fails with what nobody foresaw', 'setImmediate(() => { throw new Error("boom"); })', 1],
  ])('is removed when the process %s in its midst', (_, how, code) => {
    expect(endsWithin(how)).toBe(code);
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('a directory', () => {
  test('that could not be made leaves nothing beside its place', async () => {
    await expect(makeWhole(place, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(readdirSync(parent)).toEqual([]);
  });

  test('is removed with all that is in it', async () => {
    fill();
    await removeWhole(place);
    expect(readdirSync(parent)).toEqual([]);
  });
});
