import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import {
  type SampleDay,
  audit,
  faultsOfLocks,
  faultsOfParties,
  faultsOfValue,
  sampleHolding,
  sampleMoney,
  sampleNeedOf,
  shinEtsu,
  yen,
} from '@kessai/ledger/tools';
import { openEventsDay, recordDate, toRecordDate } from './events-day.test-kit';

let day: SampleDay;

const issuer = 'IssuerMSP';
const split = {
  ...{ kind: 'stock-split', isin: shinEtsu, recordDate, supplyCap: '10000000', residue: 'TREASURY' },
  ratio: { numerator: '5', denominator: '1' },
};
/** 100 at 30,000 yen, in tenths of a yen: 3,000,000 yen, of which 600,000 are for one fifth of the securities. */
const order = { isin: shinEtsu, quantity: '100', price: '300000', timeInForce: 'day' };
const sell = { ...order, orderId: 's1', side: 'sell', account: 'A-1' };
const buy = { ...order, orderId: 'b1', side: 'buy', account: 'B-1' };
const agreed = { isin: shinEtsu, quantity: '100', amount: '3000000' };
const recorded = { ...agreed, tradeId: 't1', counterparty: 'BetaMSP', side: 'sell', account: 'A-1' };
const affirmed = { ...agreed, recordedBy: 'AlphaMSP', tradeId: 't1', side: 'buy', account: 'B-1' };
const captured = {
  ...{ tradeId: 'c1', time: '2023-03-01T01:00:00.000Z', isin: shinEtsu, quantity: '100', price: '300000' },
  seller: { institution: 'AlphaMSP', account: 'A-1' },
  buyer: { institution: 'BetaMSP', account: 'B-1' },
};

beforeEach(async () => {
  day = await openEventsDay();
  await day.record(issuer, 'CorporateActions:Announce', { eventId: 'split', terms: split });
  await toRecordDate(day);
});

interface Trades {
  readonly trades: readonly { readonly page: string; readonly number: number; readonly status: string }[];
}

/** How the open trades come about, each before the split. */
const openTrades: Readonly<Record<string, () => Promise<void>>> = {
  'matched on the board': async () => {
    await day.record('AlphaMSP', 'Orders:Place', sell);
    await day.record('BetaMSP', 'Orders:Place', buy);
    await day.record('CsdMSP', 'Orders:Match', {
      ...{ id: 'x', isin: shinEtsu },
      orders: [
        { institution: 'AlphaMSP', orderId: 's1' },
        { institution: 'BetaMSP', orderId: 'b1' },
      ],
    });
  },
  'agreed and affirmed': async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', recorded);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmed);
  },
  'captured from an outside engine': () =>
    day.record('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [captured] }),
  'pending in a market that settles by itself': async () => {
    const policy = { matching: 'continuous', settlement: 'continuous' };
    await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'p', policy });
    await day.record('AlphaMSP', 'Securities:Transfer', {
      ...{ id: 'gone', isin: shinEtsu, from: 'A-1', to: 'A-2', quantity: sampleHolding.toString() },
    });
    await day.record('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [captured] });
    await day.record('AlphaMSP', 'Securities:Transfer', {
      ...{ id: 'back', isin: shinEtsu, from: 'A-2', to: 'A-1', quantity: sampleHolding.toString() },
    });
  },
};

async function tradeOf(member: string) {
  const [trade] = (await day.ask<Trades>(member, 'Orders:Trades')).trades;
  if (!trade) throw new Error('There is a trade');
  return trade;
}

async function settle(id: string) {
  const { page } = await tradeOf('BetaMSP');
  return day.submit('CcpMSP', 'Settlement:Settle', { id, pages: [page] });
}

function faults(): readonly string[] {
  const state = audit(day.market.ledger, day.collections);
  return [...faultsOfValue(state), ...faultsOfParties(state), ...faultsOfLocks(state, sampleNeedOf)];
}

