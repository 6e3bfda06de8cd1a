import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../support/until';
import { root } from './house';

const limitMs = 60_000;
const startMs = 40_000;
const endMs = 30_000;

let place: string;
let own: readonly number[];

/** A house whose one test starts a node as a network does, with a process of its own below it, and then hangs. */
beforeEach(() => {
  own = [];
  place = mkdtempSync(join(tmpdir(), 'kessai-killed-run-'));
  mkdirSync(join(place, 'scripts'));
  mkdirSync(join(place, '.ci'));
  for (const name of ['test.mjs', 'skipped.mjs', 'jest-reporter.mjs']) {
    cpSync(join(root, 'scripts', name), join(place, 'scripts', name));
  }
  cpSync(join(root, '.ci', 'run'), join(place, '.ci', 'run'));
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
  const scripts = { test: 'true && node scripts/test.mjs', check: 'true' };
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'house', private: true, scripts }));
  writeFileSync(join(place, 'package-lock.json'), '{}');
  writeFileSync(
    join(place, 'jest.config.mjs'),
    'export default { testMatch: ["**/hanging.cjs"], transform: {}, testTimeout: 60000 };',
  );
  writeFileSync(join(place, 'hanging.cjs'), hangingTest());
});

afterEach(() => {
  for (const pid of own.filter(runs)) process.kill(pid, 'SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

function hangingTest(): string {
  const nodeProcess = JSON.stringify(join(root, 'network', 'dist', 'directory', 'node-process.js'));
  const file = JSON.stringify(join(place, 'pids'));
  const node = `
    const { spawn } = require('node:child_process');
    const below = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
    require('node:fs').writeFileSync(${file} + '.new', JSON.stringify([process.pid, below.pid]));
    require('node:fs').renameSync(${file} + '.new', ${file});
    setInterval(() => {}, 1000);`;
  return `
    const { join } = require('node:path');
    const { startProcess } = require(${nodeProcess});
    test('hangs', async () => {
      const files = { processes: join(__dirname, 'processes'), nodeLog: (name) => join(__dirname, 'logs', name) };
      await startProcess(files, 'peer0', { program: process.execPath, args: ['-e', ${JSON.stringify(node)}], environment: {} });
      await new Promise(() => {});
    });`;
}

/** Starts a run, and returns when its test has started what is to outlive it. */
async function started(program: string, ...args: readonly string[]): Promise<ChildProcess> {
  const env = { ...process.env };
  delete env['npm_lifecycle_event'];
  const run = spawn(program, args, { cwd: place, env, stdio: 'ignore', detached: true });
  await until(startMs, 'the test to start its processes', () => existsSync(join(place, 'pids')));
  own = JSON.parse(readFileSync(join(place, 'pids'), 'utf8')) as readonly number[];
  expect(own.filter(runs)).toEqual(own);
  return run;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function expectEnded(run: ChildProcess): Promise<void> {
  if (run.exitCode === null && run.signalCode === null) await once(run, 'exit');
  await until(endMs, 'what the test started to end', () => own.filter(runs).length === 0);
}

describe('a run of tests that is told to end leaves none of the nodes that its tests have started', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s to the script',
    async (signal) => {
      const run = await started(process.execPath, join('scripts', 'test.mjs'));
      run.kill(signal);
      await expectEnded(run);
      expect(run.exitCode).toBe(1);
    },
    limitMs,
  );

  test(
    'by SIGTERM to npm alone, whose shell does not hand it on',
    async () => {
      const run = await started('npm', 'test');
      run.kill('SIGTERM');
      await expectEnded(run);
    },
    limitMs,
  );

  test.each(['SIGTERM', 'SIGHUP'] as const)(
    'by %s to .ci/run',
    async (signal) => {
      const run = await started('bash', join('.ci', 'run'));
      run.kill(signal);
      await expectEnded(run);
    },
    limitMs,
  );
});
