import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeDirectory } from '../../directory/make-directory';
import { NetworkFiles } from '../../directory/network-files';
import { endProcesses, runningProcesses, startProcess } from '../../directory/node-process';
import { interruptible } from '../../interruption';
import { checkSnapshot, exportOrganisations, prepare, restore, snapshot, snapshots } from '../index';
import { smallTopology } from '../testing/plain-market';
import { beginExchange, exchangeSteps } from './restore';
import { restoreContent } from './snapshot-content';
import { readManifest, SnapshotFiles } from './snapshot-files';

const LIMIT_MS = 60_000;
const key = 'organisations/alpha.market.example/ca/ca-key.pem';
const ledger = 'data/peer0/chains/blockfile_000000';

let made: string;
let parent: string;
let directory: string;
let files: NetworkFiles;

/** A network of one organisation that is down, with every key: made once, and copied for each test. */
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'kessai-keys-made-'));
  const topology = smallTopology();
  const organisations = topology.organisations.filter(({ mspId }) => mspId === 'AlphaMSP');
  for (const name of ['network', 'another']) {
    await makeDirectory(new NetworkFiles(join(made, name)), { ...topology, organisations }, 'native');
    mkdirSync(join(made, name, 'configuration'));
    writeFileSync(new NetworkFiles(join(made, name)).genesisBlock, 'the first block');
  }
}, LIMIT_MS);

afterAll(() => {
  rmSync(made, { recursive: true, force: true });
});

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-keys-'));
  directory = join(parent, 'network');
  files = new NetworkFiles(directory);
  cpSync(join(made, 'network'), directory, { recursive: true });
  write(ledger, 'blocks');
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), text);
}

function walk(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const path = join(root, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** What a network is, but for its snapshots: path, mode and content. */
function image(of = directory): Readonly<Record<string, string>> {
  const own = walk(of).map((path) => path.slice(of.length + 1));
  return Object.fromEntries(
    own
      .filter((path) => !path.startsWith('snapshots/'))
      .map((path) => {
        const file = join(of, path);
        return [path, `${(statSync(file).mode & 0o777).toString(8)} ${readFileSync(file, 'base64')}`];
      }),
  );
}

function withoutLedgers(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(all).filter(([path]) => !path.startsWith('data/')));
}

async function keysOf(of = directory): Promise<string> {
  return (await snapshot({ directory: of, name: 'keys', keysOnly: true })).place;
}

async function refusal(operation: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  return operation.then(
    () => ({ code: 'none' }),
    (error: unknown) => error as Readonly<Record<string, unknown>>,
  );
}

function anotherKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}

describe('a copy of the keys alone', () => {
  test('brings back in an empty place all that was lost with a machine, but for the ledgers', async () => {
    const before = image();
    const place = await keysOf();
    const elsewhere = join(parent, 'new machine');
    cpSync(place, join(elsewhere, 'snapshots', 'brought'), { recursive: true });
    const done = await restore({ directory: elsewhere, name: 'brought' });
    expect(done).toMatchObject({ restored: 'keys', ledgers: 'none' });
    expect(image(elsewhere)).toEqual(withoutLedgers(before));
    expect(statSync(elsewhere).mode & 0o077).toBe(0);
  });

  test('is not taken for one of the whole network: it is listed as what it is, and is of a format of its own', async () => {
    await snapshot({ directory, name: 'whole' });
    const place = await keysOf();
    expect(snapshots({ directory }).map(({ name, holds }) => [name, holds])).toEqual([
      ['keys', 'keys'],
      ['whole', 'network'],
    ]);
    expect(readManifest(new SnapshotFiles(place)).format).not.toBe(1);
    expect(walk(place).filter((path) => path.includes('blockfile'))).toEqual([]);
  });

  test('is read by nobody else, and its keys are as private as they were', async () => {
    const place = await keysOf();
    expect(statSync(place).mode & 0o077).toBe(0);
    expect(statSync(join(new SnapshotFiles(place).content, key)).mode & 0o777).toBe(0o600);
  });

  test('is found good where it was brought to, before anything is restored', async () => {
    const place = await keysOf();
    const elsewhere = join(parent, 'new machine');
    cpSync(place, join(elsewhere, 'snapshots', 'brought'), { recursive: true });
    expect(await checkSnapshot({ directory: elsewhere, name: 'brought' })).toMatchObject({ holds: 'keys' });
    appendFileSync(join(elsewhere, 'snapshots', 'brought', 'network', key), '\n');
    expect(await refusal(checkSnapshot({ directory: elsewhere, name: 'brought' }))).toMatchObject({
      code: 'SnapshotDamaged',
    });
  });

  test('that was interrupted is none, and nothing is left of it', async () => {
    const ending = new AbortController();
    const taking = interruptible(ending.signal, async () =>
      snapshot({ directory, name: 'keys', keysOnly: true, onProgress: () => ending.abort() }),
    );
    expect(await refusal(taking)).toMatchObject({ name: 'AbortError' });
    expect(readdirSync(files.snapshots)).toEqual([]);
  });

  test.each([
    ['a byte of it changed', (content: string) => write(join('..', content, key), anotherKey())],
    ['a file of it was cut off', (content: string) => truncateSync(join(parent, content, key), 40)],
    ['a file of it is gone', (content: string) => rmSync(join(parent, content, key))],
    ['its manifest is gone', (content: string) => rmSync(join(parent, content, '..', 'manifest.json'))],
  ])('is not put back where %s, and the network stays as it is', async (_, damage) => {
    const place = await keysOf();
    rmSync(join(directory, key));
    const before = image();
    damage(new SnapshotFiles(place).content.slice(parent.length + 1));
    expect(await refusal(restore({ directory, name: 'keys' }))).toMatchObject({ code: 'SnapshotDamaged' });
    expect(image()).toEqual(before);
  });
});

