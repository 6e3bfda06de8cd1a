import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, sampleHolding, sampleMoney, shinEtsu, yen } from '@kessai/ledger/tools';
import { buy, match, openOrdersDay, ref, sell } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

const expire = { id: 'e1', isin: shinEtsu };

describe("Ending a board's day", () => {
  test('what stands and what is pending expires and is released; what traded stays locked for settlement', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's2' });
    await day.advance('settlement');

    await day.record('CcpMSP', 'Orders:Expire', expire);

    expect(await day.ask('AlphaMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({ bids: [], asks: [] });
    expect(await day.ask('BetaMSP', 'Orders:Orders')).toMatchObject({ orders: [{ orderId: 'b1', status: 'expired' }] });
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({
      orders: [
        { orderId: 's1', status: 'filled' },
        { orderId: 's2', status: 'expired' },
      ],
    });
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [] });
    expect(await day.advices('AlphaMSP')).toContainEqual({
      ...{ kind: 'order', orderId: 's2', status: 'expired', remaining: '300' },
    });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_278_000n, 1_278_000n]);
  });

  test('not while orders may still meet', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const tooEarly = { code: 'PhaseClosed', phase: 'open', allowed: ['settlement', 'closed'] };
    expect(await day.submit('CcpMSP', 'Orders:Expire', expire)).toEqual(tooEarly);
    await match(day, 'x1', [ref('AlphaMSP', 's1')]);
    expect(await day.submit('CcpMSP', 'Orders:Expire', expire)).toEqual(tooEarly);
    await day.advance('matching');
    expect(await day.submit('CcpMSP', 'Orders:Expire', expire)).toMatchObject({ phase: 'matching' });
  });

  test('orders of a day that was closed without it trade no more, and expire in the next', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await match(day, 'x1', [ref('AlphaMSP', 's1')]);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's2' });
    const { businessDate } = await day.clock();
    await day.advance('closed');
    await day.openDay('2023-03-02');
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's3' });

    const stands = { code: 'OrdersNotExpired', field: 'isin', businessDate };
    expect(await match(day, 'x2', [ref('AlphaMSP', 's3')])).toEqual(stands);
    await day.record('CcpMSP', 'Orders:Expire', expire);

    // What was placed today goes on waiting.
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toMatchObject({
      orders: [{ orderId: 's3' }],
    });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
    expect(await match(day, 'x2', [ref('AlphaMSP', 's3')])).toEqual({ outcome: 'created' });
  });

  test('a pending order of an earlier day is not taken onto the board', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const { businessDate } = await day.clock();
    await day.advance('closed');
    await day.openDay('2023-03-02');
    expect(await match(day, 'x1', [ref('AlphaMSP', 's1')])).toEqual({
      ...{ code: 'OrdersNotExpired', field: 'orders[0]', businessDate },
    });
  });

  test('repeated it changes nothing', async () => {
    await day.advance('settlement');
    await day.record('CcpMSP', 'Orders:Expire', expire);
    expect(await day.submit('CcpMSP', 'Orders:Expire', expire)).toEqual({ outcome: 'exists' });
  });
});
