import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Market, MarketError, RejectedError, type TraceFact } from '@kessai/gateway-client';
import { readTopology, up } from '@kessai/network';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { balanceOf } from '../support/market-day';
import { yen } from '../support/market-network';
import { until } from '../support/until';
import { AdviceWatch } from './advice-watch';
import { asError } from './as-error';
import { advicesOf, expectBooks, expectGapless, expectOrder } from './books';
import type { Flood } from './flooding-member';
import { NativeMarket, peerOf } from './native-market';
import { openMarket } from './open-market';
import { type Takeover, counted, takeoverTable } from './recovery-times';
import { type Slower, type Stretch, type Struck, callsDuring, passing, percentileMs, slowed } from './slowed-calls';
import { SchedulerProcesses, lastMaker } from './scheduler-processes';
import { type AllParties, Trading, addTraded, everybody, lanes, nothingTraded } from './trading';

const nightly = process.env['KESSAI_NIGHTLY'] === '1';

/** How often each operator's scheduler is killed while it makes the cycles; by day only how often that of whoever does. */
const kills = nightly ? { ofEach: 20, atMost: 90 } : { ofEach: 0, atMost: 2 };
/** After so many the books are held against what was acknowledged. */
const killsBetweenBooks = nightly ? 6 : 1;
/** What a member may wait longer for an advice because a scheduler is gone. By day the machine may have much else to do. */
const silenceMs = nightly ? 3_000 : 9_000;
/** How often two schedulers act at once, and for how long; and how often one is held up, which must be long enough for another to take over. */
const atOnce = nightly ? { times: 6, ms: 20_000 } : { times: 1, ms: 5_000 };
const heldUp = nightly ? { times: 10, ms: 4_000 } : { times: 1, ms: 6_000 };
/** How much longer the others' slowest calls may take while one member is away or floods the market. By day, few calls are compared. */
const slower = nightly
  ? { away: { times: 1.1, ms: 0 }, flood: { times: 2, ms: 0 } }
  : { away: { times: 4, ms: 4_000 }, flood: { times: 4, ms: 4_000 } };
const awayMs = nightly ? 600_000 : 10_000;
const floods = nightly ? 3 : 1;
/** How long the others are watched before a flood, and after it. */
const calmMs = nightly ? 30_000 : 5_000;
const submissions = nightly ? 20 : 5;
const instructionsEach = 1_000;

/** A scheduler that starts reads what there is of the ledger. */
const takesOverMs = 60_000;

const startMs = 300_000;
const testMs = nightly ? 2_400_000 : 400_000;

const operators = ['ExchangeMSP', 'CsdMSP', 'CcpMSP'];
const members = [
  ...operators,
  ...['Alpha', 'Beta', 'Gamma', 'TrustBank', 'ShinEtsu', 'Auditor'].map((name) => `${name}MSP`),
];
const organisations = readTopology().organisations.filter(({ mspId }) => members.includes(mspId));
/** Where Alpha is the one that something happens to. */
const withoutAlpha: AllParties = [{ seller: 'BetaMSP', buyer: 'GammaMSP' }];

const native = engines.filter(({ name }) => name === 'native');

