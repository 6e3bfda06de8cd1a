import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  const [message] = (await once(child, 'message')) as unknown[];
  if (!isWorkerMessage(message) || message.kind !== 'listening') throw new Error('not what was expected');
  return message.port;
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
});
