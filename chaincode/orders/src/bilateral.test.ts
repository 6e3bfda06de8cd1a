import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  MemoryMarket,
  type SampleDay,
  openSampleDay,
  obayashi,
  sampleHolding,
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

const agreed = { isin: shinEtsu, quantity: '700', amount: '2975000' };
const trade = { ...agreed, tradeId: 't1', counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
const affirmation = { ...agreed, recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', account: 'B-1' };

describe('A trade agreed between two institutions', () => {
  test('recorded by one and affirmed by the other it is matched; each sees its own account only', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);

    const [alpha, beta] = [await day.ask('AlphaMSP', 'Orders:Trades'), await day.ask('BetaMSP', 'Orders:Trades')];
    const seen = { page: 'otc.AlphaMSP.t1', origin: 'otc', status: 'matched', unit: yen, tradeId: 't1' };
    expect(alpha).toMatchObject({
      trades: [{ ...seen, side: 'sell', account: 'A-1', counterparty: 'BetaMSP', recordedByUs: true }],
    });
    expect(beta).toMatchObject({
      trades: [{ ...seen, side: 'buy', account: 'B-1', counterparty: 'AlphaMSP', recordedByUs: false }],
    });
    expect(JSON.stringify(alpha)).not.toContain('B-1');
    expect(JSON.stringify(beta)).not.toContain('A-1');
    expect(await day.ask('GammaMSP', 'Orders:Trades')).toEqual({ trades: [] });
    // It locks nothing: whether both have what they owe shows when it settles.
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([sampleHolding, 0n]);
  });

  test.each([
    ['isin', { isin: obayashi }, { recorded: shinEtsu, affirmed: obayashi }],
    ['side', { side: 'sell' }, { recorded: 'buy', affirmed: 'sell' }],
    ['quantity', { quantity: '701' }, { recorded: '700', affirmed: '701' }],
    ['amount', { amount: '2975001' }, { recorded: '2975000', affirmed: '2975001' }],
  ])('a dispute names the field %s and both words', async (field, change, words) => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, ...change })).toEqual({
      ...{ code: 'TradeMismatch', field, ...words },
    });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual({ outcome: 'created' });
  });

  test('rejected it is over, with the reason told to the one who recorded it', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    const rejection = { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Not agreed' };
    await day.record('BetaMSP', 'Orders:RejectTrade', rejection);
    expect(await day.submit('BetaMSP', 'Orders:RejectTrade', rejection)).toEqual({ outcome: 'exists' });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toMatchObject({
      code: 'TradeNotOpen',
      status: 'rejected',
    });
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toMatchObject({
      trades: [{ status: 'rejected', rejectionReason: 'Not agreed' }],
    });
  });

  test('affirmed twice it is matched once; from another account it is refused', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual({ outcome: 'exists' });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, account: 'B-2' })).toMatchObject({
      code: 'TradeNotOpen',
    });
    const rejection = { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Too late' };
    expect(await day.submit('BetaMSP', 'Orders:RejectTrade', rejection)).toMatchObject({
      code: 'TradeNotOpen',
      status: 'matched',
    });
  });

  test('nobody affirms for the other: neither who recorded it nor a third', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    for (const [institution, account] of [
      ['AlphaMSP', 'A-2'],
      ['GammaMSP', 'G-1'],
    ] as const) {
      expect(await day.submit(institution, 'Orders:AffirmTrade', { ...affirmation, account })).toEqual({
        ...{ code: 'TradeUnknown', field: 'tradeId', tradeId: 't1' },
      });
    }
  });

  test.each([
    [{ counterparty: 'AlphaMSP' }, { code: 'SelfTrade', field: 'counterparty' }],
    [{ counterparty: 'DeltaMSP' }, { code: 'MemberUnknown', field: 'counterparty' }],
    [{ counterparty: 'TrustBankMSP' }, { code: 'MemberRole', field: 'counterparty' }],
    [{ account: 'B-1' }, { code: 'AccountUnknown', institution: 'AlphaMSP' }],
    [{ isin: 'US0378331005' }, { code: 'InstrumentUnknown', field: 'isin' }],
    [{ amount: '0' }, { code: 'FieldOutOfRange', field: 'amount' }],
  ])('recorded with %j it is refused', async (change, refused) => {
    expect(await day.submit('AlphaMSP', 'Orders:RecordTrade', { ...trade, ...change })).toMatchObject(refused);
  });

  test('its page is named by an institution and an id of any length', async () => {
    const tradeId = 't'.repeat(35);
    await day.record('AlphaMSP', 'Orders:RecordTrade', { ...trade, tradeId });
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toMatchObject({ trades: [{ page: `otc.AlphaMSP.${tradeId}` }] });
  });
});
