import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from '../../directory/network-files';
import { isRunning } from '../../directory/process-identity';
import { OrganisationFiles, signingKeyFile } from '../../identities';
import { poll } from '../../poll';
import { findOrganisation, hasPeer, readTopology } from '../../topology';
import type { Topology } from '../../topology';
import { NetworkError } from '../../directory/network-error';
import type { Progress } from '../../directory/progress';
import { down, exportProfile, purge, status, up } from '../index';
import type { UpResult } from '../index';

// A market of two organisations, so that a network is quickly made. Its chaincode program only notes that it runs.
const SMALL = smallMarket(readTopology());
const IDLE_CHAINCODE = `
require('node:fs').writeFileSync(process.env.CHAINCODE_TLS_KEY_FILE + '.pid', process.pid.toString());
setInterval(() => undefined, 1000);
`;

let parent: string;
let directory: string;
let chaincodeProgram: string;

function smallMarket(market: Topology): Topology {
  const kept = new Set(['ExchangeMSP', 'AlphaMSP']);
  return {
    ...market,
    chaincode: { ...market.chaincode, endorsement: { outOf: 1, role: 'operator' } },
    organisations: market.organisations.filter(({ mspId }) => kept.has(mspId)),
  };
}

async function start(directoryOf = directory): Promise<UpResult & { readonly pid: number }> {
  const result = await up({ engine: 'embedded', directory: directoryOf, topology: SMALL, chaincodeProgram });
  if (result.pid === undefined) throw new Error('the engine has no process');
  return { ...result, pid: result.pid };
}

async function refusal(operation: Promise<unknown>): Promise<NetworkError> {
  const error: unknown = await operation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetworkError) return error;
  throw new Error(`expected a NetworkError, got ${String(error)}`);
}

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-operations-'));
  chaincodeProgram = join(parent, 'idle-chaincode.js');
  writeFileSync(chaincodeProgram, IDLE_CHAINCODE);
});

beforeEach(() => {
  directory = join(mkdtempSync(join(parent, 'case-')), 'network');
});

