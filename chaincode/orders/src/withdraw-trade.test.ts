import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay } from '@kessai/ledger/tools';
import { affirmation, openOrdersDay, trade } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

function withdraw(caller = 'AlphaMSP', tradeId = 't1') {
  return day.submit(caller, 'Orders:WithdrawTrade', { tradeId });
}

describe('A trade that was recorded by mistake', () => {
  test('is taken back by who recorded it, once, and cannot be affirmed or rejected any more', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await withdraw()).toEqual({ outcome: 'created' });
    expect(await withdraw()).toEqual({ outcome: 'exists' });
    const over = { code: 'TradeNotOpen', field: 'tradeId', status: 'cancelled' };
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual(over);
    const rejection = { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'Not agreed' };
    expect(await day.submit('BetaMSP', 'Orders:RejectTrade', rejection)).toEqual(over);
  });

  test('is shown to both as cancelled, and to its counterparty in the cycle in which it was taken back', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await withdraw();
    expect(await day.advices('BetaMSP')).toContainEqual(
      expect.objectContaining({ kind: 'settlement', status: 'cancelled' }),
    );
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      expect(await day.ask(member, 'Orders:Trades')).toMatchObject({
        trades: [{ tradeId: 't1', status: 'cancelled' }],
      });
      expect(await day.ask(member, 'Orders:Trades', { status: 'recorded' })).toEqual({ trades: [] });
    }
  });

  test('stands once it has been affirmed', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmation);
    expect(await withdraw()).toEqual({ code: 'TradeNotOpen', field: 'tradeId', status: 'matched' });
  });

  test('is over once it has been rejected', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    await day.record('BetaMSP', 'Orders:RejectTrade', { recordedBy: 'AlphaMSP', tradeId: 't1', reason: 'No' });
    expect(await withdraw()).toMatchObject({ code: 'TradeNotOpen', status: 'rejected' });
  });

  test.each([
    ['its counterparty', 'BetaMSP', 't1'],
    ['somebody else', 'GammaMSP', 't1'],
    ['under an id that nobody used', 'AlphaMSP', 't2'],
  ])('is not taken back by %s', async (_, caller, tradeId) => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    expect(await withdraw(caller, tradeId)).toEqual({ code: 'TradeUnknown', field: 'tradeId', tradeId });
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmation)).toEqual({ outcome: 'created' });
  });

  test('is one or the other where it is affirmed in the same cycle', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', trade);
    day.market.seal('AlphaMSP', [{ method: 'Orders:WithdrawTrade', request: { tradeId: 't1' } }]);
    day.market.seal('BetaMSP', [{ method: 'Orders:AffirmTrade', request: affirmation }]);
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, { code: 'TradeNotOpen' }]);
  });
});
