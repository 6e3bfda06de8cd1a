import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listProcesses, status } from '@kessai/network';
import { marketTopology } from '../support/market-topology';

const startMs = 180_000;
const commandMs = 60_000;
const program = join(__dirname, '..', '..', '..', 'gateway-client', 'cli', 'bin', 'kessai.js');
const others = 0o077;
const token = 'token-of-the-person-who-ran-the-command';

let place: string;
let network: string;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in a shell that lets new files be read by everybody, and that has a secret of its own. */
async function shell(line: string, input = ''): Promise<Ran> {
  const environment = { ...process.env, VAULT_TOKEN: token, kessai: `${process.execPath} ${program}` };
  const child = spawn('/bin/sh', ['-c', `umask 000; ${line}`], { cwd: place, env: environment });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  // A command that reads nothing may have ended before.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, out, err };
}

async function done(line: string, input?: string): Promise<Ran> {
  const ran = await shell(line, input);
  expect({ line, code: ran.code, err: ran.code === 0 ? '' : ran.err }).toEqual({ line, code: 0, err: '' });
  return ran;
}

/** What others than its owner may read, write or enter, of a folder and all below it. */
function openTo(path: string): readonly string[] {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return [];
  const open = (found.mode & others) === 0 ? [] : [`${path} ${(found.mode & 0o777).toString(8)}`];
  return found.isDirectory() ? [...open, ...readdirSync(path).flatMap((name) => openTo(join(path, name)))] : open;
}

function filesBelow(path: string): number {
  return lstatSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + filesBelow(join(path, name)), 0)
    : 1;
}

describe('what others of the machine can read', () => {
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'kessai-others-'));
    // A folder that everybody may enter, as a home or a project often is.
    chmodSync(place, 0o755);
    network = join(place, 'network');
    writeFileSync(join(place, 'topology.json'), topologyOf(['ExchangeMSP', 'CsdMSP', 'AlphaMSP']));
    await done('$kessai up --topology topology.json --dir network');
    await done('$kessai deploy --dir network');
  }, startMs);

  afterAll(async () => {
    await shell('$kessai down --dir network; $kessai down --dir restored');
    rmSync(place, { recursive: true, force: true });
  }, commandMs);

  test(
    'of all that a market writes is nothing: keys, ledgers, private data, logs, profiles, snapshots, what is restored',
    async () => {
      const founding = {
        id: 'founding',
        name: 'Market',
        businessDate: '2026-01-05',
        operators: ['ExchangeMSP', 'CsdMSP'].map((mspId) => ({ mspId, name: mspId })),
        secrets: { operators: '1'.repeat(64), board: '2'.repeat(64) },
      };
      await done('$kessai call Registry:Found --as ExchangeMSP --dir network --request -', JSON.stringify(founding));
      await done('$kessai profile export AlphaMSP --dir network --out alpha.json');
      await done('$kessai certificates revoke AlphaMSP user1 --dir network');
      await done('$kessai snapshot monday --dir network');
      mkdirSync(join(place, 'restored'));
      chmodSync(join(place, 'restored'), 0o755);
      await done('cp -R network/snapshots restored/snapshots && chmod -R go-rwx restored/snapshots');
      await done('$kessai restore monday --dir restored');
      const written = ['network', 'alpha.json', 'restored'].map((name) => join(place, name));
      expect(written.flatMap(openTo)).toEqual([]);
      // So that the walk has seen them: the ledger's files, keys, logs, and the copy of them all.
      expect(filesBelow(network)).toBeGreaterThan(100);
      for (const name of ['data', 'logs', 'snapshots', 'processes', 'organisations']) {
        expect({ name, files: filesBelow(join(network, name)) > 0 }).toEqual({ name, files: true });
      }
      expect(existsSync(join(place, 'restored', 'data'))).toBe(true);
    },
    2 * commandMs,
  );

  test('of a request with a secret is nothing on the command line: it is refused there, and what to do is said', async () => {
    const secrets = { operators: '1'.repeat(64) };
    const line = `$kessai call Registry:Found --as ExchangeMSP --dir network --json --request '${JSON.stringify({ secrets })}'`;
    const { code, out } = await shell(line);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'SecretExposed', field: 'secrets.operators', remedy: expect.stringContaining('standard input') },
    });
    expect(out).not.toContain(secrets.operators);
  });

  test('of a profile that is printed is said, unless there is nothing to be said', async () => {
    const open = await done('$kessai profile export CsdMSP --dir network > open.json');
    expect(open.err).toContain('--out');
    const closed = await done('umask 077; $kessai profile export CsdMSP --dir network > closed.json');
    expect(closed.err).toBe('');
    const keyless = await done('$kessai profile export CsdMSP --dir network --without-key > keyless.json');
    expect(keyless.err).toBe('');
    expect(readFileSync(join(place, 'keyless.json'), 'utf8')).not.toContain('PRIVATE KEY');
    const piped = await done('$kessai profile export CsdMSP --dir network | cat');
    expect([JSON.parse(piped.out), piped.err]).toEqual([expect.objectContaining({ mspId: 'CsdMSP' }), '']);
  });

  test('a profile is not written over a file that is there, and not through somebody else’s link', async () => {
    const file = join(place, 'kept.json');
    writeFileSync(file, 'kept', { mode: 0o644 });
    const refused = await shell('$kessai profile export CsdMSP --dir network --out kept.json --json');
    expect([refused.code, readFileSync(file, 'utf8')]).toEqual([1, 'kept']);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: 'FileExists' } });
    await done('$kessai profile export CsdMSP --dir network --out kept.json --force');
    expect(openTo(file)).toEqual([]);
    await done('touch target.json; chmod 666 target.json; ln -s target.json link.json');
    await done('$kessai profile export CsdMSP --dir network --out link.json --force');
    expect([
      readFileSync(join(place, 'target.json'), 'utf8'),
      lstatSync(join(place, 'link.json')).isSymbolicLink(),
    ]).toEqual(['', false]);
    const nowhere = await shell('$kessai profile export CsdMSP --dir network --out no/such/folder.json --json');
    expect(JSON.parse(nowhere.out)).toMatchObject({ error: { code: 'FileUnwritable' } });
    expect(readdirSync(place).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  (existsSync('/proc/self/environ') ? test : test.skip)(
    'processes of the network are not given what the shell of whoever started them holds',
    async () => {
      const { pid = 0, schedulers = {} } = await status({ directory: network });
      const starters = [pid, ...Object.values(schedulers)].filter((one) => one !== null);
      const processes = await listProcesses();
      const all = new Set(starters);
      for (let before = -1; before !== all.size;) {
        before = all.size;
        for (const one of processes) if (all.has(one.parent)) all.add(one.pid);
      }
      // The engine, its chaincode and the worker in that, and two schedulers.
      expect(all.size).toBeGreaterThanOrEqual(5);
      for (const one of all) {
        const names = readFileSync(`/proc/${one.toString()}/environ`, 'utf8')
          .split('\0')
          .map((entry) => entry.split('=')[0]);
        expect(names).toContain('PATH');
        for (const name of ['VAULT_TOKEN', 'kessai', 'HOME', 'USER']) expect(names).not.toContain(name);
      }
    },
  );
});

/** A market of the named organisations, of which the first one orders. */
function topologyOf(mspIds: readonly string[]): string {
  return marketTopology(
    mspIds.map((mspId, index) => ({
      mspId,
      name: mspId.replace('MSP', ''),
      role: mspId === 'AlphaMSP' ? 'institution' : 'operator',
      orders: index === 0,
    })),
  );
}