afterEach(async () => {
  if (existsSync(new NetworkFiles(directory).record)) await down({ directory });
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

describe('up, status, down', () => {
  test('a network comes up, says so the second time, goes down, says so the second time, and comes up as it was', async () => {
    expect(await status({ directory })).toMatchObject({ state: 'absent' });
    const first = await start();
    expect(first).toMatchObject({ state: 'started', made: true });
    expect(await start()).toEqual({ ...first, state: 'already-running', made: false });
    const running = await status({ directory });
    expect(running).toMatchObject({ state: 'running', engine: 'embedded', pid: first.pid, channel: 'market' });

    const { nodes, totals } = running.resources ?? fail();
    expect(Object.keys(nodes)).toEqual(['engine', 'chaincode']);
    expect(nodes['engine']).toMatchObject({ cpuSeconds: expect.any(Number), dataBytes: expect.any(Number) });
    expect(totals.residentBytes).toBeGreaterThan(nodes['engine']?.residentBytes ?? Infinity);

    expect(await down({ directory })).toEqual({ state: 'stopped' });
    expect(isRunning(first.pid)).toBe(false);
    expect(await down({ directory })).toEqual({ state: 'not-running' });
    expect(await status({ directory })).toMatchObject({ state: 'stopped' });

    expect(await start()).toMatchObject({ state: 'started', made: false });
    expect((await status({ directory })).organisations).toEqual(running.organisations);
  });

  test('two networks side by side do not touch each other', async () => {
    const other = join(directory, '..', 'other');
    const [one, two] = await Promise.all([start(), start(other)]);
    expect(one.pid).not.toBe(two.pid);
    await down({ directory });
    expect(await status({ directory: other })).toMatchObject({ state: 'running', pid: two.pid });
    await down({ directory: other });
  });

  test('progress is told, and identities only where they are made', async () => {
    const steps: string[] = [];
    const onProgress = (progress: Progress): void => {
      steps.push(progress.step);
    };
    const request = { engine: 'embedded', directory, topology: SMALL, chaincodeProgram, onProgress } as const;
    await up(request);
    await down({ directory, onProgress });
    await up(request);
    expect(steps).toEqual(['making-identities', 'starting-engine', 'ending-engine', 'starting-engine']);
  });

  (process.platform === 'win32' ? test.skip : test)(
    'an engine that stands still is told from one that serves',
    async () => {
      const { pid } = await start();
      process.kill(pid, 'SIGSTOP');
      expect(await status({ directory })).toMatchObject({ state: 'unresponsive', pid });
      process.kill(pid, 'SIGCONT');
      expect(await status({ directory })).toMatchObject({ state: 'running', pid });
    },
  );

  test('the docker engine without Docker is refused before anything is made', async () => {
    const { PATH } = process.env;
    // An empty PATH would be taken for the system's usual one.
    process.env['PATH'] = join(directory, 'no-programs');
    try {
      expect(await refusal(up({ engine: 'docker', directory }))).toMatchObject({ code: 'DockerMissing' });
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(existsSync(directory)).toBe(false);
  });

  test('another topology than the directory’s is refused', async () => {
    await start();
    const other = { ...SMALL, channel: 'elsewhere' };
    expect(await refusal(up({ engine: 'embedded', directory, topology: other }))).toMatchObject({
      code: 'TopologyDiffers',
    });
  });

  test('a topology that is not named is the directory’s own', async () => {
    await start();
    expect(await up({ engine: 'embedded', directory })).toMatchObject({ state: 'already-running' });
  });

  test('an engine that is not named is the directory’s own', async () => {
    await start();
    expect(await up({ directory })).toMatchObject({ state: 'already-running' });
  });

  test('a purge removes a network that is down, and no other', async () => {
    await start();
    expect(await refusal(purge({ directory }))).toMatchObject({ code: 'NetworkRunning' });
    await down({ directory });
    expect(await purge({ directory })).toEqual({ removed: true });
    expect(existsSync(directory)).toBe(false);
  });
});

describe('what was killed', () => {
  test('an up killed while it makes identities leaves nothing in the directory’s place, and the next one clears up', async () => {
    const script = `require(${JSON.stringify(join(__dirname, '..', '..', 'index.js'))})
      .up({ engine: 'embedded', directory: ${JSON.stringify(directory)} })`;
    const killed = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    const leftOver = (): string[] => readdirSync(join(directory, '..')).filter((name) => name.includes('making'));
    expect(await poll(20_000, () => leftOver().length > 0)).toBe(true);
    await kill(killed);
    expect(existsSync(directory)).toBe(false);
    expect(leftOver()).toHaveLength(1);
    expect(await start()).toMatchObject({ state: 'started', made: true });
    expect(leftOver()).toHaveLength(0);
  });

  test('an up killed while the engine starts leaves no engine behind', async () => {
    const script = `require(${JSON.stringify(join(__dirname, '..', '..', 'index.js'))}).up({
      engine: 'embedded', directory: ${JSON.stringify(directory)}, onProgress: ({ step }) => console.log(step) })`;
    const killed = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    for await (const piece of killed.stdout) {
      said += String(piece);
      if (said.includes('starting-engine')) killed.kill('SIGKILL');
    }
    expect(said).toContain('starting-engine');
    expect(await up({ engine: 'embedded', directory, chaincodeProgram })).toMatchObject({ made: false });
    expect(await status({ directory })).toMatchObject({ state: 'running' });
  });

  test('an engine killed with -9 takes its chaincode with it, and up starts both again', async () => {
    const { pid } = await start();
    const note = join(directory, 'chaincode', 'tls', 'server-key.pem.pid');
    expect(await poll(10_000, () => existsSync(note) && readFileSync(note, 'utf8') !== '')).toBe(true);
    const chaincode = Number(readFileSync(note, 'utf8'));
    process.kill(pid, 'SIGKILL');
    expect(await poll(10_000, () => !isRunning(chaincode))).toBe(true);
    expect(await status({ directory })).toMatchObject({ state: 'stopped' });
    expect(await start()).toMatchObject({ state: 'started', made: false });
  });

  test('a chaincode that ends is started again', async () => {
    await start();
    const note = join(directory, 'chaincode', 'tls', 'server-key.pem.pid');
    expect(await poll(10_000, () => existsSync(note) && readFileSync(note, 'utf8') !== '')).toBe(true);
    const first = readFileSync(note, 'utf8');
    process.kill(Number(first), 'SIGKILL');
    const again = (): boolean => !['', first].includes(readFileSync(note, 'utf8'));
    expect(await poll(10_000, again)).toBe(true);
  });

  test('a lock that a killed operation left is taken over', async () => {
    await start();
    writeFileSync(new NetworkFiles(directory).lock, '999999999');
    expect(await down({ directory })).toEqual({ state: 'stopped' });
  });

  test('a process that was given the number of an engine that ended is not ended', async () => {
    await start();
    const files = new NetworkFiles(directory);
    const record = JSON.parse(readFileSync(files.process, 'utf8')) as Record<string, unknown>;
    await down({ directory });
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    writeFileSync(files.process, JSON.stringify({ ...record, pid: bystander.pid }));
    expect(await down({ directory })).toEqual({ state: 'not-running' });
    expect(isRunning(bystander.pid ?? 0)).toBe(true);
    await kill(bystander);
  });
});

describe('a directory that is not a whole network is refused and left as it is', () => {
  test('one without its record', async () => {
    mkdirSync(join(directory, 'organisations'), { recursive: true });
    const operations = [
      start,
      async () => down({ directory }),
      async () => status({ directory }),
      async () => purge({ directory }),
    ];
    for (const operation of operations) {
      const error = await refusal(operation());
      expect(error.code).toBe('NetworkDirectoryIncomplete');
      expect(error.remedy).toContain(`Remove ${directory}`);
    }
    expect(readdirSync(directory)).toEqual(['organisations']);
    rmSync(directory, { recursive: true });
  });

  test('one whose record is cut off', async () => {
    mkdirSync(directory);
    writeFileSync(new NetworkFiles(directory).record, '{"format":1,');
    expect(await refusal(start())).toMatchObject({ code: 'NetworkDirectoryIncomplete' });
    rmSync(directory, { recursive: true });
  });

  test('one that lacks a key: the file is named', async () => {
    await start();
    await down({ directory });
    const alpha = findOrganisation(SMALL, 'AlphaMSP');
    const key = signingKeyFile(new OrganisationFiles(directory, alpha ?? fail()).user('user1'));
    unlinkSync(key);
    const error = await refusal(start());
    expect(error.code).toBe('NetworkDirectoryIncomplete');
    expect(error.message).toContain(key);
  });

  test('but an empty one is filled', async () => {
    mkdirSync(directory);
    expect(await start()).toMatchObject({ state: 'started', made: true });
  });
});

test('a port in use is named with its owner, and nothing is left running', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const organisations = SMALL.organisations
    .filter(hasPeer)
    .map((one) => (one.mspId === 'AlphaMSP' ? { ...one, peer: { ...one.peer, port } } : one));
  const request = { engine: 'embedded', directory, topology: { ...SMALL, organisations }, chaincodeProgram } as const;
  const error = await refusal(up(request));
  expect(error).toMatchObject({ code: 'PortInUse', payload: { port, owner: 'peer0.alpha.market.example' } });
  expect(error.remedy).toContain(port.toString());
  expect(await status({ directory })).toMatchObject({ state: 'stopped' });
  server.close();
  await once(server, 'close');
  expect(await up(request)).toMatchObject({ state: 'started', made: false });
});

test('an engine that cannot start is told with the end of its log, and nothing is left running', async () => {
  await start();
  await down({ directory });
  const files = new NetworkFiles(directory);
  rmSync(files.data, { recursive: true });
  writeFileSync(files.data, 'in the way');
  const error = await refusal(start());
  expect(error.code).toBe('EngineStartFailed');
  expect(error.message).toContain('EEXIST');
  expect(error.payload['log']).toBe(files.engineLog);
  expect(await status({ directory })).toMatchObject({ state: 'stopped' });
});

describe('a profile', () => {
  test('has all that a gateway client needs', async () => {
    await start();
    const profile = exportProfile({ directory, mspId: 'AlphaMSP' });
    expect(profile).toMatchObject({ mspId: 'AlphaMSP', channel: 'market', chaincode: 'market' });
    const peer = (await status({ directory })).organisations.find(({ mspId }) => mspId === 'AlphaMSP')?.peer;
    expect(profile.endpoint).toBe(peer);
    for (const text of [profile.cert, profile.tlsRootCert]) expect(text).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(profile.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  test('of an unknown organisation or user is refused with the known ones', async () => {
    await start();
    const unknown = (mspId: string, user?: string) => async () =>
      Promise.resolve(exportProfile({ directory, mspId, ...(user === undefined ? {} : { user }) }));
    expect(await refusal(unknown('DeltaMSP')())).toMatchObject({
      code: 'OrganisationUnknown',
      payload: { known: ['ExchangeMSP', 'AlphaMSP'] },
    });
    expect(await refusal(unknown('AlphaMSP', 'nobody')())).toMatchObject({ code: 'UserUnknown' });
  });

  test('of a network that is not there', () => {
    expect(() => exportProfile({ directory, mspId: 'AlphaMSP' })).toThrow(
      expect.objectContaining({ code: 'NetworkDirectoryAbsent' }),
    );
  });
});

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function fail(): never {
  throw new Error('what the test needs is not there');
}
