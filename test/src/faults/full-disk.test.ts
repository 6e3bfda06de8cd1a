import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, snapshots, standingOf } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, type Surroundings, kessai, processesOf, typed } from '../signals/kessai-process';

const LIMIT_MS = 240_000;

let parent: string;
let where: Surroundings;

beforeAll(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-disk-')));
  where = { cwd: parent, temporary: join(parent, 'temporary') };
  mkdirSync(where.temporary);
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

/** A small disk of its own, for whoever may mount one. */
function mounted(place: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', place]).status === 0;
}

function whyNoDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can mount a small disk, on Linux';
  const place = mkdtempSync(join(tmpdir(), 'kessai-mount-'));
  const can = mounted(place);
  if (can) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return can ? undefined : 'no small disk can be mounted here';
}

/** The command has failed with a reason and a remedy, and with no trace of the program. */
function expectTold({ code, out, err }: Ended, ...words: readonly string[]): void {
  expect({ code, out }).toEqual({ code: 1, out: '' });
  for (const word of words) expect(err).toContain(word);
  expect(err).not.toMatch(/not foreseen|^ {4}at /m);
}

const missing = whyNoDisk();

(missing === undefined ? describe : describe.skip)(
  `a full disk${missing === undefined ? '' : ` (not run: ${missing})`}`,
  () => {
    let disk: string;
    let network: string;
    const on = (...words: readonly string[]) => kessai([...words, '--dir', network], where);

    /** Takes all room that there is. */
    function fill(): void {
      let bytes = 1024 * 1024;
      for (let part = 0; bytes >= 1; part += 1) {
        try {
          writeFileSync(join(disk, `filling-${part.toString()}`), Buffer.alloc(bytes));
        } catch {
          bytes = Math.floor(bytes / 16);
        }
      }
    }

    beforeAll(async () => {
      disk = join(parent, 'disk');
      expect(mounted(disk)).toBe(true);
      network = join(disk, 'network');
      expect(await on('up')).toMatchObject({ code: 0 });
      expect(await on('snapshot', 'kept')).toMatchObject({ code: 0 });
      fill();
    }, LIMIT_MS);

    afterAll(async () => {
      await down({ directory: network });
      // What has ended a moment ago may still have a file open there.
      spawnSync('umount', ['-l', disk]);
    }, LIMIT_MS);

    test(
      'a snapshot is refused, none is half there, and the market runs on',
      async () => {
        expectTold(await on('snapshot', 'more'), 'full', network);
        expect(snapshots({ directory: network }).map(({ name }) => name)).toEqual(['kept']);
        expect(standingOf(network)).toMatchObject({ running: 1 });
      },
      LIMIT_MS,
    );

    test(
      'certificates are not half renewed',
      async () => {
        expectTold(await on('certificates', 'renew', '--within', '4000'), 'full', network);
        expect((await on('certificates', 'show')).out).not.toContain('foreign');
        expect(standingOf(network)).toMatchObject({ running: 1 });
      },
      LIMIT_MS,
    );

    test(
      'down needs no room: nothing runs any more',
      async () => {
        expect(await on('down')).toMatchObject({ code: 0, out: expect.stringContaining('has been stopped') });
        expect(await processesOf(network)).toEqual([]);
        expect(await on('down')).toMatchObject({ code: 0, out: expect.stringContaining('No network was running') });
      },
      LIMIT_MS,
    );

    test(
      'a restore is refused, and the network is as it was',
      async () => {
        expectTold(await on('restore', 'kept'), 'full', network);
        expect(standingOf(network)).toMatchObject({ made: true, running: 0 });
        expect(standingOf(network)).not.toHaveProperty('restoring');
      },
      LIMIT_MS,
    );

    test(
      'up says so, and leaves nothing running',
      async () => {
        expectTold(await on('up'), 'full', network);
        expect(await processesOf(network)).toEqual([]);
      },
      LIMIT_MS,
    );

    test(
      'with room again all of it goes on',
      async () => {
        for (let part = 0; part < 200; part += 1) rmSync(join(disk, `filling-${part.toString()}`), { force: true });
        for (const words of [['restore', 'kept'], ['up'], ['certificates', 'renew'], ['snapshot', 'more'], ['down']]) {
          expect(await on(...words)).toMatchObject({ code: 0 });
        }
      },
      LIMIT_MS,
    );
  },
);

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a place where nothing may be written (needs Linux)', () => {
  const place = '/sys/kessai';

  test.each([
    ['up', '/sys/', ['up', '--dir', place]],
    ['prepare', '/sys/', ['prepare', '--dir', place]],
    ['demo', '/sys/', ['demo', '--dir', place]],
    ['up, below a file', __filename, ['up', '--dir', join(__filename, 'network')]],
  ])(
    '%s names it, and says what to do',
    async (_, named, words) => {
      expectTold(await kessai(words, where), named);
    },
    LIMIT_MS,
  );

  test(
    'commands that change nothing say that there is no network',
    async () => {
      expectTold(await kessai(['deploy', '--dir', place], where), 'no network');
      expect(await kessai(['down', '--dir', place], where)).toMatchObject({ code: 0 });
      expect(await kessai(['status', '--dir', place], where)).toMatchObject({ code: 3 });
    },
    LIMIT_MS,
  );
});

describe('a current directory that has been removed', () => {
  test.each(['up', 'down', 'status', 'deploy', 'demo', 'doctor', 'snapshot monday', 'certificates show'])(
    'kessai %s says so',
    async (words) => {
      const gone = `mkdir -p gone && cd gone && rmdir ../gone && kessai ${words}`;
      expectTold(await typed(gone, where), 'has been removed');
    },
    LIMIT_MS,
  );

  test(
    'is no hindrance where nothing of it is needed',
    async () => {
      const gone = (words: string): string => `mkdir -p gone && cd gone && rmdir ../gone && kessai ${words}`;
      expect(await typed(gone('api'), where)).toMatchObject({ code: 0 });
      expect(await typed(gone(`down --dir ${parent}/none`), where)).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );
});
