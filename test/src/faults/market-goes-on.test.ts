import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Market, MarketError, RejectedError } from '@kessai/gateway-client';
import { readTopology, up } from '@kessai/network';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { balanceOf } from '../support/market-day';
import { yen } from '../support/market-network';
import { until } from '../support/until';
import { AdviceWatch } from './advice-watch';
import { asError } from './as-error';
import { advicesOf, expectBooks, expectGapless, expectOrder } from './books';
import { NativeMarket, peerOf } from './native-market';
import { openMarket } from './open-market';
import { counted } from './recovery-times';
import { SchedulerProcesses, lastMaker } from './scheduler-processes';
import { type Parties, Trading, addTraded, lanes, nothingTraded, percentileMs } from './trading';

const nightly = process.env['KESSAI_NIGHTLY'] === '1';

/** How often the scheduler that makes the cycles is killed: each operator's once by day, since the next one takes over. */
const rounds = nightly ? 12 : 2;
/** What a member may wait longer for an advice because a scheduler is gone. By day the machine may have much else to do. */
const silenceMs = nightly ? 3_000 : 9_000;
/** How much longer the others may take while one member is away or floods the market, and how long by day in any case. */
const slower = nightly ? { times: 2, ms: 500 } : { times: 4, ms: 4_000 };
const awayMs = nightly ? 120_000 : 10_000;
const usualMs = nightly ? 60_000 : 5_000;
const submissions = 20;
const instructionsEach = 1_000;

const startMs = 300_000;
const testMs = 400_000;

const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const members = [
  ...operators,
  ...['Alpha', 'Beta', 'Gamma', 'TrustBank', 'ShinEtsu', 'Auditor'].map((name) => `${name}MSP`),
];
const organisations = readTopology().organisations.filter(({ mspId }) => members.includes(mspId));
const betaToGamma: Parties = { seller: 'BetaMSP', buyer: 'GammaMSP' };

const native = engines.filter(({ name }) => name === 'native');

