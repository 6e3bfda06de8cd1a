import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, sampleHolding, shinEtsu } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { orders } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens, Orders: orders };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const order = { isin: shinEtsu, timeInForce: 'day' };
const sell = { ...order, orderId: 's1', side: 'sell', account: 'A-1', quantity: '300', price: '42500' };
const buy = { ...order, orderId: 'b1', side: 'buy', account: 'B-1', quantity: '500', price: '42600' };

function ref(institution: string, orderId: string) {
  return { institution, orderId };
}

function match(id: string, orders: readonly object[], cancels: readonly object[] = []) {
  return day.submit('CsdMSP', 'Orders:Match', { id, isin: shinEtsu, cancels, orders } as never);
}

describe('Cancelling an order', () => {
  test('a pending one ends at once and releases its lock', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [], cancels: [] });
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 's1' })).toEqual({ outcome: 'exists' });
  });

  test('a standing one ends with the next matching, before anything can hit it', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match('x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
    await day.record('BetaMSP', 'Orders:Place', buy);

    expect(await match('x2', [ref('BetaMSP', 'b1')], [ref('AlphaMSP', 's1')])).toEqual({ outcome: 'created' });

    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toEqual({ trades: [] });
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({
      orders: [{ orderId: 's1', status: 'cancelled' }],
    });
  });

  test('a filled one cannot be cancelled', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match('x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 's1' })).toEqual({
      ...{ code: 'OrderEnded', field: 'orderId', orderId: 's1', status: 'filled' },
    });
  });

  test('an order asked to be cancelled that was filled meanwhile stays filled, and waits no more', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match('x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    await day.record('BetaMSP', 'Orders:Place', buy);
    // The operator had not seen the cancellation yet.
    await match('x2', [ref('BetaMSP', 'b1')]);
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({
      orders: [{ status: 'filled', remaining: '0' }],
    });
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [], cancels: [] });
    expect(await match('x3', [], [ref('AlphaMSP', 's1')])).toEqual({ outcome: 'created' });
  });

  test("another institution's order is unknown", async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.submit('BetaMSP', 'Orders:Cancel', { orderId: 's1' })).toMatchObject({ code: 'OrderUnknown' });
  });
});
