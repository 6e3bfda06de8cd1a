import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { MemoryMarket, type SampleDay, sampleHolding, sampleMoney, shinEtsu, yen } from '@kessai/ledger/tools';
import { contracts, openOrdersDay } from './orders-day.test-kit';

let day: SampleDay;

async function openWith(settlement: string): Promise<void> {
  day = await openOrdersDay();
  const policy = { matching: 'continuous', settlement };
  await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'policy', policy });
}

const order = { isin: shinEtsu, timeInForce: 'day' };
const sell = { ...order, orderId: 's1', side: 'sell', account: 'A-1', quantity: '300', price: '42500' };
const buy = { ...order, orderId: 'b1', side: 'buy', account: 'B-1', quantity: '500', price: '42600' };

describe('Where orders trade when a cycle executes them', () => {
  beforeEach(() => openWith('by-operator'));

  test('the incoming order meets what stands, and both owners are told', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    expect(await day.ask('GammaMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({
      asks: [{ price: '42500', quantity: '300', orders: 1 }],
    });
    await day.record('BetaMSP', 'Orders:Place', buy);

    expect(await day.advices('AlphaMSP')).toContainEqual({
      ...{ kind: 'order', orderId: 's1', status: 'filled', remaining: '0' },
    });
    expect(await day.advices('BetaMSP')).toContainEqual({
      ...{ kind: 'order', orderId: 'b1', status: 'standing', remaining: '200' },
    });
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toMatchObject({
      trades: [{ orderId: 'b1', quantity: '300', price: '42500', status: 'matched' }],
    });
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 2_130_000n, 2_130_000n]);
    expect(await day.ask('CsdMSP', 'Orders:Pending', { isin: shinEtsu })).toEqual({ orders: [] });
  });

  test('a trade tells neither party who the other is or which order it had', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    const told = async (member: string): Promise<string> =>
      JSON.stringify([await day.ask(member, 'Orders:Trades'), await day.advices(member)]);
    expect(await told('AlphaMSP')).not.toMatch(/Beta|B-1|b1/);
    expect(await told('BetaMSP')).not.toMatch(/Alpha|A-1|s1/);
  });

  test('an immediate-or-cancel order that finds nothing is over at once', async () => {
    await day.record('BetaMSP', 'Orders:Place', { ...buy, timeInForce: 'immediate-or-cancel' });
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney, 0n]);
    expect(await day.ask('BetaMSP', 'Orders:Orders')).toMatchObject({ orders: [{ status: 'cancelled' }] });
    expect(await day.submit('BetaMSP', 'Orders:Cancel', { orderId: 'b1' })).toEqual({ outcome: 'exists' });
  });

  test('an order that is refused has met nobody: the next one finds the board as it was', async () => {
    const { market } = day;
    const tooMuch = { ...buy, orderId: 'much', quantity: '300000' };
    market.seal('AlphaMSP', [{ method: 'Orders:Place', request: sell }]);
    market.seal('BetaMSP', [
      { method: 'Orders:Place', request: tooMuch },
      { method: 'Orders:Place', request: { ...buy, quantity: '100' } },
    ]);
    market.seal('GammaMSP', [{ method: 'Orders:Place', request: { ...buy, account: 'G-1', quantity: '300' } }]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'HoldingInsufficient' },
      { outcome: 'created' },
      { outcome: 'created' },
    ]);
    const quantities = async (member: string): Promise<readonly string[]> =>
      (await day.ask<{ trades: readonly { quantity: string }[] }>(member, 'Orders:Trades')).trades.map(
        ({ quantity }) => quantity,
      );
    expect([await quantities('BetaMSP'), await quantities('GammaMSP')]).toEqual([['100'], ['200']]);
    expect(await day.ask('GammaMSP', 'Orders:Board', { isin: shinEtsu })).toEqual({
      ...{ isin: shinEtsu, bids: [{ price: '42600', quantity: '100', orders: 1 }], asks: [] },
    });
  });

  test('an order of an earlier day on the board keeps others away until it has expired', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const { businessDate } = await day.clock();
    await day.advance('closed');
    await day.openDay('2023-03-02');
    const stands = { code: 'OrdersNotExpired', field: 'isin', businessDate };
    expect(await day.submit('BetaMSP', 'Orders:Place', buy)).toEqual(stands);
    await day.record('CsdMSP', 'Orders:Expire', { id: 'e1', isin: shinEtsu });
    expect(await day.submit('BetaMSP', 'Orders:Place', buy)).toEqual({ outcome: 'created' });
  });

  test('a thousand orders of one cycle trade in a time that grows with their number', async () => {
    const run = async (count: number): Promise<number> => {
      const copy = day.copyInto(new MemoryMarket({ contracts }));
      const place = (index: number): JsonObject => ({
        ...{ orderId: `o${index}`, isin: shinEtsu, timeInForce: 'day', quantity: '100' },
        // Sellers stand first, from the best price down the book; then each buyer takes one.
        ...(index < count / 2
          ? { side: 'sell', account: 'A-1', price: (42_500 + (index % 50)).toString() }
          : { side: 'buy', account: 'B-1', price: '42600' }),
      });
      for (let index = 0; index < count; index += 1) {
        const member = index < count / 2 ? 'AlphaMSP' : 'BetaMSP';
        copy.market.seal(member, [{ method: 'Orders:Place', request: place(index) }]);
      }
      const start = process.cpuUsage();
      await copy.market.runCycle();
      const { user, system } = process.cpuUsage(start);
      const { trades } = await copy.ask<{ trades: readonly unknown[] }>('BetaMSP', 'Orders:Trades');
      expect(trades).toHaveLength(count / 2);
      return (user + system) / 1_000;
    };
    await run(200);
    const [small, large] = [await run(400), await run(1_600)];
    expect(large / small).toBeLessThan(4 * 2.5);
  }, 120_000);
});

