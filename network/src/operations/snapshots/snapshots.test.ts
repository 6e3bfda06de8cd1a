import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from '../../directory/network-files';
import { makeRecord, requireRestored } from '../../directory/network-record';
import type { OnProgress } from '../../directory/progress';
import { interruptible } from '../../interruption';
import { poll } from '../../poll';
import { readTopology } from '../../topology';
import { removeSnapshot, restore, snapshot, snapshots, standingOf, status } from '../index';
import { beginExchange, exchangeSteps } from './restore';
import { restoreContent } from './snapshot-content';
import { readManifest, SnapshotFiles } from './snapshot-files';

let parent: string;
let directory: string;
let files: NetworkFiles;

// A network that is down: for whoever copies it, a folder like any other.
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-snapshots-'));
  directory = join(parent, 'network');
  files = new NetworkFiles(directory);
  mkdirSync(directory);
  writeFileSync(files.record, JSON.stringify(await makeRecord(readTopology(), 'native')));
  write('data/peer0/blocks/000000', 'first blocks');
  write('data/peer0/state/000001.log', '');
  mkdirSync(join(directory, 'data', 'peer0', 'empty'));
  write('organisations/alpha/key.pem', 'a key');
  chmodSync(join(directory, 'organisations', 'alpha', 'key.pem'), 0o600);
  chmodSync(join(directory, 'organisations', 'alpha'), 0o500);
  write('logs/peer0.log', 'said before\n');
});

