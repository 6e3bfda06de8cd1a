import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allMethods } from '@kessai/interface';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sampleDay } from './demo/sample-market';
import { commandList } from './command-list';
import { runCommand, wholeProgram } from './program';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-command-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function kessai(...args: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runCommand(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

function errorOf({ out }: Ran): Readonly<Record<string, unknown>> {
  const { error } = JSON.parse(out) as { readonly error: Readonly<Record<string, unknown>> };
  return error;
}

describe('wrong usage: exit code 2', () => {
  test.each([
    [['up', '--colour']],
    [['sell-everything']],
    [['up', '--engine', 'steam']],
    [['call']],
    [['book', 'replay', 'x.csv', '--format', 'itch']],
    [['registry', 'show', 'JP3371200001', '--as', 'AlphaMSP', '--as-of', 'yesterday']],
    [['logs', '--lines', 'many']],
    [['snapshot']],
    [['snapshot', '--remove']],
    [['snapshot', '--check']],
    [['snapshot', '--keys-only']],
    [['snapshot', 'monday', '--remove', '--check']],
    [['snapshot', 'monday', '--running', '--keys-only']],
    [['snapshot', '--list', '--running']],
    [['restore']],
    [['call', 'Registry:Clock']],
    [['organisation', 'export', '--to', 'part']],
    [['organisation', 'export', 'AlphaMSP']],
    [['certificates', 'revoke']],
    [['certificates', 'revoke', 'AlphaMSP']],
    [['profile', 'export', 'AlphaMSP', '--force']],
    [['demo', '--force']],
    [['organisation', 'add']],
    [['organisation', 'add', '--msp', 'DeltaMSP']],
    [['organisation', 'add', 'delta.yaml', '--msp', 'DeltaMSP']],
    [['organisation', 'add', '--msp', 'DeltaMSP', '--name', 'Delta', '--role', 'regulator']],
    [['call', 'Registry:Clock', '--as', 'AlphaMSP', '--request', '@/no/such/file']],
    [['completion', 'cmd']],
    [['up', '--sample', 'week']],
    [['up', '--sample', '--no-operate']],
  ])('kessai %j', async (args) => {
    const plain = await kessai(...args);
    expect(plain.code).toBe(2);
    expect(plain.out).toBe('');
    expect(plain.err).not.toBe('');
    const json = await kessai(...args, '--json');
    expect(json.code).toBe(2);
    expect(errorOf(json)).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      remedy: expect.any(String),
    });
  });

  test('no command at all shows the help', async () => {
    const { code, err } = await kessai();
    expect(code).toBe(2);
    expect(err).toContain('Usage: kessai');
  });
});