describe('a network that has lost keys gets them back, and keeps its ledgers', () => {
  test.each([
    ['all of its organisations', () => rmSync(join(directory, 'organisations'), { recursive: true })],
    ["one authority's key", () => rmSync(join(directory, key))],
    ['a key of which half is there', () => truncateSync(join(directory, key), 40)],
    ['a key in whose place are zeros', () => writeFileSync(join(directory, key), Buffer.alloc(241))],
    ['its record', () => rmSync(files.record)],
    ['its record, of which half is there', () => truncateSync(files.record, 99)],
    ["the channel's first block", () => rmSync(files.genesisBlock)],
    [
      'all but its ledgers',
      () => {
        for (const entry of ['organisations', 'configuration', 'network.json', 'logs']) {
          rmSync(join(directory, entry), { recursive: true });
        }
      },
    ],
  ])('%s', async (_, lose) => {
    await keysOf();
    write(ledger, 'blocks and more');
    const before = image();
    lose();
    expect(await restore({ directory, name: 'keys' })).toMatchObject({ restored: 'keys', ledgers: 'kept' });
    expect(image()).toEqual(before);
  });

  test('from a snapshot of the whole network too, if only the keys are asked for', async () => {
    await snapshot({ directory, name: 'whole' });
    write(ledger, 'blocks and more');
    const before = image();
    rmSync(join(directory, key));
    await restore({ directory, name: 'whole', keysOnly: true });
    expect(image()).toEqual(before);
  });

  test('and a record that is newer than the copy stays', async () => {
    await keysOf();
    const record = readFileSync(files.record, 'utf8').replace('"version": "1"', '"version": "2"');
    writeFileSync(files.record, record);
    rmSync(join(directory, key));
    await restore({ directory, name: 'keys' });
    expect(readFileSync(files.record, 'utf8')).toBe(record);
  });

  test('and when that was killed at any step, with the next one', async () => {
    const place = new SnapshotFiles(await keysOf());
    const before = image();
    const { folders, files: noted, ...rest } = readManifest(place);
    const manifest = { ...rest, folders, files: noted.filter(({ path }) => path !== 'network.json') };
    for (let killedAt = 0; ; killedAt += 1) {
      rmSync(join(directory, key));
      await restoreContent(place.content, manifest, files.restoring);
      const steps = exchangeSteps(files, await beginExchange(files, 'keys', manifest, 'keys'));
      let done = 0;
      while (done < killedAt && steps.next().done !== true) done += 1;
      await restore({ directory, name: 'keys' });
      expect(image()).toEqual(before);
      if (done < killedAt) break;
    }
  });
});

describe('keys are not put back where that would lose or mix what cannot be made again', () => {
  async function expectRefused(code: string): Promise<void> {
    const before = image();
    expect(await refusal(restore({ directory, name: 'keys' }))).toMatchObject({ code });
    expect(image()).toEqual(before);
    expect(existsSync(files.restoring)).toBe(false);
  }

  test.each([
    ['of an organisation that joined since', 'organisations/delta.market.example/ca/ca-key.pem'],
    [
      'of a user who was given another one since',
      'organisations/alpha.market.example/users/user1/msp/keystore/priv_sk',
    ],
    ['of an authority', key],
    ['that lies where nobody looks for it', 'configuration/kept.pem'],
  ])('a key %s', async (_, path) => {
    await keysOf();
    write(path, anotherKey());
    await expectRefused('KeysUnsaved');
  });

  test("another network's, over this one's ledgers", async () => {
    const place = await keysOf(join(made, 'another'));
    cpSync(place, join(files.snapshots, 'keys'), { recursive: true });
    rmSync(place, { recursive: true });
    for (const path of walk(join(directory, 'organisations'))) if (/key\.pem|_sk|\.key$/.test(path)) rmSync(path);
    await expectRefused('SnapshotForeign');
  });

  test('while nodes run, though their record is lost', async () => {
    await keysOf();
    const waiting = { program: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], environment: {} };
    const node = await startProcess(files, 'peer0', waiting);
    try {
      rmSync(files.record);
      expect(await refusal(restore({ directory, name: 'keys' }))).toMatchObject({ code: 'NetworkRunning' });
    } finally {
      await endProcesses(files, [node]);
    }
    expect(runningProcesses(files).size).toBe(0);
  });
});

test(
  "one machine's part is brought back alone with its keys, and its ledgers come from the others",
  async () => {
    const topology = smallTopology();
    const organisations = topology.organisations.map((one, n) => ({ ...one, host: `192.0.2.${(n + 1).toString()}` }));
    const making = join(parent, 'making');
    const part = join(parent, 'part');
    await prepare({ directory: making, topology: { ...topology, organisations } });
    await exportOrganisations({ directory: making, mspIds: ['AlphaMSP'], to: part });
    const before = image(part);
    const place = await keysOf(part);
    await snapshot({ directory: part, name: 'whole' });
    expect(await refusal(restore({ directory: part, name: 'whole' }))).toMatchObject({ code: 'NetworkPartial' });
    const lost = join(parent, 'new machine');
    cpSync(place, join(lost, 'snapshots', 'keys'), { recursive: true });
    expect(await restore({ directory: lost, name: 'keys' })).toMatchObject({ ledgers: 'elsewhere' });
    expect(image(lost)).toEqual(before);
  },
  LIMIT_MS,
);
