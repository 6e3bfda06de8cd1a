import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, obayashi, sampleHolding, sampleMoney, shinEtsu, yen } from '@kessai/ledger/tools';
import { buy, openOrdersDay, sell } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

describe('Placing an order', () => {
  test('a seller locks the securities', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
  });

  test('a buyer locks the money at its limit: 500 at 4,260 yen', async () => {
    await day.record('BetaMSP', 'Orders:Place', buy);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 2_130_000n, 2_130_000n]);
  });

  test('a buyer of single securities at 1.5 yen locks 2 yen for each, which is enough however it is filled', async () => {
    await day.record('BetaMSP', 'Orders:Place', { ...buy, isin: obayashi, quantity: '3', price: '15' });
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 6n, 6n]);
  });

  test('it waits to be matched, unseen by others', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toMatchObject({
      orders: [{ institution: 'AlphaMSP', orderId: 's1' }],
    });
    expect(await day.ask('GammaMSP', 'Orders:Board', { isin: shinEtsu })).toEqual({
      isin: shinEtsu,
      bids: [],
      asks: [],
    });
    expect(await day.ask('GammaMSP', 'Orders:Orders')).toEqual({ orders: [] });
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({
      orders: [{ orderId: 's1', status: 'pending' }],
    });
  });

  test.each([
    ['half a lot', { quantity: '150' }, { code: 'LotViolated', lot: 100n }],
    ["a client's of another institution", { account: 'B-1' }, { code: 'AccountUnknown', institution: 'AlphaMSP' }],
    [
      'more than is held',
      { quantity: '100100' },
      { code: 'HoldingInsufficient', field: 'quantity', available: 100_000n },
    ],
    ['what nobody registered', { isin: 'US0378331005' }, { code: 'InstrumentUnknown', field: 'isin' }],
    ['nothing', { quantity: '0' }, { code: 'FieldOutOfRange', field: 'quantity' }],
    ['less than nothing', { quantity: '-100' }, { code: 'FieldOutOfRange', field: 'quantity' }],
    ['at no price', { price: '0' }, { code: 'FieldOutOfRange', field: 'price' }],
    ['a wrong ISIN', { isin: 'JP3371200010' }, { code: 'IsinInvalid', field: 'isin' }],
  ])('selling %s is refused', async (_, change, refused) => {
    expect(await day.submit('AlphaMSP', 'Orders:Place', { ...sell, ...change })).toMatchObject(refused);
  });

  test('at a price that makes money beyond counting, or none, it is refused', async () => {
    const huge = { quantity: '100000000000', price: '10000000000000' };
    expect(await day.submit('BetaMSP', 'Orders:Place', { ...buy, ...huge })).toMatchObject({ code: 'AmountTooLarge' });
    const tiny = { isin: obayashi, quantity: '9', price: '5' };
    expect(await day.submit('BetaMSP', 'Orders:Place', { ...buy, ...tiny })).toMatchObject({ code: 'AmountTooSmall' });
  });

  test('what is locked by one order is not there for another', async () => {
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, quantity: '100000' });
    expect(await day.submit('AlphaMSP', 'Orders:Place', { ...sell, orderId: 's2', quantity: '100' })).toMatchObject({
      ...{ code: 'HoldingInsufficient', needed: 100n, available: 0n },
    });
  });

  test('only while the market is open', async () => {
    await day.advance('matching');
    expect(await day.submit('AlphaMSP', 'Orders:Place', sell)).toEqual({
      ...{ code: 'PhaseClosed', phase: 'matching', allowed: ['open'] },
    });
  });

  test('placed again it is the same order, or names the field that differs', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.submit('AlphaMSP', 'Orders:Place', sell)).toEqual({ outcome: 'exists' });
    expect(await day.submit('AlphaMSP', 'Orders:Place', { ...sell, price: '42600' })).toEqual({
      ...{ code: 'Conflict', field: 'price' },
    });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
  });

  test('one that is still pending days later keeps its id', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
      await day.advance('closed');
      await day.openDay(date);
      await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: `of-${date}` });
    }
    expect(await day.submit('AlphaMSP', 'Orders:Place', sell)).toEqual({ outcome: 'exists' });
    expect(await day.submit('AlphaMSP', 'Orders:Place', { ...sell, quantity: '200' })).toEqual({
      ...{ code: 'Conflict', field: 'quantity' },
    });
  });

  test('it is told to its institution, and to nobody else', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const placed = { kind: 'order', orderId: 's1', status: 'pending', remaining: '300' };
    expect(await day.advices('AlphaMSP')).toContainEqual(placed);
    expect(JSON.stringify(await day.advices('BetaMSP'))).not.toContain('s1');
  });
});
