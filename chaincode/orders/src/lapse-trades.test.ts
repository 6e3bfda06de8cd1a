import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay } from '@kessai/ledger/tools';
import { affirmation, openOrdersDay, trade } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

const lapsed = { code: 'TradeNotOpen', field: 'tradeId', status: 'lapsed' };

function lapse(id: string, named: JsonObject = {}) {
  return day.submit('CsdMSP', 'Orders:LapseTrades', { id, ...named });
}

describe('A trade that nobody affirmed by the end of its day', () => {
  test.each([
    ['as soon as the day is closed', ''],
    ['on the next day', '2023-03-02'],
    ['a week later', '2023-03-08'],
  ])('cannot be affirmed, rejected or taken back %s, though it has not been cleared away', async (_, date) => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.advance('closed');
    if (date === '') {
      expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toMatchObject({ code: 'PhaseClosed' });
    } else {
      await day.openDay(date);
      expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual(lapsed);
      const rejection = { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Late' };
      expect(await day.submit('BetaMSP', 'Orders:RejectTrade', rejection)).toEqual(lapsed);
      expect(await day.submit('AlphaMSP', 'Orders:WithdrawTrade', { tradeId: 't1' })).toEqual(lapsed);
    }
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      expect(await day.ask(member, 'Orders:Trades')).toMatchObject({ trades: [{ tradeId: 't1', status: 'lapsed' }] });
    }
  });

  test('is cleared away when the day is over, not before, and both are told', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await lapse('early')).toEqual({ outcome: 'created' });
    expect(await day.ask('BetaMSP', 'Orders:Trades')).toMatchObject({ trades: [{ status: 'recorded' }] });
    await day.advance('closed');
    expect(await lapse('l1')).toEqual({ outcome: 'created' });
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      expect(await day.advices(member)).toContainEqual(
        expect.objectContaining({ kind: 'settlement', status: 'lapsed' }),
      );
      expect(await day.ask(member, 'Orders:Trades')).toMatchObject({
        trades: [{ tradeId: 't1', status: 'lapsed', page: expect.any(String) as unknown }],
      });
    }
    await day.openDay('2023-03-02');
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual(lapsed);
  });

  test('is cleared away once, whoever asks for it again', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.advance('closed');
    await lapse('l1');
    const held = day.market.ledger.contents('operators').filter(({ key }) => /^(otc|trades|trade-status)\//.test(key));
    await lapse('l2');
    expect(await day.submit('CcpMSP', 'Orders:LapseTrades', { id: 'l1' })).toEqual({ outcome: 'created' });
    expect(
      day.market.ledger.contents('operators').filter(({ key }) => /^(otc|trades|trade-status)\//.test(key)),
    ).toEqual(held);
  });

  test('keeps no other from being recorded, and those of the new day stay', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('GammaMSP', 'Orders:RecordTrade', { ...trade, account: 'G-1', counterparty: 'AlphaMSP' });
    await day.advance('closed');
    await day.openDay('2023-03-02');
    await day.record('AlphaMSP', 'Orders:RecordTrade', { ...trade, tradeId: 't2' });
    await lapse('l1');
    expect(await day.ask('AlphaMSP', 'Orders:Trades')).toMatchObject({
      trades: [{ status: 'lapsed' }, { status: 'lapsed' }, { tradeId: 't2', status: 'recorded' }],
    });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', { ...affirmation, tradeId: 't2' })).toEqual({
      outcome: 'created',
    });
  });

  test('is cleared away by who recorded it where the operators name some', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('GammaMSP', 'Orders:RecordTrade', { ...trade, account: 'G-1', counterparty: 'BetaMSP' });
    await day.advance('closed');
    await lapse('l1', { recordedBy: ['GammaMSP'] });
    const shown = await day.ask<{ trades: { counterparty: string; page?: string }[] }>('BetaMSP', 'Orders:Trades');
    expect(shown.trades.map(({ counterparty, page }) => [counterparty, page === undefined])).toEqual([
      ['GammaMSP', false],
      ['AlphaMSP', true],
    ]);
    expect(await lapse('l2', { recordedBy: ['AlphaMSP', 'DeltaMSP'] })).toMatchObject({
      ...{ code: 'MemberUnknown', field: 'recordedBy[1]' },
    });
    expect(await lapse('l3', { recordedBy: ['IssuerMSP'] })).toMatchObject({ code: 'MemberRole' });
  });
});
