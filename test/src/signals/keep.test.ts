import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { down, metricsTargets, status } from '@kessai/network';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kessaiProgram } from './kessai-process';
import { SignalledNetwork } from './signalled-network';

const LIMIT_MS = 180_000;

let place: SignalledNetwork;

beforeAll(async () => {
  place = new SignalledNetwork();
  await place.bringTo('stopped');
}, LIMIT_MS);

afterAll(async () => {
  await place.remove();
}, LIMIT_MS);

async function until(holds: () => Promise<boolean>): Promise<void> {
  const began = Date.now();
  while (!(await holds())) {
    expect(Date.now() - began).toBeLessThan(90_000);
    await pause(200);
  }
}

test(
  'what ends by itself is started again, what was ended is left alone, and the network ends with its keeper',
  async () => {
    const { directory } = place;
    const keeper = spawn(process.execPath, [kessaiProgram, 'keep', '--every', '1', '--dir', directory], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => keeper.once('exit', resolve));
    try {
      const found = async () => status({ directory });
      const runs = async (): Promise<boolean> => (await found()).state === 'running';
      await until(runs);
      const { pid = 0, schedulers = {} } = await found();
      process.kill(pid, 'SIGKILL');
      await until(async () => (await runs()) && (await found()).pid !== pid);
      const [scheduler = 0] = Object.values(schedulers);
      process.kill(scheduler ?? 0, 'SIGKILL');
      await until(async () => {
        const now = Object.values((await found()).schedulers ?? {});
        return !now.includes(scheduler) && !now.includes(null) && now.length === Object.keys(schedulers).length;
      });
      const keep = metricsTargets({ directory }).find(({ kind }) => kind === 'keep');
      const told = await (await fetch(`http://${keep?.address ?? ''}/metrics`)).text();
      expect(told).toContain('kessai_keep_started_again_total{process="engine"} 1');
      await down({ directory });
      await pause(4_000);
      expect((await found()).state).toBe('stopped');
      await place.must('up');
      keeper.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(place.standing).toMatchObject({ running: 0, schedulers: 0 });
    } finally {
      keeper.kill('SIGKILL');
    }
  },
  LIMIT_MS,
);

test(
  'a keeper writes no line that is not JSON where the processes that it keeps write JSON, to its end',
  async () => {
    const { directory } = place;
    await place.must('up', '--log-format', 'json');
    const keeper = spawn(process.execPath, [kessaiProgram, 'keep', '--every', '1', '--dir', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let told = '';
    for (const stream of [keeper.stdout, keeper.stderr]) stream.on('data', (data: Buffer) => (told += data.toString()));
    const ended = new Promise((resolve) => keeper.once('exit', resolve));
    try {
      await until(async () => Promise.resolve(told.includes('runs.')));
      process.kill((await status({ directory })).pid ?? 0, 'SIGKILL');
      await until(async () => Promise.resolve(told.includes('started again')));
      keeper.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      keeper.kill('SIGKILL');
    }
    for (const line of told.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ process: 'keep', level: 'info', message: expect.any(String) });
    }
    expect(told).toContain('The network has been stopped.');
  },
  LIMIT_MS,
);