function suite(engine: TestEngine): void {
  const traded = nothingTraded();
  let market: NativeMarket;
  let schedulers: SchedulerProcesses;
  let stretches = 0;

  beforeAll(async () => {
    market = await NativeMarket.start(engine, organisations);
    schedulers = new SchedulerProcesses(market.network.networkDirectory);
    await openMarket(async (mspId) => market.network.as(mspId), organisations, everybody);
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
  async function whileTrading(
    parties: AllParties,
    happens: (trading: Trading, watch: AdviceWatch) => Promise<void>,
  ): Promise<void> {
    stretches += 1;
    const begun = performance.now();
    const trading = new Trading(market.as, `S${stretches.toString()}`, parties);
    try {
      await using watch = new AdviceWatch(await market.as('BetaMSP'));
      await trading.acknowledged(2 * lanes, 0);
      await happens(trading, watch);
    } finally {
      await trading.stop();
      addTraded(traded, trading);
    }
    const ended = performance.now();
    await expectWhole();
    const { length } = trading.told;
    say(
      `${length.toString()} instructions acknowledged, ${((length * 1_000) / (ended - begun)).toFixed(0)} a second; the books are whole, the order is kept (${((performance.now() - ended) / 1_000).toFixed(0)} s)`,
    );
  }

  /** What was called last may still be executed while the books are read. */
  async function expectWhole(): Promise<void> {
    const auditor = await market.as('AuditorMSP');
    const end = performance.now() + 60_000;
    for (;;) {
      const { number } = await auditor.market.progress();
      const found = await expectBooks(market.as, traded, everybody).catch(asError);
      await wait(1_500);
      const { number: later } = await auditor.market.progress();
      if (number !== later && performance.now() < end) continue;
      if (found) throw found;
      break;
    }
    await expectOrder(market.profile('AuditorMSP'));
  }

  /** Kills schedulers, measures how long a member is left without an advice, and starts them again. */
  async function killed(trading: Trading, watch: AdviceWatch, victims: readonly string[]): Promise<Takeover> {
    await schedulers.follow();
    const quietAt = performance.now();
    await trading.acknowledged(2 * lanes, quietAt);
    const before = performance.now();
    const usual = watch.longestSilenceMs(watch.firstAfter(quietAt) ?? before, before);
    const failuresBefore = trading.failures.length;
    await Promise.all(victims.map(async (mspId) => schedulers.kill(mspId)));
    await trading.acknowledged(lanes, performance.now());
    const silence = watch.longestSilenceMs(watch.arrivals.findLast((at) => at <= before) ?? before, performance.now());
    const maker = await lastMaker(market.profile('AuditorMSP'));
    const errors = trading.failures.slice(failuresBefore).map(({ code }) => code);
    say(
      `killed ${victims.join(' and ')}: ${maker} took over, advice to advice at most ${silence.toFixed(0)} ms, before it ${usual.toFixed(0)} ms; errors: ${counted(errors)}`,
    );
    expect(victims).not.toContain(maker);
    expect(silence).toBeLessThan(silenceMs + usual);
    for (const mspId of victims) schedulers.start(mspId);
    return { victim: victims.join(' and '), silence_ms: silence, failures: errors };
  }

  test(
    'kill -9 of the scheduler that makes the cycles: the next one takes over within seconds',
    async () => {
      const takeovers: Takeover[] = [];
      const times = (mspId: string): number => takeovers.filter(({ victim }) => victim === mspId).length;
      const leastTimes = (): number => Math.min(...operators.map(times));
      const isOver = (): boolean =>
        takeovers.length >= kills.atMost || (kills.ofEach > 0 && leastTimes() >= kills.ofEach);
      while (!isOver()) {
        await whileTrading(everybody, async (trading, watch) => {
          for (let n = 0; n < killsBetweenBooks && !isOver(); n += 1) {
            takeovers.push(await killed(trading, watch, [await lastMaker(market.profile('AuditorMSP'))]));
          }
        });
      }
      say(takeoverTable(takeovers));
      expect(leastTimes()).toBeGreaterThanOrEqual(kills.ofEach);
    },
    testMs,
  );

  test(
    'two schedulers killed at once: the third one takes over',
    async () => {
      await whileTrading(everybody, async (trading, watch) => {
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
      await whileTrading(everybody, async (trading, watch) => {
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

  test(
    'two schedulers believe that it is their turn: both make cycles, and each number is made once',
    async () => {
      for (let n = 0; n < atOnce.times; n += 1) {
        await whileTrading(everybody, async (trading) => {
          await schedulers.follow();
          const maker = await lastMaker(market.profile('AuditorMSP'));
          // Whoever made the last cycle makes the next one, and of this operator there are two.
          let sent = 0;
          const trace = ({ kind }: TraceFact): void => void (sent += kind === 'submitted' ? 1 : 0);
          const second = await market.network.operateAs(maker, {}, { trace });
          await until(takesOverMs, 'the second one to make cycles', () => second.status.cycles > 0);
          const auditor = await market.as('AuditorMSP');
          const { number: before } = await auditor.market.progress();
          const madeBefore = second.status.cycles;
          const begun = performance.now();
          await wait(atOnce.ms);
          await trading.acknowledged(lanes, performance.now());
          const { number } = await auditor.market.progress();
          const cycles = second.status.cycles - madeBefore;
          const late = sent - second.status.cycles;
          await market.network.rest(maker);
          const calls = callsDuring(trading.answers, [{ from: begun, to: performance.now() }]);
          say(
            `two schedulers of ${maker}: of ${(number - before).toString()} cycles the second one made ${cycles.toString()}, and sent ${late.toString()} that came late; ` +
              `calls took ${percentileMs(calls, 50).toFixed(0)} ms (median of ${calls.length.toString()}); errors: ${counted(trading.failures.map(({ code }) => code))}`,
          );
          expect(cycles).toBeGreaterThan(0);
          expect(cycles).toBeLessThan(number - before);
          // The next round is another operator's.
          await schedulers.kill(maker);
          await trading.acknowledged(lanes, performance.now());
          schedulers.start(maker);
        });
      }
    },
    testMs,
  );

  test(
    'a scheduler is held up until another one has taken over, and goes on as if it were still its turn',
    async () => {
      await whileTrading(everybody, async (trading) => {
        for (let n = 0; n < heldUp.times; n += 1) {
          await schedulers.follow();
          const maker = await lastMaker(market.profile('AuditorMSP'));
          schedulers.holdUp(maker);
          await wait(heldUp.ms);
          await trading.acknowledged(lanes, performance.now());
          const other = await lastMaker(market.profile('AuditorMSP'));
          expect(other).not.toBe(maker);
          const backAt = performance.now();
          schedulers.goOn(maker);
          const servedAt = await trading.acknowledged(2 * lanes, backAt);
          say(
            `${maker} held up, ${other} took over; ${maker} back: ${(2 * lanes).toString()} calls within ${(servedAt - backAt).toFixed(0)} ms`,
          );
        }
      });
    },
    testMs,
  );

  /** The others were not slowed down beyond bounds. */
  function expectUnharmed(what: string, { answers, failures }: Trading, when: Struck, bound: Slower): void {
    const { text, calls, slowestMs, boundMs } = slowed(answers, when, bound);
    say(`${what}: the others' calls took ${text}; errors: ${counted(failures.map(({ code }) => code))}`);
    expect(calls).toBeGreaterThan(lanes);
    expect(slowestMs).toBeLessThan(boundMs);
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
      await whileTrading(withoutAlpha, async (trading) => {
        // By day its node is away for hardly longer than a call waits for its advice.
        const alpha = await market.connect('AlphaMSP', { deadlines: { adviceMs: Math.min(10_000, awayMs / 4) } });
        const [organisation] = organisations.filter(({ mspId }) => mspId === 'AlphaMSP');
        if (!organisation) throw new Error('Alpha is not in the network');
        const stop = new AbortController();
        const opening = openAccounts(alpha, stop.signal);
        const before = await passing(awayMs / 2);
        await market.kill([market.pidOf(peerOf(organisation))]);
        const away = await passing(awayMs);
        await up({ directory: market.network.networkDirectory });
        const back = await market.connect('AlphaMSP');
        const account = { account: 'BACK', name: 'Back', kind: 'client' } as const;
        await until(60_000, 'the member to act again', async () =>
          back.registry.openAccount(account).then(
            () => true,
            () => false,
          ),
        );
        const after = await passing(awayMs / 2);
        stop.abort();
        expectUnharmed('a member’s node away', trading, { calm: [before, after], struck: [away] }, slower.away);
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
      const size = submissions * instructionsEach;
      const to = { institution: 'AlphaMSP', account: 'FROM' };
      const amount = BigInt(floods * size);
      await bank.moneyTokens.mint({ id: 'FLOOD', currency: 'JPY', to, amount, depositReference: 'FLOOD' });
      await whileTrading(withoutAlpha, async (trading) => {
        const calm = [await passing(calmMs)];
        const struck: Stretch[] = [];
        for (let n = 1; n <= floods; n += 1) {
          struck.push(...(await flooding(n, size)));
          calm.push(await passing(calmMs));
        }
        expectUnharmed('a flood', trading, { calm, struck }, slower.flood);
      });
    },
    testMs,
  );

  /** A member seals so many payments at once, in a process of its own. @returns until they are sealed, and until they are executed. */
  async function flooding(number: number, size: number): Promise<readonly Stretch[]> {
    const from = performance.now();
    const profile = market.profile('AlphaMSP');
    const sealed = await flood({ profile, name: `F-${number.toString()}`, size, from: 'FROM', to: 'TO' });
    const sealedAt = performance.now();
    expect(sealed).toBe(size);
    const alpha = await market.as('AlphaMSP');
    await until(testMs, 'the flood to be executed', async () => {
      await wait(500);
      return (await balanceOf(alpha, 'TO', yen)).available === BigInt(number * size);
    });
    const to = performance.now();
    say(
      `a flood of ${size.toString()} instructions: sealed in ${(sealedAt - from).toFixed(0)} ms, executed after ${(to - from).toFixed(0)} ms`,
    );
    return [
      { from, to: sealedAt },
      { from: sealedAt, to },
    ];
  }
}

/** @returns how many instructions were sealed. */
async function flood(told: Flood): Promise<number> {
  const member = fork(join(__dirname, 'flooding-member.js'), { execArgv: [], serialization: 'advanced' });
  const exited = once(member, 'exit');
  const answer = once(member, 'message');
  member.send(told);
  const [sealed] = (await Promise.race([answer, exited])) as [number];
  await exited;
  return sealed;
}

describeOnEngines(`the market goes on (KESSAI_NIGHTLY=1 strikes more often)`, suite, native);
