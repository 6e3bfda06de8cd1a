import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { poll } from '../../poll';
import { canHold, HeldTooLong, whileHeld } from './hold-processes';

const LIMIT_MS = 60_000;
const HOLD_MS = 2_000;

let place: string;
let writers: readonly ChildProcess[];

/** Two processes that write to a file each, without a pause, from two threads. */
beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'kessai-hold-'));
  writers = ['one', 'two'].map((name) => {
    const write = `for (;;) require('node:fs').appendFileSync(${JSON.stringify(join(place, name))}, 'x');`;
    const program = `new (require('node:worker_threads').Worker)(${JSON.stringify(write)}, { eval: true }); setInterval(() => {}, 1);`;
    return spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  });
  await poll(20_000, () => files().every((file) => existsSync(file) && statSync(file).size > 0));
});

afterEach(async () => {
  for (const writer of writers) {
    writer.kill('SIGKILL');
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  }
  rmSync(place, { recursive: true, force: true });
});

const files = (): readonly string[] => ['one', 'two'].map((name) => join(place, name));
const sizes = (): readonly number[] => files().map((file) => statSync(file).size);
const pids = (): readonly number[] => writers.map(({ pid = 0 }) => pid);

async function goOn(): Promise<boolean> {
  const before = sizes();
  return poll(10_000, () => sizes().every((size, n) => size > (before[n] ?? 0)));
}

(canHold() ? describe : describe.skip)('processes that are held for a moment', () => {
  test(
    'write nothing while what they have written is read, and all of them go on',
    async () => {
      const { result, heldMs } = await whileHeld(pids(), HOLD_MS, () => {
        const first = sizes();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
        return [first, sizes()];
      });
      expect(result[1]).toEqual(result[0]);
      expect(heldMs).toBeGreaterThanOrEqual(200);
      expect(await goOn()).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'go on when reading fails',
    async () => {
      const reading = whileHeld(pids(), HOLD_MS, () => {
        throw new Error('the disk is full');
      });
      await expect(reading).rejects.toThrow('the disk is full');
      expect(await goOn()).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'go on when whoever holds them is killed',
    async () => {
      const module = JSON.stringify(join(__dirname, 'hold-processes.js'));
      const held = join(place, 'held');
      const script = `require(${module}).whileHeld(${JSON.stringify(pids())}, 60000, () => {
        require('node:fs').writeFileSync(${JSON.stringify(held)}, '');
        for (;;);
      })`;
      const holder = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
      await poll(20_000, () => existsSync(held));
      const before = sizes();
      expect(sizes()).toEqual(before);
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
      expect(await goOn()).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'are not held for longer than they may be, though they do not stop within that time',
    async () => {
      const reading = whileHeld(pids(), -1, () => 'read');
      await expect(reading).rejects.toBeInstanceOf(HeldTooLong);
      expect(await goOn()).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'may have ended: what they wrote stays as it is',
    async () => {
      const [first] = writers;
      const ended = first === undefined ? Promise.resolve() : once(first, 'exit');
      first?.kill('SIGKILL');
      await ended;
      const { result } = await whileHeld(pids(), HOLD_MS, () => readFileSync(files()[0] ?? '', 'utf8').length);
      expect(result).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );
});
