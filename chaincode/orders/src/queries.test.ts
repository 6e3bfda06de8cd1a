import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay, shinEtsu } from '@kessai/ledger/tools';
import { openOrdersDay } from './orders-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openOrdersDay();
});

describe('Asking for orders and trades', () => {
  test.each(['Orders:Orders', 'Orders:Trades'])(
    '%s: an institution its own, an operator those of whom it names',
    async (method) => {
      expect(await day.market.evaluate('AlphaMSP', method, { institution: 'BetaMSP' })).toEqual({
        ...{ code: 'NotYours', field: 'institution' },
      });
      expect(await day.market.evaluate('AlphaMSP', method, { institution: 'AlphaMSP' })).not.toHaveProperty('code');
      expect(await day.market.evaluate('CsdMSP', method, {})).toMatchObject({ code: 'InstitutionMissing' });
      expect(await day.market.evaluate('CsdMSP', method, { institution: 'DeltaMSP' })).toMatchObject({
        code: 'MemberUnknown',
      });
      expect(await day.market.evaluate('CsdMSP', method, { institution: 'IssuerMSP' })).toMatchObject({
        code: 'MemberRole',
      });
      expect(await day.market.evaluate('AuditorMSP', method, { institution: 'AlphaMSP' })).not.toHaveProperty('code');
    },
  );

  test('who waits to be matched is told to operators and auditors only', async () => {
    expect(await day.market.evaluate('AlphaMSP', 'Orders:Pending', { isin: shinEtsu })).toMatchObject({
      code: 'RoleNotAllowed',
    });
    expect(await day.market.evaluate('IssuerMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({
      code: 'RoleNotAllowed',
    });
  });

  test('a long answer ends with a page, and says from which page to ask on', async () => {
    const [seller, buyer] = ['A-1', 'A-2'].map((account) => ({ institution: 'AlphaMSP', account }));
    if (!seller || !buyer) throw new Error('There are two accounts');
    for (const id of ['c1', 'c2', 'c3']) {
      const trades = Array.from({ length: 5_000 }, (_, index) => ({
        ...{ tradeId: `${id}-${index}`, time: '2023-03-01T01:00:00.000Z', isin: shinEtsu, quantity: '100', price: '1' },
        ...{ seller, buyer },
      }));
      await day.record('CsdMSP', 'Orders:CaptureTrades', { id, trades });
    }
    interface Answer {
      readonly trades: readonly { readonly page: string; readonly number: number }[];
      readonly next?: number;
    }
    const first = await day.ask<Answer>('AlphaMSP', 'Orders:Trades');
    expect(first.trades).toHaveLength(20_000);
    const rest = await day.ask<Answer>('AlphaMSP', 'Orders:Trades', { from: first.next ?? 0 });
    expect(rest.trades).toHaveLength(10_000);
    expect(rest).not.toHaveProperty('next');
    expect(rest.trades[0]).toMatchObject({ page: first.next?.toString(), number: 0 });
    expect(await day.ask('AlphaMSP', 'Orders:Trades', { status: 'settled' })).toEqual({ trades: [], next: first.next });
  });

  test('orders are asked for by account, instrument, state and business date', async () => {
    const order = { isin: shinEtsu, timeInForce: 'day', side: 'sell', quantity: '100', price: '42500' };
    await day.record('AlphaMSP', 'Orders:Place', { ...order, orderId: 's1', account: 'A-1' });
    await day.record('AlphaMSP', 'Orders:Place', { ...order, orderId: 's2', account: 'A-1' });
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's2' });
    const { businessDate } = await day.ask<{ readonly businessDate: string }>('AlphaMSP', 'Registry:Clock');
    const idsOf = async (request: JsonObject): Promise<readonly string[]> =>
      (await day.ask<{ orders: readonly { orderId: string }[] }>('AlphaMSP', 'Orders:Orders', request)).orders.map(
        ({ orderId }) => orderId,
      );
    expect(await idsOf({ account: 'A-1', isin: shinEtsu })).toEqual(['s2', 's1']);
    expect(await idsOf({ account: 'A-2' })).toEqual([]);
    expect(await idsOf({ isin: 'JP3236200006' })).toEqual([]);
    expect(await idsOf({ status: 'cancelled' })).toEqual(['s2']);
    expect(await idsOf({ fromDate: businessDate, toDate: businessDate })).toEqual(['s2', 's1']);
    expect(await idsOf({ fromDate: '2999-01-01' })).toEqual([]);
    expect(await idsOf({ toDate: '1999-12-31' })).toEqual([]);
  });

  test('trades are asked for by account, instrument and trade date, and say when and in which transaction they were made', async () => {
    const made = { tradeId: 't-1', time: '2023-03-01T01:00:00.000Z', isin: shinEtsu, quantity: '100', price: '1' };
    const parties = {
      seller: { institution: 'AlphaMSP', account: 'A-1' },
      buyer: { institution: 'AlphaMSP', account: 'HOUSE' },
    };
    await day.record('AlphaMSP', 'Registry:OpenAccount', { account: 'HOUSE', name: 'Own account', kind: 'house' });
    await day.record('CsdMSP', 'Orders:CaptureTrades', { id: 'c1', trades: [{ ...made, ...parties }] });
    interface Trade {
      readonly side: string;
      readonly tradeDate: string;
      readonly time: string;
      readonly transactionId: string;
      readonly page: string;
    }
    const trades = async (request: JsonObject): Promise<readonly Trade[]> =>
      (await day.ask<{ readonly trades: readonly Trade[] }>('AlphaMSP', 'Orders:Trades', request)).trades;
    const [sold, bought] = await trades({});
    expect((await trades({ account: 'A-1' })).map(({ side }) => side)).toEqual(['sell']);
    expect((await trades({ account: 'HOUSE' })).map(({ side }) => side)).toEqual(['buy']);
    expect(await trades({ isin: 'JP3236200006' })).toEqual([]);
    expect(await trades({ fromDate: sold?.tradeDate ?? '', toDate: sold?.tradeDate ?? '' })).toEqual([sold, bought]);
    expect(await trades({ fromDate: '2999-01-01' })).toEqual([]);
    expect(await trades({ toDate: '1999-12-31' })).toEqual([]);
    interface Pages {
      readonly pages: readonly { readonly time: string; readonly transactionId: string }[];
    }
    const { pages } = await day.ask<Pages>('AlphaMSP', 'Market:Advices', { from: Number(sold?.page), limit: 1 });
    expect([sold?.time, sold?.transactionId]).toEqual([pages[0]?.time, pages[0]?.transactionId]);
    expect(sold?.transactionId).toMatch(/^[0-9a-f]{64}$/);
  });

  test('what ended before a cycle may be left out', async () => {
    const order = { isin: shinEtsu, timeInForce: 'day', side: 'sell', account: 'A-1', quantity: '100', price: '42500' };
    for (const orderId of ['s1', 's2', 's3']) await day.record('AlphaMSP', 'Orders:Place', { ...order, orderId });
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's3' });
    await day.record('AlphaMSP', 'Orders:Cancel', { orderId: 's2' });
    const { number: from } = await day.ask<{ readonly number: number }>('AlphaMSP', 'Market:Progress');
    const idsOf = async (request: JsonObject): Promise<readonly string[]> =>
      (await day.ask<{ orders: readonly { orderId: string }[] }>('AlphaMSP', 'Orders:Orders', request)).orders.map(
        ({ orderId }) => orderId,
      );
    expect(await idsOf({})).toEqual(['s3', 's2', 's1']);
    expect(await idsOf({ from })).toEqual(['s2', 's1']);
    expect(await idsOf({ from: from + 1 })).toEqual(['s1']);
  });
});
