import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import {
  type SampleDay,
  audit,
  faultsOfBoards,
  faultsOfLocks,
  sampleHolding,
  sampleMoney,
  sampleNeedOf,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
import { openOrdersDay } from './orders-day.test-kit';

let day: SampleDay;

const order = { isin: shinEtsu, timeInForce: 'day', price: '42500' };
const sellOf = (account: string, quantity: string) => ({ ...order, side: 'sell', account, quantity });
const buyOf = (account: string, quantity: string) => ({ ...order, side: 'buy', account, quantity });

interface Placed {
  readonly by: string;
  readonly request: JsonObject;
}

/** Orders come in one after another, however the market matches them. */
async function place(matching: string, placed: readonly Placed[]): Promise<void> {
  for (const [index, { by, request }] of placed.entries()) {
    const orderId = `o${(index + 1).toString()}`;
    await day.record(by, 'Orders:Place', { orderId, ...request });
    if (matching === 'continuous') continue;
    const named = [{ institution: by, orderId }];
    await day.record('CsdMSP', 'Orders:Match', { id: `x${index.toString()}`, isin: shinEtsu, orders: named });
  }
}

async function ordersOf(member: string): Promise<Readonly<Record<string, string>>> {
  const { orders: found } = await day.ask<{ orders: { orderId: string; status: string; remaining: string }[] }>(
    member,
    'Orders:Orders',
  );
  return Object.fromEntries(found.map(({ orderId, status, remaining }) => [orderId, `${status} ${remaining}`]));
}

async function quantitiesOf(member: string): Promise<readonly string[]> {
  const { trades } = await day.ask<{ trades: { side: string; quantity: string }[] }>(member, 'Orders:Trades');
  return trades.map(({ side, quantity }) => `${side} ${quantity}`);
}

describe.each(['by-operator', 'continuous'])('On the board of a market that matches %s, an account', (matching) => {
  beforeEach(async () => {
    day = await openOrdersDay();
    await day.record('ExchangeMSP', 'Registry:SetPolicy', {
      ...{ id: 'policy', policy: { matching, settlement: 'by-operator' } },
    });
  });

  test('does not buy from itself: its new order is cancelled, the standing one stays, and it is told why', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'AlphaMSP', request: buyOf('A-1', '500') },
    ]);
    expect(await ordersOf('AlphaMSP')).toEqual({ o1: 'standing 300', o2: 'cancelled 500' });
    expect(await quantitiesOf('AlphaMSP')).toEqual([]);
    expect(await day.advices('AlphaMSP')).toContainEqual({
      ...{ kind: 'order', orderId: 'o2', status: 'cancelled', remaining: '500', reason: 'self-trade' },
    });
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney, 0n]);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
  });

  test('does not sell to itself either', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: buyOf('A-1', '300') },
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
    ]);
    expect(await ordersOf('AlphaMSP')).toEqual({ o1: 'standing 300', o2: 'cancelled 300' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
  });

  test('trades with those before its own order, and not past it with those behind', async () => {
    await place(matching, [
      { by: 'BetaMSP', request: sellOf('B-1', '200') },
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'GammaMSP', request: sellOf('G-1', '400') },
      { by: 'AlphaMSP', request: buyOf('A-1', '1000') },
    ]);
    expect(await quantitiesOf('AlphaMSP')).toEqual(['buy 200']);
    expect(await ordersOf('AlphaMSP')).toEqual({ o2: 'standing 300', o4: 'cancelled 800' });
    expect(await ordersOf('GammaMSP')).toEqual({ o3: 'standing 400' });
    // The next one of another account finds the board as it stands.
    await day.record('BetaMSP', 'Orders:Place', { orderId: 'next', ...buyOf('B-2', '500') });
    if (matching === 'by-operator') {
      const named = [{ institution: 'BetaMSP', orderId: 'next' }];
      await day.record('CsdMSP', 'Orders:Match', { id: 'next', isin: shinEtsu, orders: named });
    }
    expect(await ordersOf('AlphaMSP')).toMatchObject({ o2: 'filled 0' });
  });

  test('does not meet itself with an immediate-or-cancel order, nor when its standing order was filled in part', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'BetaMSP', request: buyOf('B-1', '100') },
      { by: 'AlphaMSP', request: { ...buyOf('A-1', '200'), timeInForce: 'immediate-or-cancel' } },
    ]);
    expect(await ordersOf('AlphaMSP')).toEqual({ o1: 'standing 200', o3: 'cancelled 200' });
    expect(await quantitiesOf('AlphaMSP')).toEqual(['sell 100']);
  });

  test('does not meet itself behind another at a better price, which it takes', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: { ...buyOf('A-1', '300'), price: '42500' } },
      { by: 'BetaMSP', request: { ...buyOf('B-1', '100'), price: '42600' } },
      { by: 'AlphaMSP', request: { ...sellOf('A-1', '400'), price: '42400' } },
    ]);
    expect(await quantitiesOf('AlphaMSP')).toEqual(['sell 100']);
    expect(await ordersOf('AlphaMSP')).toEqual({ o1: 'standing 300', o3: 'cancelled 300' });
  });

  test('meets others again when its own standing order is gone', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'BetaMSP', request: sellOf('B-1', '300') },
    ]);
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 'o1' });
    await day.record('AlphaMSP', 'Orders:Place', { orderId: 'next', ...buyOf('A-1', '300') });
    if (matching === 'by-operator') {
      const named = [{ institution: 'AlphaMSP', orderId: 'next' }];
      await day.record('CsdMSP', 'Orders:Match', { id: 'next', isin: shinEtsu, orders: named });
    }
    expect(await quantitiesOf('AlphaMSP')).toEqual(['buy 300']);
  });

  test('trades with another account of the same institution', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'AlphaMSP', request: buyOf('A-2', '300') },
    ]);
    expect(await quantitiesOf('AlphaMSP')).toEqual(['sell 300', 'buy 300']);
  });

  test('may stand on both sides at prices that do not meet', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'AlphaMSP', request: { ...buyOf('A-1', '300'), price: '42400' } },
    ]);
    expect(await ordersOf('AlphaMSP')).toEqual({ o1: 'standing 300', o2: 'standing 300' });
  });

  test('has nothing locked for what was cancelled, and may cancel it again', async () => {
    await place(matching, [
      { by: 'AlphaMSP', request: sellOf('A-1', '300') },
      { by: 'AlphaMSP', request: buyOf('A-1', '500') },
    ]);
    const state = audit(day.market.ledger, day.collections);
    expect([...faultsOfLocks(state, sampleNeedOf), ...faultsOfBoards(state)]).toEqual([]);
    expect(await day.submit('AlphaMSP', 'Orders:Cancel', { orderId: 'o2' })).toEqual({ outcome: 'exists' });
  });
});

