import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type SampleDay,
  audit,
  faultsOfParties,
  obayashi,
  sampleHolding,
  sampleMoney,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
import { openOrdersDay } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

const trade = {
  ...{ tradeId: 'E-1', time: '2023-03-01T01:00:00.000Z', isin: shinEtsu, quantity: '300', price: '42500' },
  seller: { institution: 'AlphaMSP', account: 'A-1' },
  buyer: { institution: 'BetaMSP', account: 'B-1' },
};

type Captured = Omit<typeof trade, 'price'> & { readonly price: string };
const later = { ...trade, tradeId: 'E-2' };

function capture(...trades: readonly Captured[]) {
  return captureAs('c1', trades);
}

function captureAs(id: string, trades: readonly Captured[], caller = 'ExchangeMSP') {
  return day.submit(caller, 'Orders:CaptureTrades', { id, trades });
}

describe('Capturing the trades of an outside engine', () => {
  test('both parties are bound at once, each sees its side, and nothing is locked', async () => {
    expect(await capture(trade)).toEqual({ outcome: 'created' });

    const seen = { origin: 'captured', quantity: '300', price: '42500', amount: '1275000', unit: yen, tradeId: 'E-1' };
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toMatchObject({
      trades: [{ ...seen, side: 'sell', account: 'A-1', counterparty: 'BetaMSP', status: 'matched' }],
    });
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toMatchObject({
      trades: [{ ...seen, side: 'buy', account: 'B-1', counterparty: 'AlphaMSP', status: 'matched' }],
    });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
    expect(await capture(trade)).toEqual({ outcome: 'exists' });
    expect(await capture({ ...trade, quantity: '200' })).toMatchObject({ code: 'Conflict' });
  });

  test.each([
    ['isin', { isin: 'US0378331005' }, { code: 'InstrumentUnknown', field: 'trades[1].isin' }],
    ['quantity', { quantity: '150' }, { code: 'LotViolated', field: 'trades[1].quantity', lot: 100n }],
    ['price', { isin: obayashi, quantity: '1', price: '5' }, { code: 'AmountTooSmall', field: 'trades[1].price' }],
    [
      'quantity',
      { quantity: '100000000000', price: '1000000000000' },
      { code: 'AmountTooLarge', field: 'trades[1].quantity' },
    ],
    [
      'seller',
      { seller: { institution: 'DeltaMSP', account: 'A-1' } },
      { code: 'MemberUnknown', field: 'trades[1].seller.institution', member: 'DeltaMSP' },
    ],
    [
      'buyer',
      { buyer: { institution: 'IssuerMSP', account: 'TREASURY' } },
      { code: 'MemberRole', field: 'trades[1].buyer.institution', role: 'issuer' },
    ],
    [
      'buyer',
      { buyer: { institution: 'BetaMSP', account: 'A-1' } },
      { code: 'AccountUnknown', field: 'trades[1].buyer.account', institution: 'BetaMSP', account: 'A-1' },
    ],
  ])('a wrong %s in one of them is named, and none is recorded', async (_, change, refused) => {
    expect(await capture(trade, { ...later, ...change })).toMatchObject(refused);
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toEqual({ trades: [] });
  });

  test('where the market settles by itself, what is there settles at once and what is short says what lacks', async () => {
    const policy = { matching: 'by-operator', settlement: 'continuous' };
    await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'p', policy });
    await capture(
      trade,
      { ...later, quantity: '200000' },
      { ...later, tradeId: 'E-3', quantity: '400', price: '42600000' },
      { ...later, tradeId: 'E-4' },
    );
    const { trades } = await day.ask<{ trades: readonly { status: string; reason?: string }[] }>(
      'BetaMSP',
      'Orders:Trades',
    );
    expect(trades.map(({ status, reason = '' }) => `${status} ${reason}`.trim())).toEqual([
      ...['settled', 'pending LACK', 'pending MONY', 'settled'],
    ]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 2_550_000n, 0n]);
  });

  test('thousands in one instruction cost some microseconds each', async () => {
    const trades = Array.from({ length: 4_000 }, (_, index) => ({
      ...{ ...trade, tradeId: `E-${index}`, quantity: '100' },
      buyer: index % 2 === 0 ? trade.buyer : { institution: 'GammaMSP', account: 'G-1' },
    }));
    const sealed = [{ method: 'Orders:CaptureTrades', request: { id: 'many', trades } }];
    day.market.seal('ExchangeMSP', sealed);
    const start = process.cpuUsage();
    const { rounds } = await day.market.runCycle();
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(5 * 400);
    expect(rounds).toBeLessThanOrEqual(8);
    const state = audit(day.market.ledger, day.collections);
    expect(state.trades).toHaveLength(4_000);
    expect(faultsOfParties(state)).toEqual([]);
  });
});

/** Trades, and no other than those that are named. */
async function tradesOf(member: string): Promise<readonly string[]> {
  const { trades } = await day.ask<{ trades: readonly { tradeId: string; quantity: string }[] }>(
    member,
    'Orders:Trades',
  );
  return trades.map(({ tradeId, quantity }) => `${tradeId} ${quantity}`);
}

