import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '@kessai/cli';
import { type Market, RejectedError, connect } from '@kessai/gateway-client';
import { deployMarket, down, exportProfile, readTopology, status, up } from '@kessai/network';
import { describeOnFabric } from '../chaincode-service/on-fabric';
import { balanceOf, pageOf } from '../support/market-day';
import { approved, foundMarketAs, fundAs, shinEtsu, yen } from '../support/market-network';
import { Schedulers } from '../support/schedulers';
import { until } from '../support/until';

const startMs = 300_000;
const addMs = 300_000;
const waitMs = 60_000;

// The fewest that make a market on real Fabric: two operators that both endorse, an institution, a bank and an issuer; four of them
// run orderers.
const whole = readTopology();
const members = ['ExchangeMSP', 'CsdMSP', 'AlphaMSP', 'TrustBankMSP', 'ShinEtsuMSP'];
const orderer = { hostname: 'orderer0.trust-bank.market.example', port: undefined };
const topology = {
  ...whole,
  organisations: whole.organisations
    .filter(({ mspId }) => members.includes(mspId))
    .map((one) => (one.mspId === 'TrustBankMSP' ? { ...one, orderer } : one)),
};

const command = join(__dirname, '..', '..', '..', 'gateway-client', 'cli', 'bin', 'kessai.js');

let directory: string;
let network: string;
const markets = new Map<string, Promise<Market>>();
const schedulers = new Schedulers((mspId) => exportProfile({ directory: network, mspId }));

async function as(mspId: string): Promise<Market> {
  const market = markets.get(mspId) ?? connect(exportProfile({ directory: network, mspId }));
  markets.set(mspId, market);
  return market;
}

function addArguments(mspId: string, name: string): readonly string[] {
  return ['organisation', 'add', '--msp', mspId, '--name', name, '--admit', '--json', '--dir', network];
}

async function add(mspId: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  let out = '';
  let err = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } };
  const code = await runCommand(addArguments(mspId, name), streams);
  expect({ code, out: code === 0 ? '' : out, err: code === 0 ? '' : err }).toEqual({ code: 0, out: '', err: '' });
  return JSON.parse(out) as Readonly<Record<string, unknown>>;
}

/** Runs the command in a process of its own and kills that when it says what it begins. */
async function addAndKillAt(mspId: string, name: string, step: string): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [command, ...addArguments(mspId, name)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes(step)) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect({ signal, said: signal === null ? said : '' }).toEqual({ signal: 'SIGKILL', said: '' });
}

/** Members that submit without pause until they are stopped. */
class Submitting {
  readonly acknowledged: { readonly from: string; readonly at: number }[] = [];
  readonly #running: Promise<unknown>;
  #stopped = false;

  constructor() {
    this.#running = Promise.all([this.#open('AlphaMSP'), this.#open('ShinEtsuMSP'), this.#mint()]);
  }