function suite(engine: TestEngine): void {
  const traded = nothingTraded();
  let market: NativeMarket;
  let schedulers: SchedulerProcesses;
  let stretches = 0;

  beforeAll(async () => {
    market = await NativeMarket.start(engine, organisations);
    schedulers = new SchedulerProcesses(market.network.networkDirectory);
    await openMarket(async (mspId) => market.network.as(mspId), organisations, [betaToGamma]);
    await market.network.rest();
    for (const mspId of operators) schedulers.start(mspId);
  }, startMs);

  afterAll(async () => {
    await schedulers[Symbol.asyncDispose]();
    await market[Symbol.asyncDispose]();
  }, startMs);

  function say(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** Trades while something happens, and holds the books against what was acknowledged. */
  async function whileTrading(happens: (trading: Trading, watch: AdviceWatch) => Promise<void>): Promise<void> {
    stretches += 1;
    const trading = new Trading(market.as, `S${stretches.toString()}`, betaToGamma);
    try {
      await using watch = new AdviceWatch(await market.as('BetaMSP'));
      await trading.acknowledged(2 * lanes, 0);
      await happens(trading, watch);
    } finally {
      await trading.stop();
      addTraded(traded, trading);
    }
    await expectWhole();
  }

  /** What was called last may still be executed while the books are read. */
  async function expectWhole(): Promise<void> {
    const auditor = await market.as('AuditorMSP');
    const end = performance.now() + 60_000;
    for (;;) {
      const { number } = await auditor.market.progress();
      const found = await expectBooks(market.as, traded, betaToGamma).catch(asError);
      await wait(1_500);
      const { number: later } = await auditor.market.progress();
      if (number !== later && performance.now() < end) continue;
      if (found) throw found;
      break;
    }
    await expectOrder(market.profile('AuditorMSP'));
  }

  /** Kills schedulers and measures how long a member is left without an advice. */
  async function killed(trading: Trading, watch: AdviceWatch, victims: readonly string[]): Promise<void> {
    const before = performance.now();
    const usual = watch.longestSilenceMs(watch.arrivals[0] ?? before, before);
    await Promise.all(victims.map(async (mspId) => schedulers.kill(mspId)));
    await trading.acknowledged(lanes, performance.now());
    const silence = watch.longestSilenceMs(watch.arrivals.findLast((at) => at <= before) ?? before, performance.now());
    const maker = await lastMaker(market.profile('AuditorMSP'));
    say(
      `killed ${victims.join(' and ')}: ${maker} took over, advice to advice at most ${silence.toFixed(0)} ms, before it ${usual.toFixed(0)} ms; errors: ${counted(trading.failures.map(({ code }) => code))}`,
    );
    expect(victims).not.toContain(maker);
    expect(silence).toBeLessThan(silenceMs + usual);
    for (const mspId of victims) schedulers.start(mspId);
  }

  test(
    'kill -9 of the scheduler that makes the cycles: the next one takes over within seconds',
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        await whileTrading(async (trading, watch) => {
          await killed(trading, watch, [await lastMaker(market.profile('AuditorMSP'))]);
        });
      }
    },
    testMs,
  );

  test(
    'two schedulers killed at once: the third one takes over',
    async () => {
      await whileTrading(async (trading, watch) => {
        const maker = await lastMaker(market.profile('AuditorMSP'));
        const [other = ''] = operators.filter((mspId) => mspId !== maker);
        await killed(trading, watch, [maker, other]);
      });
    },
    testMs,
  );

  test(
    'all schedulers killed at once: nothing is executed, and what is sealed meanwhile is, when one is back',
    async () => {
      await whileTrading(async (trading, watch) => {
        await Promise.all(operators.map(async (mspId) => schedulers.kill(mspId)));
        // A cycle that was sent may still be committed.
        await wait(2_000);
        const restedAt = performance.now();
        const beta = await market.as('BetaMSP');
        const terms = { account: 'MEANWHILE', name: 'Meanwhile', kind: 'client' } as const;
        expect((await beta.registry.openAccount(terms, { until: 'sealed', check: false })).outcome).toBe('sealed');
        const executed = beta.registry.openAccount(terms, { check: false });
        await wait(2_000);
        expect(watch.firstAfter(restedAt)).toBeUndefined();
        const backAt = performance.now();
        schedulers.start('CcpMSP');
        // The one that was sealed first made it; the other one with the same content finds it there.
        expect((await executed).outcome).toBe('exists');
        await trading.acknowledged(lanes, backAt);
        const advisedAt = watch.firstAfter(backAt) ?? Infinity;
        say(`all schedulers killed: the first advice came ${(advisedAt - backAt).toFixed(0)} ms after one was started`);
        for (const mspId of operators) schedulers.start(mspId);
      });
    },
    testMs,
  );

  interface Usual {
    readonly p99Ms: number;
    readonly since: number;
  }

  /** How long calls take while nothing happens. */
  async function usually(trading: Trading): Promise<Usual> {
    const begun = performance.now();
    await wait(usualMs);
    return {
      p99Ms: percentileMs(
        trading.answers.filter(({ begun: at }) => at > begun),
        99,
      ),
      since: performance.now(),
    };
  }

  /** The others were not slowed down beyond bounds. */
  function expectUnharmed(what: string, trading: Trading, { p99Ms, since }: Usual): void {
    const meanwhile = trading.answers.filter(({ begun }) => begun > since);
    const p99MeanwhileMs = percentileMs(meanwhile, 99);
    say(
      `${what}: the others' calls took ${p99MeanwhileMs.toFixed(0)} ms (p99 of ${meanwhile.length.toString()}), before it ${p99Ms.toFixed(0)} ms; errors: ${counted(trading.failures.map(({ code }) => code))}`,
    );
    expect(meanwhile.length).toBeGreaterThan(lanes);
    expect(p99MeanwhileMs).toBeLessThan(slower.times * p99Ms + slower.ms);
  }

  /** Opens accounts one after another until it is stopped, whatever happens to the member's node. */
  async function openAccounts(alpha: Market, stop: AbortSignal): Promise<{ opened: string[]; errors: Error[] }> {
    const opened: string[] = [];
    const errors: Error[] = [];
    for (let n = 0; !stop.aborted;) {
      const account = `AWAY-${n.toString()}`;
      try {
        await alpha.registry.openAccount({ account, name: account, kind: 'client' });
        opened.push(account);
        n += 1;
      } catch (error) {
        errors.push(asError(error));
        await wait(200);
      }
    }
    return { opened, errors };
  }

  test(
    "a member's node is away: its calls fail clearly, the others trade on, and when it is back its advices are complete",
    async () => {
      await whileTrading(async (trading) => {
        const alpha = await market.connect('AlphaMSP', { deadlines: { adviceMs: 10_000 } });
        const [organisation] = organisations.filter(({ mspId }) => mspId === 'AlphaMSP');
        if (!organisation) throw new Error('Alpha is not in the network');
        const usual = await usually(trading);
        const stop = new AbortController();
        const opening = openAccounts(alpha, stop.signal);
        await market.kill([market.pidOf(peerOf(organisation))]);
        await wait(awayMs);
        expectUnharmed('a member’s node away', trading, usual);
        await up({ directory: market.network.networkDirectory });
        const back = await market.connect('AlphaMSP');
        const account = { account: 'BACK', name: 'Back', kind: 'client' } as const;
        await until(60_000, 'the member to act again', async () =>
          back.registry.openAccount(account).then(
            () => true,
            () => false,
          ),
        );
        stop.abort();
        const { opened, errors } = await opening;
        say(`the member itself: ${opened.length.toString()} accounts, errors: ${counted(errors.map(codeOf))}`);
        expect(errors.length).toBeGreaterThan(0);
        expect(errors.filter((error) => !(error instanceof MarketError) || error instanceof RejectedError)).toEqual([]);
        const { accounts } = await back.registry.accounts();
        const there = new Set(accounts.map((one) => one.account as string));
        expect([...opened, 'BACK'].filter((id) => !there.has(id))).toEqual([]);
        await Promise.all([alpha.close(), back.close()]);
      });
      await expectSameAdvices('AlphaMSP');
    },
    testMs,
  );

  function codeOf(error: Error): string {
    return error instanceof MarketError ? error.code : error.name;
  }

  /** What its own peer tells a member is what an operator's peer has for it, cycle by cycle. */
  async function expectSameAdvices(mspId: string): Promise<void> {
    const [own, kept] = await Promise.all([
      advicesOf(await market.as(mspId), mspId),
      advicesOf(await market.as('ExchangeMSP'), mspId),
    ]);
    expectGapless(own);
    const both = Math.min(own.at(-1)?.cycle ?? 0, kept.at(-1)?.cycle ?? 0);
    expect(own.filter(({ cycle }) => cycle <= both)).toEqual(kept.filter(({ cycle }) => cycle <= both));
  }

  test(
    `one member seals ${(submissions * instructionsEach).toString()} instructions at once: the others are hardly slower, and all are executed`,
    async () => {
      const alpha = await market.as('AlphaMSP');
      const bank = await market.as('TrustBankMSP');
      for (const account of ['FROM', 'TO']) {
        await alpha.registry.openAccount({ account, name: account, kind: 'client' });
      }
      const total = BigInt(submissions * instructionsEach);
      const to = { institution: 'AlphaMSP', account: 'FROM' };
      await bank.moneyTokens.mint({ id: 'FLOOD', currency: 'JPY', to, amount: total, depositReference: 'FLOOD' });
      await whileTrading(async (trading) => {
        const usual = await usually(trading);
        const payments = Array.from({ length: Number(total) }, (_, index) => ({
          method: 'MoneyTokens:Transfer',
          request: {
            ...{ id: `F-${index.toString()}`, unit: yen, from: 'FROM', amount: '1' },
            to: { institution: 'AlphaMSP', account: 'TO' },
          },
        }));
        const begun = performance.now();
        const sealed = await alpha.instruct(payments, { until: 'sealed' });
        const sealedMs = performance.now() - begun;
        expect(sealed.length).toBe(payments.length);
        await until(testMs, 'the flood to be executed', async () => {
          await wait(500);
          return (await balanceOf(alpha, 'TO', yen)).available === total;
        });
        say(
          `a flood of ${total.toString()} instructions: sealed in ${sealedMs.toFixed(0)} ms, executed after ${(performance.now() - begun).toFixed(0)} ms`,
        );
        expectUnharmed('a flood', trading, usual);
      });
    },
    testMs,
  );
}

describeOnEngines(`the market goes on (KESSAI_NIGHTLY=1 strikes more often)`, suite, native);
