import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Market, connect } from '@kessai/gateway-client';
import { type Organisation, type Profile, deployMarket, down, exportProfile, openNetwork, up } from '@kessai/network';
import type { As } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { Schedulers } from '../support/schedulers';
import { until } from '../support/until';
import { asError } from './as-error';
import { headerHash } from './block-hash';
import { expectBooks, expectJournals, expectOrder } from './books';
import { openMarket } from './open-market';
import { seeded } from './seeded';
import { Trading, addTraded, alphaToBeta, nothingTraded } from './trading';

/** Random instants; as many as the market was promised by night. The seed makes a failing run repeatable. */
const kills = Number(process.env['KESSAI_KILLS'] ?? (process.env['KESSAI_NIGHTLY'] === '1' ? 100 : 5));
const seed = Number(process.env['KESSAI_SEED'] ?? 20_230_330);
const restMs = 60_000;

const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];

let directory: string;
let pid: number;
let organisations: readonly Organisation[];
// They run in the processes of their operators, which nobody kills here, and find the engine again by themselves.
const schedulers = new Schedulers(profileOf);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kessai-kill-'));
  pid = await startEngine();
  ({ organisations } = openNetwork(join(directory, 'network')).record.topology);
  await deployMarket({ directory: join(directory, 'network') });
  for (const mspId of operators) await schedulers.operateAs(mspId);
  await withMarkets(async (as) => openMarket(as, organisations));
}, 120_000);

afterAll(async () => {
  await schedulers.rest();
  await down({ directory: join(directory, 'network') });
  await rm(directory, { recursive: true, force: true });
});

describe(`the engine is killed at ${kills.toString()} random instants under load (seed ${seed.toString()})`, () => {
  const random = seeded(seed);
  const traded = nothingTraded();

  test(
    'after each restart all that was acknowledged is there, once and in order, and nothing is there in part',
    async () => {
      for (let round = 0; round < kills; round += 1) {
        await withMarkets(async (as) => {
          const trading = new Trading(as, `R${round.toString()}`);
          try {
            await trading.acknowledged(4, 0);
            await wait(random() * 400);
            await kill(pid);
          } finally {
            await trading.stop();
            addTraded(traded, trading);
          }
        });
        pid = await startEngine();
        await withMarkets(async (as) => expectWhole(as));
        await expectOrder(profileOf('AuditorMSP'));
      }
      expect(traded.told.length).toBeGreaterThanOrEqual(4 * kills);
    },
    kills * 30_000 + 60_000,
  );

  test('the journals tell each settlement once', async () => {
    await withMarkets(async (as) => expectJournals(as, [alphaToBeta.seller, alphaToBeta.buyer]));
  }, 120_000);

  /** What nobody waits for any more may still be executed: the books are read when nothing happens meanwhile. */
  async function expectWhole(as: As): Promise<void> {
    const end = performance.now() + restMs;
    for (;;) {
      const height = await heightAtRest();
      const found = await expectBooks(as, traded).catch(asError);
      if (performance.now() < end && (await heightAtRest()) !== height) continue;
      if (found) throw found;
      return;
    }
  }

  test('the hash chain verifies from the first block to the last', async () => {
    using plain = new PlainGateway(profileOf('AuditorMSP'));
    let previous: Uint8Array = new Uint8Array();
    let number = 0;
    for await (const block of plain.blocks()) {
      const header = block.getHeader() ?? new common.BlockHeader();
      const data = block.getData() ?? new common.BlockData();
      expect(header.getNumber()).toBe(number);
      expect(Buffer.from(header.getPreviousHash_asU8())).toEqual(Buffer.from(previous));
      const digest = createHash('sha256');
      for (const envelope of data.getDataList_asU8()) digest.update(envelope);
      expect(Buffer.from(header.getDataHash_asU8())).toEqual(digest.digest());
      previous = headerHash(header);
      number += 1;
    }
    expect(number).toBeGreaterThan(kills);
  }, 120_000);
});

/** The number of blocks, once no scheduler adds one. */
async function heightAtRest(): Promise<bigint> {
  using plain = new PlainGateway(profileOf('AuditorMSP'));
  let height = -1n;
  await until(restMs, 'the engine to make no more blocks', async () => {
    const before = height;
    height = await plain.height();
    if (before !== height) await wait(1_000);
    return before === height;
  });
  return height;
}

async function startEngine(): Promise<number> {
  const started = await up({ engine: 'embedded', directory: join(directory, 'network') });
  if (started.pid === undefined) throw new Error('The embedded engine is one process');
  return started.pid;
}

function profileOf(mspId: string): Profile {
  return exportProfile({ directory: join(directory, 'network'), mspId });
}

/** Connections for one stretch of the engine's life. */
async function withMarkets(use: (as: As) => Promise<void>): Promise<void> {
  const markets = new Map<string, Promise<Market>>();
  const as: As = async (mspId) => {
    const market =
      markets.get(mspId) ?? connect(profileOf(mspId), { deadlines: { commitStatusMs: 5_000, resolveMs: 500 } });
    markets.set(mspId, market);
    return market;
  };
  try {
    await use(as);
  } finally {
    for (const market of markets.values()) await (await market).close();
  }
}

/** Gone for good when this resolves: its number is free or is another process's. */
async function kill(process_id: number): Promise<void> {
  process.kill(process_id, 'SIGKILL');
  for (;;) {
    try {
      process.kill(process_id, 0);
    } catch {
      return;
    }
    await wait(5);
  }
}
