import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Supervisor } from './supervisor';
import { ScriptedPeer } from './tools/scripted-peer';

let directory: string;
let supervisor: Supervisor | undefined;
let logged: string[];
let ends: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-supervisor-'));
  logged = [];
  ends = 0;
});

afterEach(async () => {
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(directory, { recursive: true });
});

/** Supervises a program of the test's own. Each worker that serves is one item; the next is awaited with `next`. */
function supervise(source: string, watchdogMs = 1_000) {
  const program = join(directory, 'worker.js');
  const given = `const { startBeating, tellSupervisor } = require(${pathOf('heartbeat.js')});
    const { ExecutionNotes } = require(${pathOf('execution-record.js')});
    const notes = ExecutionNotes.of(process.env);`;
  writeFileSync(program, `${given}\n${source}`);
  const workers: Worker[] = [];
  let wake: (() => void) | undefined;
  const made = new Supervisor({
    program,
    environment: process.env,
    watchdogMs,
    instructionMs: 500,
    graceMs: 1_000,
    log: (_level, text) => logged.push(text),
    onListening: (port) => {
      workers.push({ pid: made.workerPid ?? 0, port });
      wake?.();
    },
    onEnded: () => {
      ends += 1;
    },
  });
  supervisor = made;
  made.start();
  let seen = 0;
  return async (): Promise<Worker> => {
    for (;;) {
      const worker = workers[seen];
      if (worker) {
        seen += 1;
        return worker;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

interface Worker {
  readonly pid: number;
  readonly port: number;
}

function pathOf(module: string): string {
  return JSON.stringify(join(__dirname, module));
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
    const [{ pid: stuck }, { pid: fresh }] = [await next(), await next()];
    expect(fresh).not.toBe(stuck);
    expect(isAlive(stuck)).toBe(false);
    expect(logged[0]).toMatch(new RegExp(`worker ${stuck.toString()} was silent for 1000 ms`));
  });

  test('lets a peer whose transaction was stuck see it fail, and serves it again', async () => {
    const next = supervise(`
      const { serve } = require(${pathOf('server.js')});
      const Invoke = async (stub) => {
        if (stub.getArgs()[0] === 'loop') for (;;);
        return { status: 200, payload: Buffer.from('answered') };
      };
      startBeating(20);
      serve({ Init: Invoke, Invoke }, { packageId: 'market:1', address: '127.0.0.1:0' })
        .then(({ port }) => tellSupervisor({ kind: 'listening', port }));
    `);
    const call = { mspId: 'AMSP', certificate: new Uint8Array(), time: '2023-03-01T00:00:00.000Z', txId: '1' };
    const before = await ScriptedPeer.connect((await next()).port);
    await expect(before.execute({ ...call, arguments: ['loop'] })).rejects.toThrow();
    before.close();
    const after = await ScriptedPeer.connect((await next()).port);
    expect(await after.execute({ ...call, arguments: ['more'] })).toMatchObject({ status: 200, payload: 'answered' });
    after.close();
  });

  test('leaves alone a worker that beats, for longer than the silence that it allows', async () => {
    const next = supervise(`${serving} setTimeout(() => tellSupervisor({ kind: 'listening', port: 2 }), 2500);`, 1_500);
    expect((await next()).pid).toBe((await next()).pid);
    expect(logged).toEqual([]);
  });

  test('tells metrics without those of a worker that does not answer, or that ends while it is asked', async () => {
    const next = supervise(`${serving} setTimeout(() => process.exit(3), 3500);`);
    expect(supervisor?.isServing).toBe(false);
    await next();
    const asked = performance.now();
    expect([supervisor?.isServing, await supervisor?.workerMetrics()]).toEqual([true, undefined]);
    expect(performance.now() - asked).toBeLessThan(3_000);
    const cutOff = supervisor?.workerMetrics();
    await next();
    expect(await cutOff).toBeUndefined();
    expect(ends).toBe(1);
  });

  test('replaces a worker that dies, says so, and lets the pause before the next one grow', async () => {
    const next = supervise(`${serving} setTimeout(() => process.exit(3), 10);`);
    const pids = [await next(), await next(), await next()].map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(3);
    expect(ends).toBe(2);
    expect(logged.slice(0, 2)).toEqual([
      'the worker ended (exit code 3); the next starts in 100 ms',
      'the worker ended (exit code 3); the next starts in 200 ms',
    ]);
  });

  const executingOnce = (ending: string): string => `
    const poison = { member: 'AMSP', transactionId: 'f'.repeat(64) };
    const ends = notes.endedBy(poison);
    startBeating(20);
    tellSupervisor({ kind: 'listening', port: 1 + ends });
    if (ends < 3) setTimeout(() => { notes.executing({ member: 'BMSP', transactionId: 'e'.repeat(64) }); notes.executing(poison); ${ending} }, 10);
  `;

  test.each([
    ['died', 'process.exit(3);'],
    ['never came to its end', 'for (;;);'],
  ])(
    'tells the next worker which submission was executed when one %s, and starts it without delay',
    async (_how, ending) => {
      const next = supervise(executingOnce(ending), 60_000);
      expect([await next(), await next(), await next(), await next()].map(({ port }) => port)).toEqual([1, 2, 3, 4]);
      expect(logged.filter((line) => line.includes('the next starts'))).toEqual(
        Array.from({ length: 3 }, () => expect.stringContaining('starts in 100 ms')),
      );
      expect(logged).toContain(`it was executing what AMSP sealed in transaction ${'f'.repeat(64)}`);
    },
  );

  test.each([
    ['what it had come to the end of', 'notes.idle(); process.exit(3);'],
    ['one of all in a cycle', 'notes.executing(undefined); process.exit(3);'],
    ['what it was executing when it was killed', "process.kill(process.pid, 'SIGKILL');"],
  ])('suspects nobody of %s', async (_what, ending) => {
    const next = supervise(executingOnce(ending));
    expect([await next(), await next()].map(({ port }) => port)).toEqual([1, 1]);
  });

  test('leaves alone a worker that comes further in a cycle, for longer than one instruction may take', async () => {
    const next = supervise(
      `${serving}
      setTimeout(() => {
        const end = performance.now() + 1_500;
        while (performance.now() < end) notes.executing({ member: 'AMSP', transactionId: 'f'.repeat(64) });
        notes.idle();
        tellSupervisor({ kind: 'listening', port: 2 });
      }, 10);`,
      60_000,
    );
    expect((await next()).pid).toBe((await next()).pid);
    expect(logged).toEqual([]);
  });

  test('asked to stop, lets the worker end by itself and starts no other', async () => {
    const next = supervise(`${serving} process.on('SIGTERM', () => process.exit(0));`);
    const { pid } = await next();
    await supervisor?.stop();
    expect(isAlive(pid)).toBe(false);
    expect(supervisor?.workerPid).toBeUndefined();
    expect(logged).toEqual([]);
    expect(ends).toBe(0);
  });

  test('asked to stop, ends a worker that will not', async () => {
    const next = supervise(`${serving} process.on('SIGTERM', () => undefined);`);
    const { pid } = await next();
    await supervisor?.stop();
    expect(isAlive(pid)).toBe(false);
  });
});
