import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../program';

const LIMIT_MS = 180_000;

let root: string;
let directory: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-sample-')));
  directory = join(root, 'network');
});

afterAll(async () => {
  await kessai('down', '--purge');
  rmSync(root, { recursive: true, force: true });
}, LIMIT_MS);

async function kessai(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  let out = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => undefined } };
  await runCommand([...args, '--dir', directory, '--json'], streams);
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

const holdings = () => kessai('call', 'Registry:Holdings', '--as', 'AlphaMSP');
const advance = (from: number, phase: string) => {
  const request = JSON.stringify({ from, businessDate: '2023-03-31', phase });
  return kessai('call', 'Registry:AdvanceClock', '--as', 'ExchangeMSP', '--request', request);
};

test(
  'up --sample founds a market once: done again it adds nothing, and a market that has gone on stays as it is',
  async () => {
    expect(await kessai('up', '--sample')).toMatchObject({ state: 'started', sample: 'opened' });
    const before = await holdings();
    expect(before['holdings']).toContainEqual({
      ...{ account: 'A-1003', name: 'Musashino Pension Fund', unit: 'JP3371200001', available: '58000', locks: [] },
    });
    expect(await kessai('up', '--sample')).toMatchObject({ state: 'already-running', sample: 'opened' });
    expect(await holdings()).toEqual(before);
    expect(await advance(1, 'matching')).toMatchObject({ outcome: 'created' });
    expect(await kessai('up', '--sample')).toMatchObject({ sample: 'went-on' });
    expect(await holdings()).toEqual(before);
    expect(await kessai('call', 'Registry:Clock', '--as', 'AlphaMSP')).toMatchObject({ phase: 'matching' });
  },
  LIMIT_MS,
);

test(
  'up --sample day is refused where there is a market already, before anything is done',
  async () => {
    const before = await kessai('call', 'Market:Progress', '--as', 'AlphaMSP');
    expect(await kessai('up', '--sample', 'day')).toMatchObject({ error: { code: 'NetworkInUse', directory } });
    expect(await kessai('call', 'Market:Progress', '--as', 'AlphaMSP')).toMatchObject({ number: before['number'] });
  },
  LIMIT_MS,
);

test(
  'up --sample day runs the whole day on a network of its own',
  async () => {
    await kessai('down', '--purge');
    expect(await kessai('up', '--sample', 'day')).toMatchObject({ sample: 'day-run' });
    expect(await kessai('call', 'Registry:Clock', '--as', 'AlphaMSP')).toMatchObject({ businessDate: '2023-04-03' });
    const { trades } = await kessai('call', 'Orders:Trades', '--as', 'AlphaMSP', '--request', '{"status":"settled"}');
    expect((trades as readonly unknown[]).length).toBeGreaterThan(10);
  },
  LIMIT_MS,
);
