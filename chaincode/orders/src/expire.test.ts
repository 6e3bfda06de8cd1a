import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  type SampleDay,
  openSampleDay,
  sampleHolding,
  sampleMoney,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
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

const expire = { id: 'e1', isin: shinEtsu, pending: [] };

describe("Ending a board's day", () => {
  test('what stands and what is named expires and is released; what traded stays locked for settlement', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match('x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's2' });
    await day.advance('settlement');

    await day.record('CcpMSP', 'Orders:Expire', { ...expire, pending: [ref('AlphaMSP', 's2')] });

    expect(await day.ask('AlphaMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({ bids: [], asks: [] });
    expect(await day.ask('BetaMSP', 'Orders:Orders')).toMatchObject({ orders: [{ orderId: 'b1', status: 'expired' }] });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_278_000n, 1_278_000n]);
  });

  test('a cancellation that came too late for a matching ends with its order', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match('x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    await day.advance('settlement');
    await day.record('CcpMSP', 'Orders:Expire', expire);
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [], cancels: [] });
  });

  test('not while orders may still meet; and only pending orders are named', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const waiting = { ...expire, pending: [ref('AlphaMSP', 's1')] };
    expect(await day.submit('CcpMSP', 'Orders:Expire', waiting)).toMatchObject({ code: 'PhaseClosed', phase: 'open' });
    await match('x1', [ref('AlphaMSP', 's1')]);
    expect(await day.submit('CcpMSP', 'Orders:Expire', expire)).toMatchObject({ code: 'PhaseClosed', phase: 'open' });
    await day.advance('settlement');
    const named = { ...expire, pending: [ref('AlphaMSP', 's1')] };
    expect(await day.submit('CcpMSP', 'Orders:Expire', named)).toMatchObject({
      code: 'OrderNotPending',
      field: 'pending[0]',
    });
  });

  test('orders of a day that was closed without it trade no more, and expire in the next', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match('x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's2' });
    const before = await day.ask('CsdMSP', 'Registry:Clock');
    const { businessDate } = before as { businessDate: string };
    await day.advance('closed');
    await day.openDay('2031-01-01');

    const stands = { code: 'OrdersNotExpired', field: 'isin', businessDate };
    expect(await match('x2', [])).toMatchObject(stands);
    await day.record('CcpMSP', 'Orders:Expire', expire);
    const waits = { code: 'OrdersNotExpired', field: 'orders[0]', businessDate };
    expect(await match('x2', [ref('AlphaMSP', 's2')])).toMatchObject(waits);
    await day.record('CcpMSP', 'Orders:Expire', { ...expire, id: 'e2', pending: [ref('AlphaMSP', 's2')] });

    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's3' });
    expect(await match('x2', [ref('AlphaMSP', 's3')])).toEqual({ outcome: 'created' });
  });

  test('repeated it changes nothing', async () => {
    await day.advance('settlement');
    await day.record('CcpMSP', 'Orders:Expire', expire);
    expect(await day.submit('CsdMSP', 'Orders:Expire', expire)).toEqual({ outcome: 'exists' });
  });
});
