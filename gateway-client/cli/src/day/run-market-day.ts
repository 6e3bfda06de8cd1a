import type { MspId } from '@kessai/interface';
import type { MarketDay } from '../input';
import { announce, eventRecords, keepSnapshots, payEvents } from './corporate-actions';
import type { CashLine, Cycle, DayRecord, PartyTrade } from './day-record';
import { type DayOptions, DayRun } from './day-run';
import type { MarketPort } from './market-port';
import { admit, found, issue, mint, register } from './opening';
import { inDayOrder, settle } from './settlement';
import { sightsOf } from './sights';
import { expireBoards, tradeBilaterally, tradeOnBoard } from './trading';

/**
 * Runs a market's day from its founding to the opening of the next business day, and records what the ledger answers.
 * @throws the port's error where the market refuses what the day cannot do without.
 */
export async function runMarketDay(day: MarketDay, port: MarketPort, options: DayOptions): Promise<DayRecord> {
  const run = new DayRun(day, port, options);
  await run.stage('Found the market', () => found(run));
  await admitAndRegister(run);
  await run.stage('Announce corporate actions', () => announce(run));
  await openDay(run);
  const opening = await run.registers();

  const trading = await run.stage('Trade on the board', () => tradeOnBoard(run));
  await run.stage('Trade bilaterally', () => tradeBilaterally(run));
  const cycles = await run.stage('Settle delivery versus payment', async () => {
    await run.advance('matching');
    await run.advance('settlement');
    return settle(run);
  });
  await run.stage('Close the day', async () => {
    await expireBoards(run);
    await run.advance('closed');
  });
  await run.stage('Keep the registers of the record date', () => keepSnapshots(run));
  const beforeActions = await run.registers();
  await run.stage('Pay dividends and splits', () => payEvents(run));
  await run.stage('Open the next business day', () => run.advance('open', day.market.nextBusinessDate));
  return {
    ...(await inquire(run)),
    ...trading,
    day,
    stages: run.stages,
    cycles,
    opening,
    beforeActions,
    openingAskedLater: await run.registersAsOf(opening),
  };
}

/**
 * Founds a day's market and opens it: its members, instruments and holdings, before anybody trades. What an earlier attempt has done stays
 * as it is, as long as the market has not gone on since.
 * @returns whether it has gone on, so that nothing was done.
 */
export async function openMarket(day: MarketDay, port: MarketPort, options: DayOptions): Promise<'opened' | 'went-on'> {
  const run = new DayRun(day, port, options);
  await run.stage('Found the market', () => found(run));
  const { sequence } = await run.calls.evaluate(run.exchange, 'Registry:Clock', {});
  // The opening is the first advance of the clock.
  if (sequence > 1) return 'went-on';
  await admitAndRegister(run);
  await openDay(run, sequence);
  return 'opened';
}

async function admitAndRegister(run: DayRun): Promise<void> {
  await run.stage('Admit its members', () => admit(run));
  await run.stage('Register money, instruments and accounts', () => register(run));
}

async function openDay(run: DayRun, sequence = 0): Promise<void> {
  await run.stage('Open the day, mint money against deposits', async () => {
    if (sequence === 0) await run.advance('open');
    await mint(run, 'opening');
  });
  await run.stage('Issue, allot, distribute', () => issue(run));
}

type Inquiry = Pick<
  DayRecord,
  'instructions' | 'trades' | 'now' | 'events' | 'cash' | 'supply' | 'clock' | 'sights' | 'ledgerCycles'
>;

/** What the ledger says when all is done. */
async function inquire(run: DayRun): Promise<Inquiry> {
  const { calls } = run;
  const answer = await calls.evaluate(run.settler, 'Settlement:Instructions', {});
  const instructions = inDayOrder(answer.instructions);
  const trades = new Map<MspId, readonly PartyTrade[]>();
  for (const institution of run.membersAs('institution')) {
    const own = await calls.evaluate(institution, 'Orders:Trades', {});
    trades.set(institution, own.trades);
  }
  const { units: supply } = await calls.evaluate(run.depository, 'Registry:Supply', {});
  const clock = await calls.evaluate(run.exchange, 'Registry:Clock', {});
  return {
    instructions,
    trades,
    now: await run.registers(),
    events: await eventRecords(run),
    cash: await cashOf(run),
    supply,
    clock,
    sights: await sightsOf(run),
    ledgerCycles: await cyclesOf(run),
  };
}

async function cyclesOf({ calls, exchange }: DayRun): Promise<readonly Cycle[]> {
  const all: Cycle[] = [];
  for (let from = 1; ;) {
    const { cycles } = await calls.evaluate(exchange, 'Market:Cycles', { from, limit: 1_000 });
    const last = cycles.at(-1);
    if (!last) return all;
    all.push(...cycles);
    from = last.number + 1;
  }
}

async function cashOf(run: DayRun): Promise<readonly CashLine[]> {
  const lines: CashLine[] = [];
  const monies = new Set(run.day.monies.map(({ unit }) => unit));
  for (const { mspId: institution, role } of run.day.members) {
    if (role === 'operator' || role === 'auditor') continue;
    const { holdings } = await run.calls.evaluate(run.depository, 'Registry:Holdings', { institution });
    lines.push(...holdings.filter(({ unit }) => monies.has(unit)).map((holding) => ({ ...holding, institution })));
  }
  return lines;
}
