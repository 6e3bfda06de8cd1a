import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from '../../directory/network-files';
import { openNetwork } from '../../directory/open-network';
import { isRunning } from '../../directory/process-identity';
import { poll } from '../../poll';
import { readTopology } from '../../topology';
import {
  down,
  logs,
  metricsTargets,
  purge,
  readLog,
  renewCertificates,
  restore,
  schedulerTelemetry,
  snapshot,
  status,
  up,
} from '../index';
import type { Schedulers, UpResult } from '../index';

// Two operators and a member. Neither the chaincode nor the scheduler is the real one: they only say that they run.
const whole = readTopology();
const topology = {
  ...whole,
  organisations: whole.organisations.filter(({ mspId }) => ['ExchangeMSP', 'CsdMSP', 'AlphaMSP'].includes(mspId)),
};
const EXCHANGE = 'scheduler.exchange.market.example';
const CSD = 'scheduler.csd.market.example';
const SCHEDULER = `
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const args = process.argv.slice(2);
console.log('runs', ...args);
process.once('SIGTERM', () => {
  console.log('ends while the engine', existsSync(join(args[4], 'process.json')) ? 'runs' : 'is down');
  process.exit(0);
});
setInterval(() => undefined, 1000);
`;

const CHAINCODE = `
const told = ['KESSAI_PROCESS_NAME', 'KESSAI_LOG_FORMAT', 'KESSAI_METRICS_ADDRESS'].map((name) => process.env[name]);
console.log(JSON.stringify({ message: told.join(' ') }));
setInterval(() => undefined, 1000);
`;

let parent: string;
let directory: string;
let chaincodeProgram: string;
let schedulers: Schedulers;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-schedulers-'));
  chaincodeProgram = join(parent, 'chaincode.js');
  writeFileSync(chaincodeProgram, CHAINCODE);
  schedulers = { program: join(parent, 'scheduler.js') };
  writeFileSync(schedulers.program, SCHEDULER);
});

beforeEach(() => {
  directory = join(mkdtempSync(join(parent, 'case-')), 'network');
});

