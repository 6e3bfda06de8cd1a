import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Registry, processMetrics } from '@kessai/telemetry/metrics';
import { chaincodeMetrics } from './chaincode-metrics';
import { MarketOnPeer, batchPeer } from './tools/market-on-peer';

let registry: Registry;
let market: MarketOnPeer;

beforeEach(async () => {
  registry = processMetrics();
  market = await MarketOnPeer.start(batchPeer, {
    observer: chaincodeMetrics(registry, () => market.chaincode.inFlight),
  });
});

afterEach(() => {
  market.close();
});

async function valueOf(line: string): Promise<number> {
  const found = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1));
}

describe('the metrics of the chaincode', () => {
  test('count transactions by method and by what became of them, with how long they took', async () => {
    expect((await market.call('Registry:Clock')).status).toBe(500);
    await market.found();
    expect((await market.call('Registry:Clock')).status).toBe(200);
    const counted = 'kessai_chaincode_transactions_total';
    expect(await valueOf(`${counted}{method="Registry:Clock",outcome="refused"}`)).toBe(1);
    expect(await valueOf(`${counted}{method="Registry:Clock",outcome="answered"}`)).toBe(1);
    expect(await valueOf(`${counted}{method="Registry:Found",outcome="answered"}`)).toBe(1);
    const took = 'kessai_chaincode_transaction_duration_seconds';
    expect(await valueOf(`${took}_count{method="Registry:Clock"}`)).toBe(2);
    expect(await valueOf(`${took}_bucket{le="30",method="Registry:Clock"}`)).toBe(2);
    expect(await valueOf('kessai_chaincode_transactions_in_flight')).toBe(0);
  });

  test('count the bytes of requests and of answers', async () => {
    const [received, sent] = ['received', 'sent'].map(
      (direction) => `kessai_chaincode_bytes_total{direction="${direction}"}`,
    ) as [string, string];
    const before = await valueOf(sent);
    await market.call('Registry:Clock', { id: 'x'.repeat(10_000) });
    expect(await valueOf(received)).toBeGreaterThan(10_000);
    expect(await valueOf(sent)).toBeGreaterThan(before);
  });

  test('grow by no label that a caller chooses, and tell nobody’s account, name or organisation', async () => {
    await market.found();
    await market.admit('AlphaMSP');
    for (const name of ['Secret-7:Peek', 'Orders:Nothing', '', 'x'.repeat(5_000)]) await market.call(name);
    await market.submit(
      'Registry:OpenAccount',
      { account: 'SECRET-ACCOUNT', kind: 'client', name: 'Secret Client' },
      'AlphaMSP',
    );
    const told = await registry.metrics();
    expect(await valueOf('kessai_chaincode_transactions_total{method="unknown",outcome="refused"}')).toBe(4);
    expect(told).not.toMatch(/secret|xxx|AlphaMSP|Orders:Nothing/i);
  });
});