describe('refused or failed: exit code 1', () => {
  test.each([
    [['deploy']],
    [['logs']],
    [['snapshot', 'monday']],
    [['snapshot', '--list']],
    [['logs', 'engine', '--follow']],
    [['profile', 'export', 'AlphaMSP']],
    [['profile', 'export', 'AlphaMSP', '--out', 'alpha.json']],
    [['certificates', 'revoke', 'AlphaMSP', 'user1']],
    [['metrics']],
    [['call', 'Registry:Clock', '--as', 'AlphaMSP']],
    [['registry', 'show', 'JP3371200001', '--as', 'AlphaMSP']],
  ])('kessai %j without a network', async (args) => {
    const ran = await kessai(...args, '--dir', join(directory, 'none'), '--json');
    expect(ran.code).toBe(1);
    expect(errorOf(ran)).toMatchObject({ code: 'NetworkDirectoryAbsent', remedy: expect.any(String) });
  });

  test('a profile that lacks a field names it', async () => {
    const profile = join(directory, 'profile.json');
    writeFileSync(profile, JSON.stringify({ mspId: 'AlphaMSP', channel: 'market' }));
    const ran = await kessai('call', 'Registry:Clock', '--profile', profile, '--json');
    expect(ran.code).toBe(1);
    expect(errorOf(ran)).toMatchObject({ code: 'ProfileInvalid', field: 'chaincode' });
  });

  test('a topology file that is wrong', async () => {
    const file = join(directory, 'topology.yaml');
    writeFileSync(file, 'channel: market\n');
    const ran = await kessai('up', '--topology', file, '--dir', join(directory, 'net'), '--json');
    expect(ran.code).toBe(1);
    expect(errorOf(ran)).toMatchObject({ code: 'FieldMissing', file });
    expect(existsSync(join(directory, 'net'))).toBe(false);
  });

  test('a day with a wrong line starts nothing', async () => {
    const input = join(directory, 'day');
    cpSync(sampleDay, input, { recursive: true });
    writeFileSync(join(input, 'cancels.csv'), 'round,member,orderId\nx,Alpha,A-001\n4,Delta,A-001\n');
    const network = join(directory, 'net');
    const json = await kessai('demo', '--input', input, '--dir', network, '--json');
    expect(json.code).toBe(1);
    expect(errorOf(json)).toMatchObject({
      code: 'InputInvalid',
      faults: [
        { file: 'cancels.csv', line: 2, column: 1, field: 'round' },
        { file: 'cancels.csv', line: 3, column: 2, field: 'member' },
      ],
    });
    const plain = await kessai('demo', '--input', input, '--dir', network);
    expect(plain.err).toContain('cancels.csv, line 2, column 1 (round): must be a whole number');
    expect(existsSync(network)).toBe(false);
  });

  test.each([
    ['is there already', 'FileExists', 'kept.html'],
    ['has no folder', 'FileUnwritable', 'no/such/folder.html'],
    ['is a folder', 'FileUnwritable', '.'],
    ['has no name', 'FileUnwritable', ''],
  ])('a day is not run for a page whose file %s', async (_, code, name) => {
    writeFileSync(join(directory, 'kept.html'), 'kept');
    const network = join(directory, 'net');
    const file = name === '' ? '' : join(directory, name);
    const ran = await kessai('demo', '--html', file, '--dir', network, '--json');
    expect(ran.code).toBe(1);
    expect(errorOf(ran)).toMatchObject({ code, file, remedy: expect.any(String) });
    expect(existsSync(network)).toBe(false);
    expect(readFileSync(join(directory, 'kept.html'), 'utf8')).toBe('kept');
  });

  test('a message file that cannot be read', async () => {
    const ran = await kessai('book', 'replay', join(directory, 'none.csv'), '--json');
    expect(ran.code).toBe(1);
    expect(errorOf(ran)).toMatchObject({ code: 'FileUnreadable' });
  });
});

test('status of a network that is not there: exit code 3', async () => {
  const { code, out } = await kessai('status', '--dir', join(directory, 'none'), '--json');
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ state: 'absent', organisations: [] });
});

describe('a method that there is not', () => {
  test.each([['call'], ['api']])(
    '%s tells the names that may have been meant, without asking a network',
    async (command) => {
      const ran = await kessai(command, 'Orders:Plase', '--json');
      expect(ran.code).toBe(1);
      expect(errorOf(ran)).toMatchObject({
        code: 'MethodUnknown',
        method: 'Orders:Plase',
        suggestions: ['Orders:Place'],
      });
      const plain = await kessai(command, 'Orders:Plase');
      expect(plain.err).toContain('Did you mean Orders:Place?');
    },
  );

  test('a command that is mistyped is told too', async () => {
    const { code, err } = await kessai('statsu');
    expect(code).toBe(2);
    expect(err).toContain('status');
  });
});

test('KESSAI_AS names who calls, where --as does not', async () => {
  const missing = join(directory, 'none');
  process.env['KESSAI_AS'] = 'AlphaMSP';
  try {
    // Past the question of who calls: the network is what is not there.
    expect(errorOf(await kessai('call', 'Registry:Clock', '--dir', missing, '--json'))).toMatchObject({
      code: 'NetworkDirectoryAbsent',
    });
  } finally {
    delete process.env['KESSAI_AS'];
  }
  expect(errorOf(await kessai('call', 'Registry:Clock', '--dir', missing, '--json'))).toMatchObject({
    code: 'UsageInvalid',
    option: '--as',
  });
});

