import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkFiles } from './network-files';
import { poll } from '../poll';
import { isRunning } from './process-identity';
import { endProcesses, runningProcesses, START_WHEN_NOTED, startProcess } from './node-process';

let files: NetworkFiles;

beforeEach(() => {
  files = new NetworkFiles(mkdtempSync(join(tmpdir(), 'kessai-processes-')));
});

afterEach(async () => {
  await endProcesses(files, [...runningProcesses(files).values()]);
  rmSync(files.directory, { recursive: true, force: true });
});

const waiting = {
  program: process.execPath,
  args: ['-e', 'console.log("here"); setInterval(() => {}, 1000)'],
  environment: {},
};

describe('a node’s process', () => {
  test('is noted with what tells it from a later one of its number, and writes to its own log', async () => {
    const started = await startProcess(files, 'peer0', waiting);
    expect(runningProcesses(files).get('peer0')).toEqual(started);
    expect(await poll(10_000, () => readFileSync(files.nodeLog('peer0'), 'utf8') === 'here\n')).toBe(true);
  });

  test('that was killed is no longer among those that run', async () => {
    const { pid } = await startProcess(files, 'peer0', waiting);
    process.kill(pid, 'SIGKILL');
    expect(await poll(10_000, () => !runningProcesses(files).has('peer0'))).toBe(true);
  });

  test('is ended by force when it does not end by itself', async () => {
    const deaf = 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)';
    const started = await startProcess(files, 'peer0', { ...waiting, args: ['-e', deaf] });
    await poll(10_000, () => readFileSync(files.nodeLog('peer0'), 'utf8') === 'deaf\n');
    await endProcesses(files, [started], { graceMs: 100 });
    expect(isRunning(started.pid)).toBe(false);
    expect(runningProcesses(files).size).toBe(0);
  });

  test.each([
    ['that would change Fabric’s configuration', 'CORE_PEER_ADDRESS'],
    ['that hold its starter’s secrets', 'VAULT_TOKEN'],
    ['of its starter’s session', 'SSH_AUTH_SOCK'],
    ['of other programs of its starter', 'AWS_SECRET_ACCESS_KEY'],
  ])('gets none of the variables %s', async (_, name) => {
    process.env[name] = 'secret';
    try {
      const args = [
        '-e',
        `console.log(process.env.${name}, process.env.FABRIC_CFG_PATH, process.env.PATH !== undefined)`,
      ];
      await startProcess(files, 'peer0', { ...waiting, args, environment: { FABRIC_CFG_PATH: 'here' } });
      expect(await poll(10_000, () => readFileSync(files.nodeLog('peer0'), 'utf8') === 'undefined here true\n')).toBe(
        true,
      );
    } finally {
      Reflect.deleteProperty(process.env, name);
    }
  });
});

test('a process of another start time is left alone: its number was given to somebody else', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const { pid } = await startProcess(files, 'peer0', waiting);
    const file = join(files.processes, 'peer0.json');
    const noted = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    writeFileSync(file, JSON.stringify({ ...noted, pid: other.pid, started: 'long ago' }));
    expect(runningProcesses(files).size).toBe(0);
    process.kill(pid, 'SIGKILL');
    expect(isRunning(other.pid ?? 0)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});

test('a program does not start when its starter ended before it was noted', async () => {
  const mark = join(files.directory, 'started');
  // The same start as a starter's that dies between the two: the shell waits for a word that never comes.
  const shell = spawn('/bin/sh', ['-c', START_WHEN_NOTED, 'sh', 'touch', mark], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve));
  shell.stdin.end();
  expect(await ended).not.toBe(0);
  expect(existsSync(mark)).toBe(false);
});