describe('A trade of an outside engine is not recorded twice', () => {
  const again = { code: 'TradeCaptured', field: 'trades[0].tradeId', tradeId: 'E-1', indexes: [0] };

  test.each([
    ['by the same operator', 'ExchangeMSP', trade],
    ['by another operator', 'CsdMSP', trade],
    ['with another quantity', 'ExchangeMSP', { ...trade, quantity: '200' }],
    ['between other parties', 'CsdMSP', { ...trade, seller: { institution: 'GammaMSP', account: 'G-1' } }],
    ['as of another time', 'ExchangeMSP', { ...trade, time: '2023-03-01T01:00:00.001Z' }],
  ])('when it comes under another instruction %s', async (_, caller, same) => {
    await capture(trade);
    expect(await captureAs('c2', [same], caller)).toEqual(again);
    expect(await tradesOf('AlphaMSP')).toEqual(['E-1 300']);
    expect(await tradesOf('GammaMSP')).toEqual([]);
  });

  test('when one request names it twice', async () => {
    expect(await capture(trade, later, { ...trade, quantity: '200' })).toEqual({
      ...{ ...again, field: 'trades[2].tradeId', indexes: [2] },
    });
    expect(await tradesOf('AlphaMSP')).toEqual([]);
  });

  test('when two operators send it in one cycle', async () => {
    day.market.seal('ExchangeMSP', [{ method: 'Orders:CaptureTrades', request: { id: 'c1', trades: [trade] } }]);
    day.market.seal('CsdMSP', [
      { method: 'Orders:CaptureTrades', request: { id: 'c1', trades: [later, trade] } },
      { method: 'Orders:CaptureTrades', request: { id: 'c2', trades: [later] } },
    ]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created' },
      { ...again, field: 'trades[1].tradeId', indexes: [1] },
      { outcome: 'created' },
    ]);
  });

  test('on the next business day, and all that were recorded before are named', async () => {
    await capture(trade, later);
    await day.advance('closed');
    await day.openDay('2023-03-02');
    const third = { ...trade, tradeId: 'E-3' };
    expect(await captureAs('c2', [third, later, trade])).toEqual({
      ...{ code: 'TradeCaptured', field: 'trades[1].tradeId', tradeId: 'E-2', indexes: [1, 2] },
    });
    expect(await captureAs('c3', [third])).toEqual({ outcome: 'created' });
    expect(await captureAs('c4', [third])).toMatchObject({ tradeId: 'E-3' });
  });

  test('when its parties have cancelled it', async () => {
    await capture(trade);
    const { trades } = await day.ask<{ trades: { page: string }[] }>('AlphaMSP', 'Orders:Trades');
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      await day.record(member, 'Orders:CancelTrade', { page: trades[0]?.page ?? '', number: 0 });
    }
    expect(await captureAs('c2', [trade])).toEqual(again);
  });

  test('and is recorded where it was refused before, or where another trade alone has its id', async () => {
    expect(await capture(trade, { ...later, quantity: '150' })).toMatchObject({ code: 'LotViolated' });
    await day.record('AlphaMSP', 'Orders:RecordTrade', {
      ...{ tradeId: 'E-1', counterparty: 'BetaMSP', isin: shinEtsu, side: 'sell', account: 'A-1' },
      ...{ quantity: '300', amount: '1275000' },
    });
    expect(await captureAs('c2', [trade])).toEqual({ outcome: 'created' });
  });
});

describe('What is remembered of the ids of captured trades', () => {
  const many = (from: number, count: number): readonly Captured[] =>
    Array.from({ length: count }, (_, n) => ({ ...trade, tradeId: `M-${(from + n).toString()}`, quantity: '100' }));

  /** Characters that one cycle with these trades writes, and of these what is remembered of ids. */
  async function written(
    id: string,
    trades: readonly Captured[],
  ): Promise<{ all: number; ids: number; rounds: number }> {
    day.market.seal('ExchangeMSP', [{ method: 'Orders:CaptureTrades', request: { id, trades } }]);
    const { writes, rounds } = await day.market.runCycle();
    const sizeOf = (some: typeof writes): number => some.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    return { all: sizeOf(writes), ids: sizeOf(writes.filter(({ key }) => key.startsWith('captured-ids'))), rounds };
  }

  test('is some six characters of each, a small part of what a capture of 4,000 trades writes', async () => {
    const { all, ids } = await written('c1', many(0, 4_000));
    expect(ids / 4_000).toBeLessThan(6.2);
    expect(ids / (all - ids)).toBeLessThan(0.08);
  });

  test('costs a cycle no more, and no more rounds of reading, when thousands have been captured before', async () => {
    const first = await written('c1', many(0, 100));
    for (let part = 0; part < 5; part += 1) await written(`p${part.toString()}`, many(1_000 + part * 4_000, 4_000));
    const last = await written('c2', many(100, 100));
    expect(last.rounds).toBeLessThanOrEqual(first.rounds + 2);
    // A page that grows until it is full, and no page that was full before.
    expect(last.ids).toBeLessThan(1_024 * 6 + 1_000);
    expect(await captureAs('c3', many(20_000, 1))).toMatchObject({ tradeId: 'M-20000' });
  });
});
