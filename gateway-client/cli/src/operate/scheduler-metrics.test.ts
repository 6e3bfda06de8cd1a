import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Registry, processMetrics } from '@kessai/telemetry/metrics';
import { nothingYet } from './options';
import { type Scheduler, schedulerOn } from './scheduler';
import { schedulerMetrics } from './scheduler-metrics';
import { SimulatedLedger } from './simulated-ledger';

let ledger: SimulatedLedger;
let registry: Registry;
let running: Scheduler[];

beforeEach(() => {
  ledger = new SimulatedLedger();
  registry = processMetrics();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((scheduler) => scheduler.close()));
});

function start(operator: string): Scheduler {
  const observer = schedulerMetrics(registry, () => scheduler.status);
  const scheduler = schedulerOn(ledger.port(operator), { observer, unreadableMs: 100 });
  running.push(scheduler);
  return scheduler;
}

async function valueOf(series: string): Promise<number> {
  const found = (await registry.metrics()).split('\n').find((line) => line.startsWith(`${series} `));
  return Number(found?.slice(series.length + 1));
}

async function comesTo(series: string, least: number): Promise<void> {
  for (let tried = 0; !((await valueOf(series)) >= least); tried += 1) {
    if (tried > 500) throw new Error(`${series} is ${(await valueOf(series)).toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the metrics of a scheduler', () => {
  test('tell what its cycles took and how long they did, and where the market stands', async () => {
    start('ExchangeMSP');
    ledger.cycleMs = 60;
    ledger.seal('AlphaMSP', 3);
    await comesTo('kessai_scheduler_submissions_total', 3);
    const cycles = ledger.cycles.length;
    expect(await valueOf('kessai_scheduler_cycle_duration_seconds_count')).toBe(cycles);
    expect(await valueOf('kessai_scheduler_cycle_duration_seconds_sum')).toBeGreaterThan(0.05 * cycles);
    expect(await valueOf('kessai_scheduler_cycle_submissions_sum')).toBe(3);
    expect(await valueOf('kessai_scheduler_submissions_waiting')).toBe(0);
    expect(await valueOf('kessai_market_cycle')).toBe(cycles);
    expect(await valueOf('kessai_market_cycle_timestamp_seconds')).toBe(Date.parse('2026-04-01T00:00:00.000Z') / 1_000);
    expect(await valueOf('kessai_scheduler_role{role="leading"}')).toBe(1);
    expect(await valueOf('kessai_scheduler_role{role="standby"}')).toBe(0);
  });

  test('tell what waits while nobody endorses, for how long, and of which code the fault is', async () => {
    start('ExchangeMSP');
    await comesTo('kessai_scheduler_role{role="leading"}', 1);
    ledger.up = false;
    ledger.seal('AlphaMSP', 2);
    await comesTo('kessai_scheduler_submissions_waiting', 2);
    await comesTo('kessai_scheduler_faults_total{code="Timeout"}', 1);
    expect(await valueOf('kessai_scheduler_longest_wait_seconds')).toBeGreaterThan(0);
    ledger.up = true;
    await comesTo('kessai_scheduler_submissions_total', 2);
    await comesTo('kessai_market_cycle', 1);
    expect(await valueOf('kessai_scheduler_longest_wait_seconds')).toBe(0);
  });

  test('count what is set aside, and name neither it nor its member', async () => {
    start('ExchangeMSP');
    const [bad = ''] = ledger.seal('AlphaMSP');
    ledger.unreadable.add(bad);
    ledger.seal('BetaMSP', 2);
    await comesTo('kessai_scheduler_submissions_set_aside_total', 1);
    const told = await registry.metrics();
    expect(told).not.toContain(bad);
    expect(told).not.toMatch(/AlphaMSP|BetaMSP/);
  });

  test('of one that does not lead say so, and count no cycle of another one', async () => {
    start('CsdMSP');
    const leading = schedulerOn(ledger.port('ExchangeMSP'));
    running.push(leading);
    ledger.seal('AlphaMSP', 2);
    await comesTo('kessai_market_cycle', 1);
    expect(await valueOf('kessai_scheduler_role{role="standby"}')).toBe(1);
    expect(await valueOf('kessai_scheduler_submissions_total')).toBe(0);
    expect(leading.status.submissions).toBeGreaterThan(0);
  });

  test('of one that has found no market yet say that it waits, and tell no cycle', async () => {
    schedulerMetrics(registry, () => nothingYet);
    expect(await valueOf('kessai_scheduler_role{role="waiting"}')).toBe(1);
    expect(await valueOf('kessai_market_cycle')).toBeNaN();
  });
});