afterEach(async () => {
  await down({ directory });
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

async function start(with_ = schedulers): Promise<UpResult> {
  const result = await up({ engine: 'embedded', directory, topology, chaincodeProgram, schedulers: with_ });
  for (const name of Object.keys(result.schedulers ?? {})) {
    expect(await poll(10_000, () => said(name).includes('runs'))).toBe(true);
  }
  return result;
}

function said(name: string): string {
  const file = new NetworkFiles(directory).nodeLog(name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function kill(pid: number | undefined): Promise<void> {
  process.kill(pid ?? 0, 'SIGKILL');
  expect(await poll(10_000, () => !isRunning(pid ?? 0))).toBe(true);
}

describe('the schedulers of operators', () => {
  test('are started with the network, one for each operator, and not a second time', async () => {
    const first = await start();
    expect(Object.keys(first.schedulers ?? {}).sort()).toEqual([CSD, EXCHANGE]);
    expect(said(CSD)).toBe(`runs operate --as CsdMSP --dir ${directory}\n`);
    expect(await start()).toEqual({ ...first, state: 'already-running', made: false });
    expect(said(CSD).match(/runs/g)).toHaveLength(1);
  });

  test('are told of by status, with what they use, and have logs', async () => {
    const { schedulers: started } = await start();
    const { state, schedulers: known, resources } = await status({ directory });
    expect({ state, known }).toEqual({ state: 'running', known: started });
    expect(resources?.nodes[CSD]?.residentBytes).toBeGreaterThan(1_000_000);
    const { scheduler } = resources?.groups ?? {};
    expect(scheduler?.residentBytes).toBeGreaterThan(resources?.nodes[CSD]?.residentBytes ?? Infinity);
    expect(scheduler?.dataBytes).toBe(0);
    expect(logs({ directory }).filter(({ kind }) => kind === 'scheduler')).toMatchObject([
      { name: EXCHANGE, mspId: 'ExchangeMSP' },
      { name: CSD, mspId: 'CsdMSP' },
    ]);
    expect(readLog({ directory, node: CSD, lines: 1 }).lines).toEqual([expect.stringContaining('--as CsdMSP')]);
  });

  test('one that has died is told of, and started again by the next up', async () => {
    const { schedulers: started } = await start();
    await kill(started?.[CSD]);
    expect(await status({ directory })).toMatchObject({ state: 'degraded', schedulers: { ...started, [CSD]: null } });
    const again = await start();
    expect(again).toMatchObject({ state: 'started', schedulers: { [EXCHANGE]: started?.[EXCHANGE] } });
    expect(again.schedulers?.[CSD]).not.toBe(started?.[CSD]);
    expect(await status({ directory })).toMatchObject({ state: 'running', schedulers: again.schedulers });
  });

  test('an up without them leaves those that run, and no longer misses those that do not', async () => {
    const { schedulers: started } = await start();
    await kill(started?.[CSD]);
    const left = { [EXCHANGE]: started?.[EXCHANGE] };
    expect(await up({ directory })).toMatchObject({ state: 'already-running', schedulers: left });
    const { state, schedulers: known } = await status({ directory });
    expect({ state, known }).toEqual({ state: 'running', known: left });
  });

  test('end before the network does', async () => {
    const { schedulers: started } = await start();
    expect(await down({ directory })).toEqual({ state: 'stopped' });
    for (const [name, pid] of Object.entries(started ?? {})) {
      expect(isRunning(pid)).toBe(false);
      expect(said(name)).toContain('ends while the engine runs');
    }
    expect((await status({ directory })).schedulers).toBeUndefined();
    expect(await down({ directory })).toEqual({ state: 'not-running' });
  });

  test('are ended by down where nothing else runs any more, and until then nothing is removed or restored', async () => {
    const { pid, schedulers: started } = await start();
    await snapshot({ directory, name: 'before', chaincodeProgram });
    await kill((await status({ directory })).pid ?? pid);
    await expect(purge({ directory })).rejects.toMatchObject({ code: 'NetworkRunning' });
    await expect(restore({ directory, name: 'before' })).rejects.toMatchObject({ code: 'NetworkRunning' });
    expect(await down({ directory })).toEqual({ state: 'stopped' });
    expect(Object.values(started ?? {}).filter(isRunning)).toEqual([]);
    await restore({ directory, name: 'before' });
    expect(await purge({ directory })).toEqual({ removed: true });
  });

  test('run on while a snapshot is taken', async () => {
    const { pid, schedulers: started } = await start();
    await snapshot({ directory, name: 'before', chaincodeProgram });
    const after = await status({ directory });
    expect(after).toMatchObject({ state: 'running', schedulers: started });
    expect(after.pid).not.toBe(pid);
  });

  test('are started anew where their operator’s users have got other certificates', async () => {
    const { schedulers: started } = await start();
    const { restarted } = await renewCertificates({ directory, mspIds: ['CsdMSP'], withinDays: 4_000 });
    expect(restarted).toContain(CSD);
    expect(restarted).not.toContain(EXCHANGE);
    const { schedulers: now } = await status({ directory });
    expect(now?.[EXCHANGE]).toBe(started?.[EXCHANGE]);
    expect(now?.[CSD]).not.toBe(started?.[CSD]);
    expect(await poll(10_000, () => said(CSD).match(/runs operate --as CsdMSP/g)?.length === 2)).toBe(true);
  });

  test('whose program is not there are refused before anything is made', async () => {
    const program = join(parent, 'nowhere.js');
    await expect(start({ program })).rejects.toMatchObject({
      code: 'SchedulerProgramMissing',
      payload: { program },
      remedy: expect.stringContaining('npm run build'),
    });
    expect(existsSync(directory)).toBe(false);
  });
});

describe('what the processes of an embedded network tell of themselves', () => {
  test('Prometheus finds each at a port of its own, the engine with what stands in its blocks', async () => {
    await start();
    const targets = metricsTargets({ directory });
    expect(targets.map(({ name, kind, mspId, tls }) => ({ name, kind, mspId, tls }))).toEqual([
      { name: 'engine', kind: 'engine', mspId: undefined, tls: undefined },
      { name: 'chaincode', kind: 'chaincode', mspId: undefined, tls: undefined },
      { name: EXCHANGE, kind: 'scheduler', mspId: 'ExchangeMSP', tls: undefined },
      { name: CSD, kind: 'scheduler', mspId: 'CsdMSP', tls: undefined },
    ]);
    expect(new Set(targets.map(({ address }) => address)).size).toBe(targets.length);
    for (const { address } of targets) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    const response = await fetch(`http://${targets[0]?.address ?? ''}/metrics`);
    const told = await response.text();
    expect(told).toMatch(/^kessai_engine_ledger_height 1$/m);
    expect(told).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(readLog({ directory, node: 'chaincode', lines: 1 }).lines).toEqual([
      JSON.stringify({ message: `chaincode text ${targets[1]?.address ?? ''}` }),
    ]);
  });

  test('an engine that was killed comes back while schedulers serve their metrics', async () => {
    const { pid } = await start();
    const { metrics } = schedulerTelemetry({ directory, mspId: 'CsdMSP' });
    const served = createServer().listen(metrics?.port, metrics?.host);
    await once(served, 'listening');
    try {
      await kill(pid);
      expect(await start()).toMatchObject({ state: 'started' });
    } finally {
      served.close();
    }
  });

  test('a network of an earlier release tells nothing until it is brought up, and then all of it', async () => {
    await start();
    await down({ directory });
    const { files, record } = openNetwork(directory);
    const ports = Object.fromEntries(Object.entries(record.ports).filter(([name]) => !name.startsWith('metrics.')));
    writeFileSync(files.record, JSON.stringify({ ...record, ports }));
    expect(metricsTargets({ directory })).toEqual([]);
    expect(schedulerTelemetry({ directory, mspId: 'CsdMSP' }).metrics).toBeUndefined();
    await start();
    expect(metricsTargets({ directory })).toHaveLength(4);
    expect(openNetwork(directory).record.ports).toMatchObject(ports);
  });

  test('logs are JSON from the up that asks for it until one asks for text, whoever starts a process meanwhile', async () => {
    const request = { engine: 'embedded' as const, directory, topology, chaincodeProgram };
    const engineLog = (): readonly Record<string, unknown>[] =>
      readLog({ directory, node: 'engine', lines: 1 }).lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const chaincodeTold = (): string => readLog({ directory, node: 'chaincode', lines: 1 }).lines[0] ?? '';
    await up({ ...request, logFormat: 'json' });
    const ready = { level: 'info', process: 'engine', message: expect.stringMatching(/^ready, process \d+$/) };
    expect(engineLog()).toEqual([expect.objectContaining(ready)]);
    expect(await poll(10_000, () => chaincodeTold().includes('chaincode json'))).toBe(true);
    expect(schedulerTelemetry({ directory, mspId: 'CsdMSP' }).log).toEqual({ format: 'json', process: CSD });
    await snapshot({ directory, name: 'monday', chaincodeProgram });
    expect(engineLog()).toEqual([expect.objectContaining(ready)]);
    await down({ directory });
    await up(request);
    expect(engineLog()).toEqual([expect.objectContaining(ready)]);
    await down({ directory });
    await up({ ...request, logFormat: 'text' });
    expect(readLog({ directory, node: 'engine', lines: 1 }).lines).toEqual([
      expect.stringMatching(/^\S+Z info {2}ready, process \d+$/),
    ]);
  });
});