describe.each(Object.entries(openTrades))('A trade %s and open over a split of five for one', (_, open) => {
  beforeEach(async () => {
    await open();
    await day.closeWithRegister(shinEtsu);
  });

  test('does not settle: the buyer does not pay 3,000,000 for what is worth 600,000', async () => {
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    expect(await settle('s')).toEqual({ outcome: 'created' });
    expect(await tradeOf('BetaMSP')).toMatchObject({ status: 'pending', reason: 'SPLF' });
    expect(await day.ask('CcpMSP', 'Settlement:Instructions', { status: 'pending' })).toMatchObject({
      instructions: [{ isin: shinEtsu, status: 'pending', reason: 'SPLF' }],
    });
    const [available, locked] = await day.holding('BetaMSP', 'B-1', yen);
    expect(available + locked).toBe(sampleMoney);
    const [own, bound] = await day.holding('BetaMSP', 'B-1', shinEtsu);
    expect(own + bound).toBe(5n * sampleHolding);
    expect(await settle('again')).toEqual({ outcome: 'created' });
    expect(faults()).toEqual([]);
  });

  test('does not settle between the record date and the payment of the split either', async () => {
    await day.openDay('2023-03-03');
    await settle('s');
    expect(await tradeOf('BetaMSP')).toMatchObject({ status: 'pending', reason: 'SPLF' });
    // Withdrawn, the split leaves the trade as it was.
    await day.record(issuer, 'CorporateActions:Withdraw', { eventId: 'split' });
    await settle('again');
    expect(await tradeOf('BetaMSP')).toMatchObject({ status: 'settled' });
    expect(faults()).toEqual([]);
  });

  test('is cancelled by its two parties, who have all that they had and may agree it anew', async () => {
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    await settle('s');
    for (const member of ['AlphaMSP', 'BetaMSP']) {
      const { page, number } = await tradeOf(member);
      await day.record(member, 'Orders:CancelTrade', { page, number });
    }
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([5n * sampleHolding, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney, 0n]);
    const anew = { quantity: '500' };
    await day.record('AlphaMSP', 'Orders:RecordTrade', { ...recorded, ...anew, tradeId: 't2' });
    await day.record('BetaMSP', 'Orders:AffirmTrade', { ...affirmed, ...anew, tradeId: 't2' });
    const { trades } = await day.ask<Trades>('BetaMSP', 'Orders:Trades', { status: 'matched' });
    const pages = trades.map(({ page }) => page);
    if (pages.length > 0) await day.record('CcpMSP', 'Settlement:Settle', { id: 'anew', pages });
    expect(await day.holding('BetaMSP', 'B-1', shinEtsu)).toEqual([5n * sampleHolding + 500n, 0n]);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney - 3_000_000n, 0n]);
    expect(faults()).toEqual([]);
  });
});

describe('Around a split of five for one', () => {
  test('what is traded on its record date and settled by then settles as it was agreed', async () => {
    await openTrades['agreed and affirmed']?.();
    await settle('s');
    expect(await tradeOf('BetaMSP')).toMatchObject({ status: 'settled' });
  });

  test('what is traded after it settles, whatever stood open before', async () => {
    await openTrades['captured from an outside engine']?.();
    await day.closeWithRegister(shinEtsu);
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    await day.record('AlphaMSP', 'Orders:RecordTrade', recorded);
    await day.record('BetaMSP', 'Orders:AffirmTrade', affirmed);
    const { trades } = await day.ask<Trades>('BetaMSP', 'Orders:Trades');
    await day.record('CcpMSP', 'Settlement:Settle', { id: 's', pages: trades.map(({ page }) => page) });
    const after = await day.ask<Trades>('BetaMSP', 'Orders:Trades');
    expect(after.trades.map(({ status }) => status)).toEqual(['pending', 'settled']);
  });

  test('what was recorded before it and not affirmed has lapsed', async () => {
    await day.record('AlphaMSP', 'Orders:RecordTrade', recorded);
    await day.closeWithRegister(shinEtsu);
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    expect(await day.submit('BetaMSP', 'Orders:AffirmTrade', affirmed)).toEqual({
      ...{ code: 'TradeNotOpen', field: 'tradeId', status: 'lapsed' },
    });
  });

  test('an outside engine brings no trade of before it', async () => {
    await day.closeWithRegister(shinEtsu);
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    const late = { ...captured, time: '2023-03-01T00:00:00.000Z' };
    expect(await day.submit('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [late] })).toEqual({
      ...{ code: 'TradeBeforeSplit', field: 'trades[0].time', isin: shinEtsu, recordDate },
    });
    const now = { ...captured, time: '2023-03-02T01:00:00.000Z' };
    expect(await day.submit('CsdMSP', 'Orders:CaptureTrades', { id: 'c', trades: [now] })).toEqual({
      outcome: 'created',
    });
  });

  test.each([
    ['waits to be matched', 'by-operator', false],
    ['stands on the board', 'by-operator', true],
    ['stands on the board of a market that matches by itself', 'continuous', false],
  ] as const)('an order of before it that %s trades with none of after it', async (_, matching, taken) => {
    const policy = { matching, settlement: 'by-operator' };
    await day.record('ExchangeMSP', 'Registry:SetPolicy', { id: 'p', policy });
    await day.record('AlphaMSP', 'Orders:Place', sell);
    const refs = (...names: readonly (readonly [string, string])[]): JsonObject[] =>
      names.map(([institution, orderId]) => ({ institution, orderId }));
    const match = (id: string, named: JsonObject[]) =>
      day.submit('CsdMSP', 'Orders:Match', { id, isin: shinEtsu, orders: named });
    if (taken) await match('x', refs(['AlphaMSP', 's1']));
    await day.closeWithRegister(shinEtsu);
    await day.payEvent(issuer, 'split');
    await day.openDay('2023-03-03');
    const placed = await day.submit('BetaMSP', 'Orders:Place', buy);
    const answer = matching === 'continuous' ? placed : await match('y', refs(['AlphaMSP', 's1'], ['BetaMSP', 'b1']));
    expect(['OrdersNotExpired', 'OrderEnded', 'OrderNotPending']).toContain('code' in answer ? answer.code : 'matched');
    // Expired, it gives back all that it had locked.
    await day.record('CsdMSP', 'Orders:Expire', { id: 'e', isin: shinEtsu });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([5n * sampleHolding, 0n]);
    expect(faults()).toEqual([]);
  });
});
