import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Supervisor } from './supervisor';

let directory: string;
let supervisor: Supervisor | undefined;
let logged: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-supervisor-'));
  logged = [];
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true });
});

/** Supervises a program of the test's own. Each worker that serves is one item; the next is awaited with `next`. */
function supervise(source: string, watchdogMs = 1_000) {
  const program = join(directory, 'worker.js');
  const heartbeat = JSON.stringify(join(__dirname, 'heartbeat.js'));
  writeFileSync(program, `const { startBeating, tellSupervisor } = require(${heartbeat});\n${source}`);
  const pids: number[] = [];
  let wake: (() => void) | undefined;
  const made = new Supervisor({
    program,
    environment: process.env,
    watchdogMs,
    graceMs: 1_000,
    log: (_level, text) => logged.push(text),
    onListening: () => {
      pids.push(made.workerPid ?? 0);
      wake?.();
    },
  });
  supervisor = made;
  made.start();
  let seen = 0;
  return async (): Promise<number> => {
    while (pids.length === seen) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    seen += 1;
    return pids[seen - 1] ?? 0;
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const serving = "startBeating(20); tellSupervisor({ kind: 'listening', port: 1 });";

describe('the supervisor', () => {
  test('replaces a worker that never gives its event loop back', async () => {
    const next = supervise(`${serving} setTimeout(() => { for (;;); }, 50);`);
    const [stuck, fresh] = [await next(), await next()];
    expect(fresh).not.toBe(stuck);
    expect(isAlive(stuck)).toBe(false);
    expect(logged[0]).toMatch(new RegExp(`worker ${stuck.toString()} was silent for 1000 ms`));
  });

  test('leaves alone a worker that beats, for longer than the silence that it allows', async () => {
    const next = supervise(`${serving} setTimeout(() => tellSupervisor({ kind: 'listening', port: 2 }), 2500);`, 1_500);
    expect(await next()).toBe(await next());
    expect(logged).toEqual([]);
  });

  test('replaces a worker that dies, after a pause that grows', async () => {
    const next = supervise(`${serving} setTimeout(() => process.exit(3), 10);`);
    const pids = [await next(), await next(), await next()];
    expect(new Set(pids).size).toBe(3);
    expect(logged.slice(0, 2)).toEqual([
      'the worker ended (exit code 3); the next starts in 100 ms',
      'the worker ended (exit code 3); the next starts in 200 ms',
    ]);
  });

  test('asked to stop, lets the worker end by itself and starts no other', async () => {
    const next = supervise(`${serving} process.on('SIGTERM', () => process.exit(0));`);
    const pid = await next();
    await supervisor?.stop();
    expect(isAlive(pid)).toBe(false);
    expect(supervisor?.workerPid).toBeUndefined();
    expect(logged).toEqual([]);
  });

  test('asked to stop, ends a worker that will not', async () => {
    const next = supervise(`${serving} process.on('SIGTERM', () => undefined);`);
    const pid = await next();
    await supervisor?.stop();
    expect(isAlive(pid)).toBe(false);
  });
});