test('An outside engine that reports a trade of an account with itself is told which one it is', async () => {
  day = await openOrdersDay();
  const trade = {
    ...{ tradeId: 'c1', time: '2023-03-01T00:00:00.000Z', isin: shinEtsu, quantity: '100', price: '42500' },
    seller: { institution: 'AlphaMSP', account: 'A-1' },
    buyer: { institution: 'BetaMSP', account: 'B-1' },
  };
  const trades = [trade, { ...trade, tradeId: 'c2', buyer: trade.seller }];
  expect(await day.submit('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades })).toEqual({
    ...{ code: 'SameAccount', field: 'trades[1].buyer' },
  });
  expect(await day.ask('AlphaMSP', 'Orders:Trades')).toEqual({ trades: [] });
});

test('One matching that takes both orders of an account does not trade them either', async () => {
  day = await openOrdersDay();
  await day.record('AlphaMSP', 'Orders:Place', { orderId: 's', ...sellOf('A-1', '300') });
  await day.record('AlphaMSP', 'Orders:Place', { orderId: 'b', ...buyOf('A-1', '300') });
  const named = ['s', 'b'].map((orderId) => ({ institution: 'AlphaMSP', orderId }));
  await day.record('CsdMSP', 'Orders:Match', { id: 'x', isin: shinEtsu, orders: named });
  expect(await quantitiesOf('AlphaMSP')).toEqual([]);
  expect(await ordersOf('AlphaMSP')).toEqual({ b: 'cancelled 300', s: 'standing 300' });
});

test.each([
  ['its suspense account', 'SUSPENSE', 'SUSPENSE', { code: 'SameAccount', field: 'trades[0].buyer' }],
  ['two of its accounts', 'A-1', 'A-2', { outcome: 'created' }],
])('An outside engine that trades within one institution, between %s', async (_, seller, buyer, answer) => {
  day = await openOrdersDay();
  const of = (account: string) => ({ institution: 'AlphaMSP', account });
  const trade = {
    ...{ tradeId: 'c1', time: '2023-03-01T00:00:00.000Z', isin: shinEtsu, quantity: '100', price: '42500' },
    ...{ seller: of(seller), buyer: of(buyer) },
  };
  expect(await day.submit('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [trade] })).toEqual(answer);
});
