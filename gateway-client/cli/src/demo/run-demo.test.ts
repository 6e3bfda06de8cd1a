import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../program';

const LIMIT_MS = 180_000;

let directory: string;
const before = process.cwd();

async function kessai(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  let out = '';
  let err = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } };
  const code = await runCommand([...args, '--json'], streams);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

beforeAll(() => {
  // The usual directory is below the current one.
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'kessai-demo-here-')));
  process.chdir(directory);
});

afterAll(async () => {
  await kessai('down', '--purge');
  process.chdir(before);
  rmSync(directory, { recursive: true, force: true });
}, LIMIT_MS);

test(
  'up, deploy and demo are about one network: the day is that network’s, which runs on; the next day has one of its own',
  async () => {
    await kessai('up');
    await kessai('deploy');
    const network = { directory: join(directory, '.kessai', 'network'), running: true };
    expect(await kessai('demo')).toMatchObject({ network });
    expect(await kessai('status')).toMatchObject({ state: 'running' });
    const { members } = (await kessai('call', 'Registry:Members', '--as', 'ExchangeMSP')) as { members: unknown[] };
    expect(members.length).toBeGreaterThan(0);
    const second = await kessai('demo', '--html', 'day.html');
    expect(second).not.toHaveProperty('network');
    expect(second).toMatchObject({ html: 'day.html' });
    expect(statSync('day.html').mode & 0o777).toBe(0o600);
    expect(readFileSync('day.html', 'utf8')).toContain('Conservation: what is issued is held');
    expect(await kessai('status')).toMatchObject({ state: 'running' });
  },
  LIMIT_MS,
);
