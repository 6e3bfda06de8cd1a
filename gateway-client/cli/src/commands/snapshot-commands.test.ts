import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Topology, exportOrganisations, prepare, readTopology } from '@kessai/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '../program';

const LIMIT_MS = 60_000;
const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'BetaMSP'];

let parent: string;
/** A network whose organisations are all here, and one machine's part of another one. */
let whole: string;
let part: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-snapshot-command-'));
  whole = join(parent, 'whole');
  part = join(parent, 'part');
  const topology: Topology = { ...readTopology(), organisations: organisationsOf(members) };
  await prepare({ directory: whole, topology });
  const hosts = topology.organisations.map((one, n) => ({ ...one, host: `192.0.2.${(n + 1).toString()}` }));
  const making = join(parent, 'making');
  await prepare({ directory: making, topology: { ...topology, organisations: hosts } });
  await exportOrganisations({ directory: making, mspIds: ['AlphaMSP'], to: part });
}, LIMIT_MS);

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

function organisationsOf(mspIds: readonly string[]): Topology['organisations'] {
  return readTopology().organisations.filter(({ mspId }) => mspIds.includes(mspId));
}

async function kessai(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const stream = { write: (text: string) => (said += text) };
  const code = await runCommand(args, { out: stream, err: stream });
  return { code, said };
}

/** A directory that has nothing but the snapshot of another one. */
function broughtTo(name: string, from: string): string {
  const directory = join(parent, name);
  cpSync(join(from, 'snapshots', 'keys'), join(directory, 'snapshots', 'keys'), { recursive: true });
  return directory;
}

describe('whoever keeps the keys alone is told that no ledger is among them, and where the ledgers are', () => {
  test(
    'as they are copied, and in the list',
    async () => {
      const taken = await kessai('snapshot', 'keys', '--keys-only', '--dir', whole);
      expect(taken).toMatchObject({ code: 0, said: expect.stringContaining('no ledger') });
      expect((await kessai('snapshot', '--list', '--dir', whole)).said).toMatch(/Holds[^]*\bkeys +keys\b/);
    },
    LIMIT_MS,
  );

  test(
    'as they are put back where nothing is, and nobody else has a ledger',
    async () => {
      const restored = await kessai('restore', 'keys', '--dir', broughtTo('alone', whole));
      expect(restored).toMatchObject({ code: 0, said: expect.stringContaining('No ledger is here') });
    },
    LIMIT_MS,
  );

  test(
    'as they are put back where the ledgers have stayed',
    async () => {
      mkdirSync(join(whole, 'data'));
      writeFileSync(join(whole, 'data', 'ledger'), 'blocks');
      const restored = await kessai('restore', 'keys', '--dir', whole);
      expect(restored).toMatchObject({ code: 0, said: expect.stringContaining('has stayed as it was') });
    },
    LIMIT_MS,
  );

  test(
    'as they are put back on a new machine, while others have the ledgers',
    async () => {
      expect(await kessai('snapshot', 'keys', '--keys-only', '--dir', part)).toMatchObject({ code: 0 });
      const { code, said } = await kessai('restore', 'keys', '--dir', broughtTo('new', part));
      expect(code).toBe(0);
      expect(said).toContain('come back from the nodes of the other members');
      for (const command of ['kessai up --dir', 'kessai deploy --dir']) expect(said).toContain(command);
    },
    LIMIT_MS,
  );
});

test(
  'a snapshot is checked where it was brought to, and a damaged one is told',
  async () => {
    const directory = broughtTo('brought', whole);
    expect(await kessai('snapshot', 'keys', '--check', '--dir', directory)).toMatchObject({ code: 0 });
    appendFileSync(join(directory, 'snapshots', 'keys', 'network', 'network.json'), ' ');
    const { code, said } = await kessai('snapshot', 'keys', '--check', '--dir', directory);
    expect(code).toBe(1);
    expect(said).toContain('network.json is not what it was');
  },
  LIMIT_MS,
);
