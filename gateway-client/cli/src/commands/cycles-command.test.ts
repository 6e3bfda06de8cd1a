import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../program';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kessai-operate-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function kessai(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const code = await runCommand([...args, '--json'], {
    out: { write: (text) => (out += text) },
    err: { write: () => true },
  });
  return { code, out };
}

test.each([
  [['operate']],
  [['cycles']],
  [['cycles', 'check']],
  [['cycles', 'check', '--as', 'AlphaMSP', '--patience', '0']],
])('kessai %j is wrong usage', async (args) => {
  expect((await kessai(...args)).code).toBe(2);
});

test.each([[['operate', '--as', 'ExchangeMSP']], [['cycles', 'check', '--as', 'AlphaMSP']]])(
  'kessai %j without a network',
  async (args) => {
    const { code, out } = await kessai(...args, '--dir', join(directory, 'none'));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'NetworkDirectoryAbsent' } });
  },
);
