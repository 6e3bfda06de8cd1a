import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, obayashi, sampleHolding, sampleMoney, shinEtsu, yen } from '@kessai/ledger/tools';
import { buy, match, openOrdersDay, ref, sell } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

interface Trades {
  readonly trades: readonly Readonly<Record<string, string | number>>[];
}

describe('Matching', () => {
  test('the incoming order trades at the price of the standing one, and its rest stands', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);

    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);

    expect((await day.ask<Trades>('BetaMSP', 'Orders:Trades')).trades).toEqual([
      {
        ...{
          page: expect.stringMatching(/^[1-9][0-9]*$/),
          number: 0,
          origin: 'board',
          side: 'buy',
          isin: shinEtsu,
          quantity: '300',
          price: '42500',
        },
        ...{ amount: '1275000', unit: yen, account: 'B-1', orderId: 'b1', tradeDate: '2023-03-01', status: 'matched' },
        ...{ time: expect.any(String), transactionId: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
    expect(await day.ask('GammaMSP', 'Orders:Board', { isin: shinEtsu })).toEqual({
      ...{ isin: shinEtsu, bids: [{ price: '42600', quantity: '200', orders: 1 }], asks: [] },
    });
    // The seller's lock waits for settlement; so does the buyer's at its limit, beside what the rest needs.
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding - 300n, 300n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 2_130_000n, 2_130_000n]);
  });

  test('a trade of the board tells neither party who the other is', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    const [alpha, beta] = [await day.ask('AlphaMSP', 'Orders:Trades'), await day.ask('BetaMSP', 'Orders:Trades')];
    expect(JSON.stringify(alpha)).not.toMatch(/Beta|B-1|b1/);
    expect(JSON.stringify(beta)).not.toMatch(/Alpha|A-1|s1/);
  });

  test('what an immediate-or-cancel order does not find is dropped and released', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', { ...buy, timeInForce: 'immediate-or-cancel' });
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    expect(await day.ask('BetaMSP', 'Orders:Orders')).toMatchObject({
      orders: [{ status: 'cancelled', remaining: '200' }],
    });
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 1_278_000n, 1_278_000n]);
    expect(await day.ask('BetaMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({ bids: [], asks: [] });
  });

  test('of two at one price the earlier is filled first', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('GammaMSP', 'Orders:Place', { ...sell, account: 'G-1' });
    await match(day, 'x1', [ref('GammaMSP', 's1'), ref('AlphaMSP', 's1')]);
    await day.record('BetaMSP', 'Orders:Place', { ...buy, quantity: '300' });
    await match(day, 'x2', [ref('BetaMSP', 'b1')]);
    expect(await day.ask('GammaMSP', 'Orders:Orders')).toMatchObject({ orders: [{ status: 'filled' }] });
    expect(await day.ask('AlphaMSP', 'Orders:Orders')).toMatchObject({ orders: [{ status: 'standing' }] });
  });

  test('two clients of one institution may meet; it sees both sides', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('AlphaMSP', 'Orders:Place', { ...buy, account: 'A-2' });
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('AlphaMSP', 'b1')]);
    const { trades } = await day.ask<Trades>('AlphaMSP', 'Orders:Trades');
    expect(trades.map(({ side, account }) => [side, account])).toEqual([
      ['sell', 'A-1'],
      ['buy', 'A-2'],
    ]);
  });

  test('a matching names orders that are there, once, in the instrument, and pending', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: 'other', isin: obayashi });
    const alpha = ref('AlphaMSP', 's1');
    expect(await match(day, 'x', [ref('BetaMSP', 's1')])).toMatchObject({ code: 'OrderUnknown', field: 'orders[0]' });
    expect(await match(day, 'x', [alpha, alpha])).toEqual({ code: 'OrderNamedTwice', field: 'orders[1]' });
    expect(await match(day, 'x', [ref('AlphaMSP', 'other')])).toMatchObject({
      code: 'OrderWrongInstrument',
      isin: obayashi,
    });
    await match(day, 'x', [alpha]);
    expect(await match(day, 'y', [alpha])).toMatchObject({ code: 'OrderNotPending', status: 'standing' });
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's1' });
    expect(await match(day, 'y', [alpha])).toMatchObject({ code: 'OrderNotPending', status: 'cancelled' });
    for (const nobody of ['DeltaMSP', 'IssuerMSP']) {
      expect(await match(day, 'y', [ref(nobody, 's1')])).toEqual({
        ...{ code: 'OrderUnknown', field: 'orders[0]', orderId: 's1' },
      });
    }
  });

  test('of two operators that match the same orders one is too late, and its repetition finds it done', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const request = { id: 'x1', isin: shinEtsu, orders: [ref('AlphaMSP', 's1')] };
    day.market.seal('CsdMSP', [{ method: 'Orders:Match', request }]);
    day.market.seal('CcpMSP', [{ method: 'Orders:Match', request }]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created' },
      { code: 'OrderNotPending', field: 'orders[0]', status: 'standing' },
    ]);
    expect(await day.submit('CsdMSP', 'Orders:Match', request)).toEqual({ outcome: 'exists' });
  });

  test('each order that it changes is told to its owner as it then stands', async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await match(day, 'x1', [ref('AlphaMSP', 's1'), ref('BetaMSP', 'b1')]);
    const ordersOf = async (member: string) =>
      (await day.advices(member)).filter((advice) => (advice as { kind: string }).kind === 'order');
    expect(await ordersOf('AlphaMSP')).toEqual([{ kind: 'order', orderId: 's1', status: 'filled', remaining: '0' }]);
    expect(await ordersOf('BetaMSP')).toEqual([{ kind: 'order', orderId: 'b1', status: 'standing', remaining: '200' }]);
  });

  test('an id and accounts of full length fit every page, key and record that they come into', async () => {
    const long = (letter: string): string => letter.repeat(35);
    for (const [institution, account] of [
      ['AlphaMSP', long('A')],
      ['BetaMSP', long('B')],
    ] as const) {
      await day.record(institution, 'Registry:OpenAccount', { account, name: 'n'.repeat(140), kind: 'client' });
    }
    await day.record('AlphaMSP', 'Securities:Transfer', {
      id: long('t'),
      isin: shinEtsu,
      from: 'A-1',
      to: long('A'),
      quantity: '300',
    });
    const to = { institution: 'BetaMSP', account: long('B') };
    await day.record('BetaMSP', 'MoneyTokens:Transfer', {
      id: long('t'),
      unit: yen,
      from: 'B-1',
      to,
      amount: '9000000',
    });
    await day.record('AlphaMSP', 'Orders:Place', { ...sell, orderId: long('s'), account: long('A') });
    await day.record('BetaMSP', 'Orders:Place', { ...buy, orderId: long('b'), account: long('B') });

    expect(await match(day, long('x'), [ref('AlphaMSP', long('s')), ref('BetaMSP', long('b'))])).toEqual({
      outcome: 'created',
    });

    const { trades } = await day.ask<Trades>('AlphaMSP', 'Orders:Trades');
    expect(trades).toMatchObject([{ orderId: long('s'), account: long('A') }]);
  });
});