describe('done: exit code 0', () => {
  test('version', async () => {
    const { code, out } = await kessai('--version');
    expect([code, out]).toEqual([0, expect.stringMatching(/^[0-9]+\.[0-9]+\.[0-9]+\n$/)]);
  });

  test('api describes one method, with a request to begin with', async () => {
    const { code, out } = await kessai('api', 'Orders:Place', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      fullName: 'Orders:Place',
      request: { type: 'object' },
      example: { orderId: 'ID-1', isin: 'JP3371200001', side: 'buy', quantity: '100' },
    });
    expect((await kessai('api', 'Orders:Place')).out).toContain('kessai call Orders:Place --as MSPID');
  });
});

describe('done: exit code 0', () => {
  test('down where nothing runs', async () => {
    const { code, out } = await kessai('down', '--purge', '--dir', join(directory, 'none'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ state: 'not-running', removed: false });
  });

  test('api lists every method with who may call it and its schemas', async () => {
    const { code, out } = await kessai('api', '--json');
    expect(code).toBe(0);
    const listed = JSON.parse(out) as readonly Readonly<Record<string, unknown>>[];
    expect(listed.map(({ fullName }) => fullName)).toEqual(allMethods().map(({ fullName }) => fullName));
    for (const method of listed) {
      expect(method).toMatchObject({
        kind: expect.stringMatching(/^(submit|evaluate)$/),
        roles: expect.any(Array),
        request: { type: 'object' },
        response: { type: 'object' },
      });
    }
  });

  test('book replay predicts the only order there is', async () => {
    const file = join(directory, 'messages.csv');
    writeFileSync(file, '34200.1,1,11,100,1000000,1\n34200.2,4,11,100,1000000,1\n');
    const { code, out } = await kessai('book', 'replay', file, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ messages: 2, executions: 1, predicted: 1, mismatches: [] });
  });

  test('help gives every command a line', async () => {
    const { code, out } = await kessai('--help');
    expect(code).toBe(0);
    for (const command of [
      'demo',
      'up',
      'down',
      'status',
      'logs',
      'metrics',
      'certificates',
      'keep',
      'service',
      'snapshot',
      'restore',
      'deploy',
      'profile',
      'env',
      'call',
      'api',
      'registry',
      'book',
      'doctor',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command} .+`, 'm'));
    }
  });
});

describe('help', () => {
  test('has the line of every command as the command itself has it', () => {
    const { program, groupOf } = wholeProgram();
    expect(commandList).toEqual(
      program.commands.map((command) => ({
        name: command.name(),
        group: groupOf.get(command.name()),
        summary: command.summary(),
      })),
    );
  });

  test('loads nothing of Fabric or of a network, and takes a quarter of a second of a processor', () => {
    const bin = join(__dirname, '..', 'bin', 'kessai.js');
    const tell =
      'const used = process.cpuUsage(); console.error(JSON.stringify({ ms: (used.user + used.system) / 1000, loaded: Object.keys(require.cache) }));';
    const runs = [1, 2, 3].map(() => {
      const ran = spawnSync(process.execPath, [
        '-e',
        `process.on('exit', () => { ${tell} }); process.argv = [process.execPath, ${JSON.stringify(bin)}, '--help']; require(${JSON.stringify(bin)});`,
      ]);
      expect(ran.stdout.toString()).toContain('Usage: kessai');
      return JSON.parse(ran.stderr.toString()) as { readonly ms: number; readonly loaded: readonly string[] };
    });
    expect(
      runs[0]?.loaded.filter((file) =>
        /@grpc|@hyperledger|classic-level|kessai\/network|[/\\]network[/\\]dist/.test(file),
      ),
    ).toEqual([]);
    expect(Math.min(...runs.map(({ ms }) => ms))).toBeLessThan(250);
  });
});
