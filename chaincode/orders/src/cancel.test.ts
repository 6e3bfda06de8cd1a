import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, sampleHolding, sampleMoney, shinEtsu, yen } from '@kessai/ledger/tools';
import { buy, match, openOrdersDay, ref, sell } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

describe('Cancelling an order', () => {
  test('a pending one ends at once and releases its lock', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [] });
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 's1' })).toEqual({ outcome: 'exists' });
  });

  test('a standing one ends at once and nothing can hit it any more', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match(day, 'x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await day.ask('GammaMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({ asks: [] });
    await day.record('BetaMSP', 'Orders:Place', buy);

    expect(await match(day, 'x2', [ref('BetaMSP', 'b1')])).toEqual({ outcome: 'created' });

    expect(await day.ask('BetaMSP', 'Orders:Trades')).toEqual({ trades: [] });
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({
      orders: [{ orderId: 's1', status: 'cancelled' }],
    });
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 's1' })).toEqual({ outcome: 'exists' });
  });

  test('of a partly filled one the rest ends, and what traded stays locked for settlement', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    await day.record('BetaMSP', 'Orders:Cancel', { orderId: 'b1' });
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_278_000n, 1_278_000n]);
    expect(await day.advices('BetaMSP')).toContainEqual({
      ...{ kind: 'order', orderId: 'b1', status: 'cancelled', remaining: '200' },
    });
  });

  test('a filled one cannot be cancelled', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 's1' })).toEqual({
      ...{ code: 'OrderEnded', field: 'orderId', orderId: 's1', status: 'filled' },
    });
  });

  test('what ends and is cancelled in one cycle is found to have ended', async () => {
    const { market } = day;
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    const orders = [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')];
    market.seal('CsdMSP', [{ method: 'Orders:Match', request: { id: 'x1', isin: shinEtsu, orders } }]);
    market.seal('AlphaMSP', [{ method: 'Orders:Cancel', request: { orderId: 's1' } }]);
    market.seal('BetaMSP', [
      { method: 'Orders:Cancel', request: { orderId: 'b1' } },
      { method: 'Orders:Cancel', request: { orderId: 'b1' } },
    ]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'OrderEnded', orderId: 's1', status: 'filled' },
      { outcome: 'created' },
      { outcome: 'exists' },
    ]);
  });

  test("another institution's order is unknown", async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.submit('BetaMSP', 'Orders:Cancel', { orderId: 's1' })).toMatchObject({ code: 'OrderUnknown' });
  });
});