  /** Waits for what was sent. @throws what any of them failed with. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #open(mspId: string): Promise<void> {
    const { registry } = await as(mspId);
    for (let number = 1; !this.#stopped; number += 1) {
      const account = `LOAD-${number.toString()}`;
      await registry.openAccount({ account, name: account, kind: 'client' });
      this.#note(mspId);
    }
  }

  async #mint(): Promise<void> {
    const { moneyTokens } = await as('TrustBankMSP');
    const to = { institution: 'AlphaMSP', account: 'AOKI' };
    for (let number = 1; !this.#stopped; number += 1) {
      const id = `LOAD-${number.toString()}`;
      await moneyTokens.mint({ id, currency: 'JPY', to, amount: 1n, depositReference: id });
      this.#note('TrustBankMSP');
    }
  }

  #note(from: string): void {
    this.acknowledged.push({ from, at: performance.now() });
  }
}

/** A collection that a peer has joined comes to it piece by piece: until then it says that it does not hold it. */
async function unlessNotHeld(ask: Promise<boolean>): Promise<boolean> {
  return ask.catch((error: unknown) => {
    if (error instanceof RejectedError && error.rejection.code === 'CollectionNotHeld') return false;
    throw error;
  });
}

describeOnFabric('an institution that joins a network that runs', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kessai-joining-'));
    network = join(directory, 'network');
    await up({ engine: 'native', directory: network, topology });
    await deployMarket({ directory: network });
    for (const operator of ['ExchangeMSP', 'CsdMSP']) await schedulers.operateAs(operator);
    await foundMarketAs(as, topology.organisations);
    await fundAs(as, 'fund', [
      { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_000n, money: 1_000_000n },
    ]);
    const [alpha, exchange] = [await as('AlphaMSP'), await as('ExchangeMSP')];
    const order = {
      isin: shinEtsu,
      side: 'sell',
      quantity: 100n,
      price: 4_000n,
      account: 'AOKI',
      timeInForce: 'day',
    } as const;
    await alpha.orders.place({ orderId: 'O-1', ...order });
    const orders = [{ institution: 'AlphaMSP', orderId: 'O-1' }];
    await exchange.orders.match({ id: 'M-1', isin: shinEtsu, orders });
  }, startMs);

  afterAll(async () => {
    await schedulers.rest();
    for (const market of await Promise.allSettled(markets.values())) {
      if (market.status === 'fulfilled') await market.value.close();
    }
    await down({ directory: network });
    rmSync(directory, { recursive: true, force: true });
  }, startMs);

  test(
    'joins by one command while the others submit: none of their processes ends, none of their calls fails',
    async () => {
      const { nodes: before = {} } = await status({ directory: network });
      const submitting = new Submitting();
      const begun = performance.now();
      const result = await add('DeltaMSP', 'Delta Securities');
      const ended = performance.now();
      await submitting.stop();
      expect(result).toMatchObject({
        state: 'added',
        mspId: 'DeltaMSP',
        role: 'institution',
        sequence: 2,
        admitted: true,
      });
      const { nodes: after = {}, state } = await status({ directory: network });
      expect(state).toBe('running');
      expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual([
        'peer0.delta.market.example',
        'chaincode.delta.market.example',
      ]);
      for (const member of ['AlphaMSP', 'ShinEtsuMSP', 'TrustBankMSP']) {
        const times = submitting.acknowledged
          .filter(({ from, at }) => from === member && at < ended)
          .map(({ at }) => at);
        const pauses = [...times, ended].map((at, index) => at - (times[index - 1] ?? begun));
        // Nobody waits for the joining to end: their longest pause is a part of it.
        expect(Math.max(...pauses)).toBeLessThan((ended - begun) / 2);
      }
    },
    addMs,
  );

  test(
    'it opens an account and receives an allotment, which its own peer tells',
    async () => {
      const delta = await as('DeltaMSP');
      await delta.registry.openAccount({ account: 'DOI', name: 'Doi', kind: 'client' });
      const issue = { id: 'delta-issue', isin: shinEtsu, account: 'TREASURY', quantity: 500n };
      await approved(as, async ({ securities }) => securities.issue(issue), ['ShinEtsuMSP']);
      const to = { institution: 'DeltaMSP', account: 'DOI' };
      const allot = { id: 'delta-allot', isin: shinEtsu, from: 'TREASURY', to, quantity: 500n };
      await approved(as, async ({ securities }) => securities.allot(allot), ['ShinEtsuMSP']);
      await until(
        waitMs,
        'the allotment at its peer',
        async () => (await balanceOf(delta, 'DOI', shinEtsu)).available === 500n,
      );
    },
    addMs,
  );

  test(
    'it sells to another institution: delivery versus payment',
    async () => {
      const [delta, alpha, exchange] = [await as('DeltaMSP'), await as('AlphaMSP'), await as('ExchangeMSP')];
      const trade = { tradeId: 'T-1', isin: shinEtsu, quantity: 100n, amount: 400_000n };
      await delta.orders.recordTrade({ ...trade, counterparty: 'AlphaMSP', side: 'sell', account: 'DOI' });
      await alpha.orders.affirmTrade({ ...trade, recordedBy: 'DeltaMSP', side: 'buy', account: 'AOKI' });
      await exchange.settlement.settle({ id: 'S-1', pages: [await pageOf(exchange, 'T-1')] });
      await until(
        waitMs,
        'the money at its peer',
        async () => (await balanceOf(delta, 'DOI', yen)).available === 400_000n,
      );
      expect((await balanceOf(delta, 'DOI', shinEtsu)).available).toBe(400n);
      await until(
        waitMs,
        'the securities at the buyer',
        async () => (await balanceOf(alpha, 'AOKI', shinEtsu)).available === 1_000n,
      );
    },
    addMs,
  );

  test(
    'its peer comes to know the board as it was before it joined',
    async () => {
      const delta = await as('DeltaMSP');
      const told = async (): Promise<boolean> => (await delta.orders.board({ isin: shinEtsu })).asks.length === 1;
      await until(waitMs, 'the board at its peer', async () => unlessNotHeld(told()));
    },
    addMs,
  );

  test(
    'that has joined is left as it is by the same command',
    async () => {
      expect(await add('DeltaMSP', 'Delta Securities')).toMatchObject({ state: 'unchanged', admitted: false });
    },
    addMs,
  );

  test(
    'whose joining was killed, twice, has joined when the command is repeated',
    async () => {
      await addAndKillAt('EpsilonMSP', 'Epsilon Securities', 'Changing the channel');
      await addAndKillAt('EpsilonMSP', 'Epsilon Securities', 'Starting its peer');
      expect(await add('EpsilonMSP', 'Epsilon Securities')).toMatchObject({
        state: 'added',
        admitted: true,
        sequence: 3,
      });
      const epsilon = await as('EpsilonMSP');
      await epsilon.registry.openAccount({ account: 'ENDO', name: 'Endo', kind: 'client' });
      expect(await status({ directory: network })).toMatchObject({ state: 'running' });
    },
    addMs,
  );
});
