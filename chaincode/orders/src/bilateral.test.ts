import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, obayashi, sampleHolding, shinEtsu, yen } from '@kessai/ledger/tools';
import { affirmation, agreed, openOrdersDay, trade } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

describe('A trade agreed between two institutions', () => {
  test('recorded by one and affirmed by the other it is matched; each sees its own account only', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);

    const [alpha, beta] = [await day.ask('AlphaMSP', 'Orders:Trades'), await day.ask('BetaMSP', 'Orders:Trades')];
    const page = expect.stringMatching(/^[1-9][0-9]*$/) as unknown;
    const seen = { page, number: 0, origin: 'otc', status: 'matched', unit: yen, tradeId: 't1' };
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

  test('until it is affirmed it stands on no page, and the counterparty sees it without the account', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    const word = { ...agreed, origin: 'otc', unit: yen, tradeId: 't1', tradeDate: '2023-03-01', status: 'recorded' };
    expect(await day.ask('AlphaMSP', 'Orders:Trades', { status: 'recorded' })).toEqual({
      trades: [{ ...word, side: 'sell', account: 'A-1', counterparty: 'BetaMSP', recordedByUs: true }],
    });
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toEqual({
      trades: [{ ...word, side: 'buy', counterparty: 'AlphaMSP', recordedByUs: false }],
    });
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
    expect(await day.ask('BetaMSP', 'Orders:Trades', { status: 'recorded' })).toEqual({ trades: [] });
  });

  test('the counterparty is told of it at once', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await day.advices('BetaMSP')).toEqual([
      { kind: 'allegement', recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', ...agreed, unit: yen },
    ]);
    expect(await day.advices('GammaMSP')).toEqual([]);
  });

  test('recorded again it is the same, or names the field that differs', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
      expect(await day.submit('AlphaMSP', 'Orders:RecordTrade', trade)).toEqual({ outcome: 'exists' });
      expect(await day.submit('AlphaMSP', 'Orders:RecordTrade', { ...trade, amount: '1' })).toEqual({
        ...{ code: 'Conflict', field: 'amount' },
      });
      await day.advance('closed');
      await day.openDay(date);
    }
    expect(await day.submit('AlphaMSP', 'Orders:RecordTrade', trade)).toEqual({ outcome: 'exists' });
  });

  test('recorded, affirmed and affirmed again in one cycle it is matched once', async () => {
    const { market } = day;
    market.seal('AlphaMSP', [{ method: 'Orders:RecordTrade', request: trade }]);
    market.seal('BetaMSP', [
      { method: 'Orders:AffirmTrade', request: affirmation },
      { method: 'Orders:AffirmTrade', request: affirmation },
      { method: 'Orders:RejectTrade', request: { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Too late' } },
    ]);
    expect(await market.cycle()).toMatchObject([
      { outcome: 'created' },
      { outcome: 'created' },
      { outcome: 'exists' },
      { code: 'TradeNotOpen', status: 'matched' },
    ]);
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toMatchObject({ trades: [{ status: 'matched' }] });
  });

  test('nobody can affirm what a member that keeps no trades would have recorded', async () => {
    for (const recordedBy of ['DeltaMSP', 'IssuerMSP']) {
      expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, recordedBy })).toMatchObject({
        code: 'TradeUnknown',
      });
    }
  });

  test('an account that is not there is refused to who names it as its own', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, account: 'A-1' })).toEqual({
      ...{ code: 'AccountUnknown', field: 'account', institution: 'BetaMSP', account: 'A-1' },
    });
  });
});

describe('A trade that both of its parties record', () => {
  const mirrored = { ...agreed, tradeId: 't1', counterparty: 'AlphaMSP', side: 'buy', account: 'B-1' };
  const known = { code: 'TradeRecorded', field: 'tradeId', tradeId: 't1', recordedBy: 'AlphaMSP' };

  function recordByBeta(change = {}) {
    return day.submit('BetaMSP', 'Orders:RecordTrade', { ...mirrored, ...change });
  }

  test('under one id is one trade: the second record is refused, whoever is first', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await recordByBeta()).toEqual(known);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
    expect((await day.ask<{ trades: object[] }>('AlphaMSP', 'Orders:Trades')).trades).toHaveLength(1);
  });

  test('in one cycle is one trade too', async () => {
    day.market.seal('AlphaMSP', [{ method: 'Orders:RecordTrade', request: trade }]);
    day.market.seal('BetaMSP', [{ method: 'Orders:RecordTrade', request: mirrored }]);
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, known]);
  });

  test('is not recorded once more when it has been affirmed, from whichever account', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
    expect(await recordByBeta()).toEqual(known);
    expect(await recordByBeta({ account: 'B-2' })).toEqual(known);
  });

  test.each([
    ['rejected', 'BetaMSP', 'Orders:RejectTrade', { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Not agreed' }],
    ['withdrawn', 'AlphaMSP', 'Orders:WithdrawTrade', { tradeId: 't1' }],
  ])('may be recorded by the other where the first record was %s', async (_, caller, method, request) => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record(caller, method, request);
    expect(await recordByBeta()).toEqual({ outcome: 'created' });
  });

  test('may be recorded by the other where the first record has lapsed with its day', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.advance('closed');
    await day.openDay('2023-03-02');
    expect(await recordByBeta()).toEqual({ outcome: 'created' });
  });

  test.each([
    ['another quantity', { quantity: '600' }],
    ['another amount', { amount: '2975001' }],
    ['the same side', { side: 'sell' }],
    ['another instrument', { isin: obayashi }],
    ['another id', { tradeId: 't2' }],
    ['another counterparty', { counterparty: 'GammaMSP' }],
  ])('is another trade where it has %s: each party chooses its ids by itself', async (_, change) => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await recordByBeta(change)).toEqual({ outcome: 'created' });
  });
});