describe('Where trades settle when they are made', () => {
  beforeEach(() => openWith('continuous'));

  test('securities and money have changed hands with the order that met the other', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toMatchObject({ trades: [{ status: 'settled' }] });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney + 1_275_000n, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', shinEtsu)).toEqual([sampleHolding + 300n, 0n]);
    // The better price is the buyer's; what the rest of its order needs stays locked.
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_275_000n - 852_000n, 852_000n]);
  });

  test('what settles is in the books of both, and names to each its own order alone', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    const { number: from } = await day.ask<{ readonly number: number }>('AlphaMSP', 'Market:Progress');
    const referencesOf = async (member: string): Promise<readonly string[]> => {
      const { pages } = await day.ask<{
        pages: readonly { postings: readonly { readonly reference: string }[] }[];
      }>(member, 'Market:Advices', { from });
      return pages.flatMap(({ postings }) => postings.map(({ reference }) => reference));
    };
    expect(new Set(await referencesOf('AlphaMSP'))).toEqual(new Set(['Orders:Place']));
    expect(new Set(await referencesOf('BetaMSP'))).toEqual(new Set(['Orders:Place b1']));
  });

  test('an affirmed trade settles at once, or says what it lacks', async () => {
    const agreed = { tradeId: 't1', isin: shinEtsu, amount: '1000' };
    const record = { ...agreed, counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
    const affirm = { ...agreed, recordedBy: 'AlphaMSP', side: 'buy', account: 'B-1' };
    for (const [tradeId, quantity] of [
      ['t1', '100'],
      ['t2', '100000'],
    ] as const) {
      await day.record('AlphaMSP', 'Orders:RecordTrade', { ...record, tradeId, quantity });
      await day.record('BetaMSP', 'Orders:AffirmTrade', { ...affirm, tradeId, quantity });
    }
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toMatchObject({
      trades: [
        { tradeId: 't1', status: 'settled' },
        { tradeId: 't2', status: 'pending', reason: 'LACK' },
      ],
    });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirm, tradeId: 't2', quantity: '100000' })).toEqual(
      {
        outcome: 'exists',
      },
    );
  });
});