afterEach(() => {
  for (const path of walk(parent).reverse()) if (statSync(path).isDirectory()) chmodSync(path, 0o700);
  rmSync(parent, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  const file = join(directory, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

// Not by `recursive`: Node.js from version 24 on follows links then, and out of the network's directory.
function walk(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const path = join(root, entry.name);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

/** All that a network is: path, mode and content. */
function image(): Readonly<Record<string, string>> {
  const own = walk(directory).filter((path) => !/network\/(snapshots|logs)/.test(path));
  return Object.fromEntries(
    own.map((path) => {
      const found = statSync(path);
      const content = found.isFile() ? readFileSync(path, 'utf8') : 'folder';
      return [path, `${(found.mode & 0o777).toString(8)} ${content}`];
    }),
  );
}

/** Another day of the network. */
function change(): void {
  write('data/peer0/blocks/000000', 'first blocks and more');
  write('data/peer0/blocks/000001', 'second file');
  write('certificates/renewed.pem', 'new');
  rmSync(join(directory, 'data', 'peer0', 'state'), { recursive: true });
  write('logs/peer0.log', 'said afterwards\n');
}

async function refusal(operation: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  return operation.then(
    () => ({ code: 'none' }),
    (error: unknown) => error as Readonly<Record<string, unknown>>,
  );
}

describe('a snapshot', () => {
  test('holds all that the network is, and restore makes it so again, but for its logs', async () => {
    const before = image();
    expect(await snapshot({ directory, name: 'monday' })).toMatchObject({
      name: 'monday',
      engine: 'native',
      bytes: expect.any(Number),
    });
    expect(image()).toEqual(before);
    change();
    expect(image()).not.toEqual(before);
    expect(await restore({ directory, name: 'monday' })).toMatchObject({ name: 'monday', directory });
    expect(image()).toEqual(before);
    expect(readFileSync(join(directory, 'logs', 'peer0.log'), 'utf8')).toBe('said afterwards\n');
  });

  test('is listed with its time and size, until it is removed', async () => {
    const taken = await snapshot({ directory, name: 'monday' });
    await snapshot({ directory, name: 'tuesday' });
    expect(snapshots({ directory }).map(({ name }) => name)).toEqual(['monday', 'tuesday']);
    expect(snapshots({ directory })[0]).toEqual(taken);
    await removeSnapshot({ directory, name: 'monday' });
    expect(snapshots({ directory }).map(({ name }) => name)).toEqual(['tuesday']);
    expect(readdirSync(files.snapshots)).toEqual(['tuesday']);
  });

  test('does not hold other snapshots', async () => {
    const first = await snapshot({ directory, name: 'first' });
    expect((await snapshot({ directory, name: 'second' })).bytes).toBe(first.bytes);
  });

  test('holds keys, so nobody else may read it', async () => {
    const { place } = await snapshot({ directory, name: 'monday' });
    expect(statSync(place).mode & 0o077).toBe(0);
  });

  test('that was copied elsewhere brings a lost network back', async () => {
    const before = image();
    const { place } = await snapshot({ directory, name: 'monday' });
    const lost = join(parent, 'lost');
    renameSync(directory, lost);
    mkdirSync(files.snapshots, { recursive: true });
    cpSync(place.replace(directory, lost), join(files.snapshots, 'brought'), { recursive: true });
    await restore({ directory, name: 'brought' });
    expect(image()).toEqual(before);
  });

  test.each(['', '../monday', '.hidden', 'a/b', 'a b', 'x'.repeat(65)])('is not called %j', async (name) => {
    const invalid = { code: 'SnapshotNameInvalid', payload: { field: 'name', name } };
    expect(await refusal(snapshot({ directory, name }))).toMatchObject(invalid);
    expect(await refusal(restore({ directory, name }))).toMatchObject(invalid);
    expect(await refusal(removeSnapshot({ directory, name }))).toMatchObject(invalid);
  });

  test('is not taken over one of its name', async () => {
    await snapshot({ directory, name: 'monday' });
    expect(await refusal(snapshot({ directory, name: 'monday' }))).toMatchObject({ code: 'SnapshotExists' });
  });

  test('that is not there is refused with those that are', async () => {
    await snapshot({ directory, name: 'monday' });
    const unknown = { code: 'SnapshotUnknown', payload: { known: ['monday'] } };
    expect(await refusal(restore({ directory, name: 'sunday' }))).toMatchObject(unknown);
    expect(await refusal(removeSnapshot({ directory, name: 'sunday' }))).toMatchObject(unknown);
    expect(await refusal(restore({ directory: join(parent, 'none'), name: 'sunday' }))).toMatchObject({
      code: 'SnapshotUnknown',
    });
  });

  test('of what is neither file nor folder is refused, and nothing is left of it', async () => {
    symlinkSync('/', join(directory, 'data', 'link'));
    expect(await refusal(snapshot({ directory, name: 'monday' }))).toMatchObject({ code: 'SnapshotUnfit' });
    expect(snapshots({ directory })).toEqual([]);
  });

  test('that was killed leaves no half snapshot, and the next one clears up', async () => {
    for (let part = 0; part < 1_500; part += 1) write(`data/orderer0/part-${part.toString()}`, 'block');
    const script = `require(${JSON.stringify(join(__dirname, '..', '..', 'index.js'))})
      .snapshot({ directory: ${JSON.stringify(directory)}, name: 'monday' })`;
    const taking = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    const left = (): readonly string[] => (existsSync(files.snapshots) ? readdirSync(files.snapshots) : []);
    expect(await poll(20_000, () => left().length > 0)).toBe(true);
    const ended = once(taking, 'exit');
    taking.kill('SIGKILL');
    await ended;
    expect(left()).toEqual([expect.stringContaining('making')]);
    expect(snapshots({ directory })).toEqual([]);
    await snapshot({ directory, name: 'monday' });
    expect(left()).toEqual(['monday']);
  });
});

describe('what is interrupted while it copies', () => {
  /** Interrupts an operation when it begins to copy. */
  async function interrupted(operation: (onProgress: OnProgress) => Promise<unknown>): Promise<unknown> {
    const ending = new AbortController();
    return refusal(interruptible(ending.signal, async () => operation(() => ending.abort())));
  }

  test('is no snapshot, and nothing is left of it', async () => {
    const before = image();
    const taking = interrupted(async (onProgress) => snapshot({ directory, name: 'monday', onProgress }));
    expect(await taking).toMatchObject({ name: 'AbortError' });
    expect(readdirSync(files.snapshots)).toEqual([]);
    expect(image()).toEqual(before);
    expect(existsSync(files.lock)).toBe(false);
  });

  test('is no restore: the network is as it was, and may be started', async () => {
    await snapshot({ directory, name: 'monday' });
    change();
    const before = image();
    const restoring = interrupted(async (onProgress) => restore({ directory, name: 'monday', onProgress }));
    expect(await restoring).toMatchObject({ name: 'AbortError' });
    expect(image()).toEqual(before);
    expect(existsSync(files.restoring)).toBe(false);
    expect(() => requireRestored(files)).not.toThrow();
  });

  test('is told by what stands of the network, and no network is started until it is done', async () => {
    await snapshot({ directory, name: 'monday' });
    expect(standingOf(directory)).toEqual({ made: true, running: 0, nodes: 24, schedulers: 0 });
    mkdirSync(files.restoring);
    expect(standingOf(directory)).toMatchObject({ restoring: '' });
    expect(() => requireRestored(files)).toThrow(expect.objectContaining({ code: 'RestoreUnfinished' }));
    await beginExchange(files, 'monday', readManifest(SnapshotFiles.of(files, 'monday')));
    expect(standingOf(directory)).toMatchObject({ restoring: 'monday' });
  });
});

describe('a damaged snapshot is not restored, and the network stays as it is', () => {
  test.each([
    [
      'a byte of it changed',
      (content: string) => writeFileSync(join(content, 'data/peer0/blocks/000000'), 'First blocks'),
    ],
    ['a file of it was cut off', (content: string) => truncateSync(join(content, 'data/peer0/blocks/000000'), 4)],
    ['a file of it is gone', (content: string) => rmSync(join(content, 'data/peer0/blocks/000000'))],
    ['its manifest was cut off', (content: string) => truncateSync(join(content, '..', 'manifest.json'), 99)],
    [
      'its manifest names what lies elsewhere',
      (content: string) => {
        const manifest = join(content, '..', 'manifest.json');
        writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('data/peer0/blocks/000000', '../../../stolen'));
      },
    ],
  ])('%s', async (_, damage) => {
    const { place } = await snapshot({ directory, name: 'monday' });
    change();
    const before = image();
    damage(new SnapshotFiles(place).content);
    expect(await refusal(restore({ directory, name: 'monday' }))).toMatchObject({ code: 'SnapshotDamaged' });
    expect(image()).toEqual(before);
  });
});

test('a restore that was killed at any step is completed by the next, and until then no network runs', async () => {
  const before = image();
  const { place } = await snapshot({ directory, name: 'monday' });
  const { content, ...rest } = {
    content: new SnapshotFiles(place).content,
    manifest: readManifest(new SnapshotFiles(place)),
  };
  for (let killedAt = 0; ; killedAt += 1) {
    change();
    await restoreContent(content, rest.manifest, files.restoring);
    const steps = exchangeSteps(files, await beginExchange(files, 'monday', rest.manifest));
    let done = 0;
    while (done < killedAt && steps.next().done !== true) done += 1;
    expect(await refusal(status({ directory }))).toMatchObject({ code: 'RestoreUnfinished' });
    await restore({ directory, name: 'monday' });
    expect(image()).toEqual(before);
    expect(await status({ directory })).toMatchObject({ state: 'stopped' });
    if (done < killedAt) break;
  }
});
