import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { isWorkerMessage } from './heartbeat';
import { ScriptedPeer } from './tools/scripted-peer';

const started: ChildProcess[] = [];

function start(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(__dirname, 'main.js')], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  started.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (output.text += data.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output, ended };
}

async function portOf(child: ChildProcess): Promise<number> {
  for (;;) {
    const [message] = (await once(child, 'message')) as unknown[];
    if (!isWorkerMessage(message)) throw new Error('not what was expected');
    if (message.kind === 'listening') return message.port;
    // It has ended, and the next one will serve.
    expect(message.kind).toBe('ended');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function metricsAt(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port.toString()}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

const plain = {
  CHAINCODE_ID: 'market:1',
  CHAINCODE_SERVER_ADDRESS: '127.0.0.1:0',
  CHAINCODE_TLS_DISABLED: 'true',
  KESSAI_FOUNDERS: 'ExchangeMSP',
};

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('the chaincode program', () => {
  test('without its environment says what is missing and exits with 2', async () => {
    const { output, ended } = start({});
    expect(await ended).toBe(2);
    expect(output.text).toMatch(/^kessai-chaincode: CHAINCODE_ID is not set/);
  });

  test('does not start in plaintext unless it is told to', async () => {
    const { output, ended } = start({ ...plain, CHAINCODE_TLS_DISABLED: '' });
    expect(await ended).toBe(2);
    expect(output.text).toContain('CHAINCODE_TLS_KEY_FILE is not set');
  });

  test('serves peers, and ends on SIGTERM with nothing left behind', async () => {
    const { child, output, ended } = start(plain);
    const port = await portOf(child);
    const peer = await ScriptedPeer.connect(port);
    peer.close();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output.text).toContain(`serves on port ${port.toString()} `);
    await expect(ScriptedPeer.connect(port)).rejects.toThrow();
  });

  test('ends with its parent', async () => {
    const { child, ended } = start(plain);
    const port = await portOf(child);
    child.disconnect();
    expect(await ended).toBe(0);
    await expect(ScriptedPeer.connect(port)).rejects.toThrow();
  });

  test('tells Prometheus of the process that serves and of the one that watches it, and how often the first one has ended', async () => {
    const metricsPort = await freePort();
    const { child, output } = start({ ...plain, KESSAI_METRICS_ADDRESS: `127.0.0.1:${metricsPort.toString()}` });
    await portOf(child);
    const told = await metricsAt(metricsPort);
    for (const line of [
      /^kessai_chaincode_serving\{process="supervisor"\} 1$/m,
      /^kessai_chaincode_worker_ends_total\{process="supervisor"\} 0$/m,
      /^kessai_chaincode_transactions_in_flight\{process="worker"\} 0$/m,
      /^process_cpu_seconds_total\{process="worker"\} [0-9.]+$/m,
      /^process_resident_memory_bytes\{process="supervisor"\} [0-9]+$/m,
      /^nodejs_eventloop_lag_p99_seconds\{process="worker"\} [0-9.e-]+$/m,
    ])
      expect(told).toMatch(line);
    expect(told.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
    process.kill(Number(/process (\d+) serves/.exec(output.text)?.[1]), 'SIGKILL');
    await portOf(child);
    expect(await metricsAt(metricsPort)).toContain('kessai_chaincode_worker_ends_total{process="supervisor"} 1');
  });

  test('serves peers though another program has the port of its metrics, and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const { child, output } = start({ ...plain, KESSAI_METRICS_ADDRESS: `127.0.0.1:${taken.toString()}` });
    const peer = await ScriptedPeer.connect(await portOf(child));
    peer.close();
    other.close();
    expect(output.text).toContain(`metrics cannot be served on 127.0.0.1:${taken.toString()} (EADDRINUSE)`);
  });

  test('leaves no line of its log that is not JSON where JSON is asked for, however it ends', async () => {
    const asked = { KESSAI_LOG_FORMAT: 'json', KESSAI_PROCESS_NAME: 'chaincode.alpha.market.example' };
    const { child, output, ended } = start({ ...plain, ...asked });
    const port = await portOf(child);
    process.kill(Number(/process (\d+) serves/.exec(output.text)?.[1]), 'SIGKILL');
    await portOf(child);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const lines = output.text.trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    for (const entry of entries) {
      expect(entry).toMatchObject({ process: 'chaincode.alpha.market.example', pid: expect.any(Number) });
      expect(entry['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    expect(entries[0]).toMatchObject({ level: 'info', fields: { port } });
    expect(entries).toContainEqual(expect.objectContaining({ level: 'error', fields: { how: 'SIGKILL' } }));
  });

  test('says in JSON too what its environment lacks, with the variable', async () => {
    const { output, ended } = start({ KESSAI_LOG_FORMAT: 'json' });
    expect(await ended).toBe(2);
    expect(JSON.parse(output.text)).toMatchObject({
      level: 'error',
      process: 'chaincode',
      message: expect.stringContaining('CHAINCODE_ID is not set'),
      fields: { variable: 'CHAINCODE_ID' },
    });
  });
});
