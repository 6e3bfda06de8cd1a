import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../directory/engine';
import { whyNoFabric } from '../../engines/native';
import { poll } from '../../poll';
import { deployMarket, down, readLog, restore, snapshot, snapshots, status, up } from '../index';
import { PlainMarket, smallTopology } from '../testing/plain-market';

const LIMIT_MS = 180_000;
/** What both operators sealed, and the cycle. */
const BLOCKS_OF_ADMISSION = 3;
const missing = whyNoFabric();
const nightly = process.env['KESSAI_NIGHTLY'] === '1';
// Spread over what an up takes: from the making of keys to the last node's start.
const killMoments = Array.from({ length: nightly ? 12 : 2 }, (_, time) => (nightly ? 450 : 1_900) * (time + 1));

const topology = smallTopology();
const members = topology.organisations.map(({ mspId }) => mspId);

const engines: readonly (readonly [name: string, engine: Engine, possible: boolean])[] = [
  ['an embedded network', 'embedded', true],
  [`a native network${missing === undefined ? '' : ` (not run: ${missing.message})`}`, 'native', missing === undefined],
];

for (const [title, engine, possible] of engines) {
  (possible ? describe : describe.skip)(title, () => {
    let parent: string;
    let directory: string;
    let before: Chain;

    beforeAll(() => {
      parent = mkdtempSync(join(tmpdir(), `kessai-${engine}-operations-`));
      directory = join(parent, 'network');
    });

    afterAll(async () => {
      if (existsSync(directory)) await down({ directory });
      rmSync(parent, { recursive: true, force: true });
    }, LIMIT_MS);

    test(
      'whose up was killed, whenever that was, comes up with the next, and no process is left that nobody knows of',
      async () => {
        for (const afterMs of killMoments) {
          await killedUp(engine, directory, afterMs);
        }
        await up({ engine, directory, topology });
        expect(await status({ directory })).toMatchObject({ state: 'running' });
        expect(await down({ directory })).toEqual({ state: 'stopped' });
        expect(await poll(10_000, () => processesOf(directory).length === 0)).toBe(true);
        await up({ engine, directory, topology });
      },
      LIMIT_MS * (nightly ? 5 : 2),
    );

    test(
      'has a market on it, and tells what its processes use and write',
      async () => {
        await deployMarket({ directory });
        await marketIn(directory).found();
        const { resources } = await status({ directory });
        const uses = Object.entries(resources?.nodes ?? {});
        expect(uses).toHaveLength(engine === 'native' ? 12 : 2);
        for (const [name, use] of uses) {
          expect({ name, use }).toMatchObject({
            use: { cpuSeconds: expect.any(Number), residentBytes: expect.any(Number) },
          });
          expect(readLog({ directory, node: name, lines: 1 }).file).toContain(directory);
        }
        expect(resources?.totals.dataBytes).toBeGreaterThan(0);
        // Of each peer and orderer; an embedded network has one chain for all.
        expect(uses.filter(([, { blocks = 0 }]) => blocks > 1)).toHaveLength(engine === 'native' ? 8 : 0);
      },
      LIMIT_MS,
    );

    test(
      'is stopped for a snapshot, and goes on afterwards',
      async () => {
        before = await chainOf(directory, 'ExchangeMSP');
        const taken = await snapshot({ directory, name: 'evening' });
        expect(taken).toMatchObject({ state: 'whole', engine, stoppedMs: expect.any(Number) });
        expect(snapshots({ directory })).toMatchObject([{ name: 'evening' }]);
        expect(await status({ directory })).toMatchObject({ state: 'running' });
        await marketIn(directory).admit('AlphaMSP');
        expect((await chainOf(directory, 'ExchangeMSP')).height).toBe(before.height + BLOCKS_OF_ADMISSION);
        expect(await membersOf(directory)).toContain('AlphaMSP');
      },
      LIMIT_MS,
    );

    test(
      'is not restored while it runs',
      async () => {
        await expect(restore({ directory, name: 'evening' })).rejects.toMatchObject({ code: 'NetworkRunning' });
      },
      LIMIT_MS,
    );

    test(
      'is after restore what it was: the same chain, the same market; and it goes on from there, with the same blocks everywhere',
      async () => {
        await down({ directory });
        await restore({ directory, name: 'evening' });
        await up({ directory });
        expect(await chainOf(directory, 'ExchangeMSP')).toEqual(before);
        expect(await membersOf(directory)).not.toContain('AlphaMSP');
        await marketIn(directory).admit('BetaMSP');
        const after = await chainOf(directory, 'ExchangeMSP');
        expect(after.height).toBe(before.height + BLOCKS_OF_ADMISSION);
        expect(await previousHashOf(directory, before.height)).toBe(before.hash);
        for (const mspId of members) {
          expect(await poll(30_000, async () => (await chainOf(directory, mspId)).hash === after.hash)).toBe(true);
        }
        const now = await membersOf(directory);
        expect(now).toContain('BetaMSP');
        expect(now).not.toContain('AlphaMSP');
      },
      LIMIT_MS,
    );

    test(
      'goes down and leaves no process',
      async () => {
        expect(await down({ directory })).toEqual({ state: 'stopped' });
        expect(await poll(10_000, () => processesOf(directory).length === 0)).toBe(true);
      },
      LIMIT_MS,
    );
  });
}

async function killedUp(engine: Engine, directory: string, afterMs: number): Promise<void> {
  const script = `require(${JSON.stringify(join(__dirname, '..', 'index.js'))}).up(${JSON.stringify({ engine, directory, topology })})`;
  const starting = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  const ended = once(starting, 'exit');
  // Any moment serves: there is nothing to wait for.
  await pause(afterMs);
  starting.kill('SIGKILL');
  await ended;
}

/** The processes that were told to work in the directory, where the system tells; whoever asks is none of them. */
function processesOf(directory: string): readonly number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && mentions(pid, directory));
}

function mentions(pid: number, directory: string): boolean {
  try {
    const read = (file: string): string => readFileSync(`/proc/${pid.toString()}/${file}`, 'utf8');
    return read('environ').includes(directory) || read('cmdline').includes(directory);
  } catch {
    return false;
  }
}

interface Chain {
  readonly height: number;
  readonly hash: string;
}

async function chainOf(directory: string, mspId: string): Promise<Chain> {
  const answer = await marketIn(directory).use(mspId, async (network) =>
    network.getContract('qscc').evaluateTransaction('GetChainInfo', topology.channel),
  );
  const info = common.BlockchainInfo.deserializeBinary(answer);
  return {
    height: info.getHeight(),
    hash: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
  };
}

/** What a block says of the one before it, in hexadecimal. */
async function previousHashOf(directory: string, number: number): Promise<string> {
  const answer = await marketIn(directory).use('ExchangeMSP', async (network) =>
    network.getContract('qscc').evaluateTransaction('GetBlockByNumber', topology.channel, number.toString()),
  );
  const header = common.Block.deserializeBinary(answer).getHeader();
  return Buffer.from(header?.getPreviousHash_asU8() ?? []).toString('hex');
}

async function membersOf(directory: string): Promise<readonly string[]> {
  const found = (await marketIn(directory).evaluate('ExchangeMSP', 'Members')) as { members: { mspId: string }[] };
  return found.members.map(({ mspId }) => mspId);
}

function marketIn(directory: string): PlainMarket {
  return new PlainMarket(() => directory, topology);
}
