import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  type SampleDay,
  audit,
  faultsOfParties,
  openSampleDay,
  obayashi,
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

const trade = {
  ...{ tradeId: 'E-1', time: '2023-03-01T01:00:00.000Z', isin: shinEtsu, quantity: '300', price: '42500' },
  seller: { institution: 'AlphaMSP', account: 'A-1' },
  buyer: { institution: 'BetaMSP', account: 'B-1' },
};

function capture(...trades: readonly (typeof trade)[]) {
  return day.submit('ExchangeMSP', 'Orders:CaptureTrades', { id: 'c1', trades });
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
    expect(await capture(trade, { ...trade, ...change })).toMatchObject(refused);
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toEqual({ trades: [] });
  });

  test('where the market settles by itself, what is there settles at once and what is short says what lacks', async () => {
    const policy = { matching: 'by-operator', settlement: 'continuous' };
    await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'p', policy });
    await capture(trade, { ...trade, quantity: '200000' }, { ...trade, quantity: '400', price: '42600000' }, trade);
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
