import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeWhole } from '../../directory/make-whole';
import { openOrMake } from '../../directory/make-directory';
import { NetworkFiles } from '../../directory/network-files';
import { readTopology } from '../../topology';
import { snapshot } from '../snapshots/snapshots';
import { purge } from './down';
import { status } from './status';

const whole = readTopology();
const topology = { ...whole, organisations: whole.organisations.filter(({ mspId }) => mspId === 'ExchangeMSP') };
const big = 8 * 1024 * 1024;

let parent: string;
let made: string;
let place: string;
let directory: string;
let outside: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kessai-links-'));
  made = join(parent, 'made');
  await openOrMake(made, topology, () => topology);
}, 60_000);

// Whoever keeps a ledger on another disk, or looks around in /proc, puts a link where the network has its data.
beforeEach(() => {
  place = mkdtempSync(join(parent, 'case-'));
  directory = join(place, 'network');
  outside = join(place, 'outside');
  cpSync(made, directory, { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'big'), Buffer.alloc(big));
  mkdirSync(new NetworkFiles(directory).data);
  symlinkSync(outside, join(new NetworkFiles(directory).data, 'elsewhere'));
  symlinkSync('/proc', join(new NetworkFiles(directory).data, 'processes'));
});

afterEach(() => {
  rmSync(place, { recursive: true, force: true });
});

afterAll(() => {
  rmSync(parent, { recursive: true, force: true });
});

describe('a link in a network’s directory that leads out of it', () => {
  test('is removed with the network, and what it leads to stays', async () => {
    expect(await purge({ directory })).toEqual({ removed: true });
    expect(existsSync(directory)).toBe(false);
    expect(readFileSync(join(outside, 'big'))).toHaveLength(big);
  });

  test('is not followed when the network’s data are measured', async () => {
    const { resources } = await status({ directory });
    expect(JSON.stringify(resources)).toContain('dataBytes');
    const sizes = Object.values(resources?.nodes ?? {}).map(({ dataBytes = 0 }) => dataBytes);
    expect(Math.max(0, ...sizes)).toBeLessThan(big);
  });

  test('is not copied into a snapshot: that is refused, naming it, and leaves nothing', async () => {
    await expect(snapshot({ directory, name: 'monday' })).rejects.toMatchObject({ code: 'SnapshotUnfit' });
    expect(readFileSync(join(outside, 'big'))).toHaveLength(big);
  });

  test('is not followed when what a killed command left is removed', async () => {
    const left = join(place, `.fresh.making-${(2 ** 22).toString()}-dead`);
    mkdirSync(left);
    symlinkSync(outside, join(left, 'elsewhere'));
    await makeWhole(join(place, 'fresh'), async () => undefined);
    expect([existsSync(left), existsSync(join(outside, 'big'))]).toEqual([false, true]);
  });
});
