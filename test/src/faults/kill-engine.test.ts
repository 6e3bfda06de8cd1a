import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Market, connect } from '@kessai/gateway-client';
import { deployMarket, down, exportProfile, up } from '@kessai/network';
import { type As, foundMarketAs, fundAs, yen } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { headerHash } from './block-hash';
import { seeded } from './seeded';

/** Random instants; as many as the market was promised by night. The seed makes a failing run repeatable. */
const kills = Number(process.env['KESSAI_KILLS'] ?? (process.env['KESSAI_NIGHTLY'] === '1' ? 100 : 12));
const seed = Number(process.env['KESSAI_SEED'] ?? 20_230_330);
const workers = 6;

let directory: string;
let pid: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kessai-kill-'));
  pid = await startEngine();
  await deployMarket({ directory: join(directory, 'network') });
  await withMarkets(async (as) => {
    await foundMarketAs(as);
    await fundAs(as, 'kill', [
      { institution: 'AlphaMSP', account: 'PAYER', name: 'Payer', money: 1_000_000n },
      { institution: 'BetaMSP', account: 'PAYEE', name: 'Payee', money: 1n },
    ]);
  });
}, 120_000);

afterAll(async () => {
  await down({ directory: join(directory, 'network') });
  await rm(directory, { recursive: true, force: true });
});

describe(`the engine is killed at ${kills.toString()} random instants under load (seed ${seed.toString()})`, () => {
  const random = seeded(seed);
  const acknowledged: string[] = [];
  let payments = 0;

  test(
    'after each restart every acknowledged commit is there and no transaction is there in part',
    async () => {
      for (let round = 0; round < kills; round += 1) {
        await withMarkets(async (as) => {
          const loaded = new Load(as, round);
          await loaded.underWay;
          await wait(random() * 250);
          await kill(pid);
          await loaded.stop();
          acknowledged.push(...loaded.accounts);
          payments = Math.max(payments, loaded.lastPayment);
        });
        pid = await startEngine();
        await withMarkets(async (as) => {
          await expectAcknowledged(as, acknowledged);
          await expectWhole(as, payments);
        });
      }
      expect(acknowledged.length).toBeGreaterThan(kills);
    },
    kills * 15_000 + 60_000,
  );

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

async function startEngine(): Promise<number> {
  const started = await up({ engine: 'embedded', directory: join(directory, 'network') });
  if (started.pid === undefined) throw new Error('The embedded engine is one process');
  return started.pid;
}

function profileOf(mspId: string): ReturnType<typeof exportProfile> {
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

/** Accounts are opened side by side, payments are made one by one, until the engine no longer answers. */
class Load {
  /** What was acknowledged. */
  readonly accounts: string[] = [];
  lastPayment = 0;
  /** Resolves with the first acknowledgement. */
  readonly underWay: Promise<void>;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(as: As, round: number) {
    let begun: () => void = () => undefined;
    this.underWay = new Promise((resolve) => {
      begun = resolve;
    });
    const opening = Array.from({ length: workers }, async (_, worker) => this.#open(as, round, worker, begun));
    this.#running = Promise.allSettled([...opening, this.#pay(as, round)]);
  }

  /** Lets go of calls that wait for an engine that is gone. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #open(as: As, round: number, worker: number, begun: () => void): Promise<void> {
    const { registry } = await as('AlphaMSP');
    for (let i = 0; ; i += 1) {
      const account = `R${round.toString()}-W${worker.toString()}-${i.toString()}`;
      await registry.openAccount({ account, name: account, kind: 'client' }, { signal: this.#stop.signal });
      this.accounts.push(account);
      begun();
    }
  }

  async #pay(as: As, round: number): Promise<void> {
    const { moneyTokens } = await as('AlphaMSP');
    const to = { institution: 'BetaMSP', account: 'PAYEE' };
    for (let number = round * 10_000 + 1; ; number += 1) {
      const payment = { id: `P-${number.toString()}`, unit: yen, from: 'PAYER', to, amount: 1n };
      await moneyTokens.transfer(payment, { signal: this.#stop.signal });
      this.lastPayment = number;
    }
  }
}

async function expectAcknowledged(as: As, acknowledged: readonly string[]): Promise<void> {
  const { accounts } = await (await as('AlphaMSP')).registry.accounts();
  const there = new Set<string>(accounts.map(({ account }) => account));
  expect(acknowledged.filter((account) => !there.has(account))).toEqual([]);
}

/** A payment stands in both organisations' books or in neither, and in balance and journal alike. */
async function expectWhole(as: As, lastPaid: number): Promise<void> {
  const [given, taken] = await Promise.all([bookOf(as, 'AlphaMSP', 'PAYER'), bookOf(as, 'BetaMSP', 'PAYEE')]);
  expect(taken.payments).toEqual(given.payments);
  expect(given.balance).toBe(1_000_000n - BigInt(given.payments.length));
  expect(taken.balance).toBe(1n + BigInt(taken.payments.length));
  if (lastPaid > 0) expect(given.payments).toContain(`MoneyTokens:Transfer P-${lastPaid.toString()}`);
  const { units } = await (await as('AuditorMSP')).registry.supply();
  for (const { issued, held } of units) expect(held).toBe(issued);
}

async function bookOf(
  as: As,
  mspId: string,
  account: string,
): Promise<{ readonly balance: bigint; readonly payments: readonly string[] }> {
  const { registry } = await as(mspId);
  const [{ holdings }, { entries }] = await Promise.all([
    registry.holdings({ account }),
    registry.statement({ account }),
  ]);
  const payments = entries.map(({ reference }) => reference).filter((text) => text.startsWith('MoneyTokens:Transfer'));
  return { balance: holdings.reduce((sum, { available }) => sum + available, 0n), payments: payments.sort() };
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
