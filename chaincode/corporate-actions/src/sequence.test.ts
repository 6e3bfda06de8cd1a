import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import {
  MemoryMarket,
  type SampleDay,
  obayashi,
  openSampleDay,
  sampleHolding,
  sampleMoney,
  yen,
} from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { corporateActions } from './index';

const contracts = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  CorporateActions: corporateActions,
};
let day: SampleDay;

const issuer = 'OtherIssuerMSP';
const split = {
  ...{ kind: 'stock-split', isin: obayashi, recordDate: '2023-03-01', supplyCap: '50000000', residue: 'TREASURY-2' },
  ratio: { numerator: '5', denominator: '1' },
};
const dividend = {
  ...{ kind: 'cash-dividend', isin: obayashi, recordDate: '2023-03-01', unit: yen, payer: 'TREASURY-2' },
  rate: { numerator: '1', denominator: '1' },
};

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

function announce(eventId: string, terms: JsonObject) {
  return day.submit(issuer, 'CorporateActions:Announce', { eventId, terms });
}

async function complete(eventId: string): Promise<void> {
  await day.payEvent(issuer, eventId);
}

/** To the end of another day, with the register kept. */
async function dayAfter(date: string): Promise<void> {
  await day.openDay(date);
  await day.closeWithRegister(obayashi);
}

describe('Two splits of five for one', () => {
  test('are not both announced for one record date: they would make nine of one', async () => {
    await announce('first', split);
    expect(await announce('second', split)).toEqual({
      ...{ code: 'EventAnnounced', field: 'terms.recordDate', eventId: 'first' },
    });
  });

  test('are not announced at once for two record dates: each register would be without the other', async () => {
    await announce('first', split);
    const open = { code: 'SplitOpen', field: 'terms.recordDate', eventId: 'first' };
    expect(await announce('second', { ...split, recordDate: '2023-03-02' })).toEqual(open);
    await day.closeWithRegister(obayashi);
    const { pages } = await day.ask<{ pages: JsonObject[] }>('CsdMSP', 'CorporateActions:Pages', {
      ...{ issuer, eventId: 'first' },
    });
    await day.record('CsdMSP', 'CorporateActions:Pay', { issuer, eventId: 'first', pages: pages.slice(0, 1) });
    expect(await announce('second', { ...split, recordDate: '2023-03-02' })).toEqual(open);
  });

  test('the second is not announced for the day on which the first was completed, whose register may be of before', async () => {
    await announce('first', split);
    await day.closeWithRegister(obayashi);
    await dayAfter('2023-03-02');
    await complete('first');
    expect(await announce('second', { ...split, recordDate: '2023-03-02' })).toEqual({
      ...{ code: 'RegisterBeforeSplit', field: 'terms.recordDate', recordDate: '2023-03-01' },
    });
  });

  test('one after another make twenty-five of one', async () => {
    await announce('first', split);
    await day.closeWithRegister(obayashi);
    await complete('first');
    expect(await announce('second', { ...split, recordDate: '2023-03-02' })).toEqual({ outcome: 'created' });
    await dayAfter('2023-03-02');
    await complete('second');
    expect(await day.holding('GammaMSP', 'G-1', obayashi)).toEqual([25n * sampleHolding, 0n]);
  });

  test('the second may be announced when the first is withdrawn', async () => {
    await announce('first', split);
    await day.record(issuer, 'CorporateActions:Withdraw', { eventId: 'first' });
    expect(await announce('second', split)).toEqual({ outcome: 'created' });
    await day.closeWithRegister(obayashi);
    await complete('second');
    expect(await day.holding('GammaMSP', 'G-1', obayashi)).toEqual([5n * sampleHolding, 0n]);
  });
});

describe('A dividend and a split', () => {
  test.each([
    ['the dividend first', ['dividend', 'split']],
    ['the split first', ['split', 'dividend']],
  ])('of one record date are computed from the same register, %s', async (_, order) => {
    await announce('dividend', dividend);
    await announce('split', split);
    await day.closeWithRegister(obayashi);
    for (const eventId of order) await complete(eventId);
    expect(await day.holding('GammaMSP', 'G-1', obayashi)).toEqual([5n * sampleHolding, 0n]);
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + sampleHolding, 0n]);
  });

  test('with an earlier record date: the dividend waits, and is not paid for a register without the new securities', async () => {
    await announce('split', split);
    await announce('dividend', { ...dividend, recordDate: '2023-03-02' });
    await day.closeWithRegister(obayashi);
    await dayAfter('2023-03-02');
    const pages = (): Promise<unknown> =>
      day.market.evaluate('CsdMSP', 'CorporateActions:Pages', { issuer, eventId: 'dividend' });
    expect(await pages()).toEqual({ code: 'SplitOpen', field: 'eventId', eventId: 'split' });
    await complete('split');
    expect(await pages()).toEqual({ code: 'RegisterBeforeSplit', field: 'eventId', recordDate: '2023-03-01' });
    // It can be announced anew, for a register that shows them.
    await day.record(issuer, 'CorporateActions:Withdraw', { eventId: 'dividend' });
    await announce('again', { ...dividend, recordDate: '2023-03-03' });
    await dayAfter('2023-03-03');
    await complete('again');
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 5n * sampleHolding, 0n]);
  });

  test('with an earlier record date and completed before: the dividend is paid for the new securities', async () => {
    await announce('split', split);
    await announce('dividend', { ...dividend, recordDate: '2023-03-02' });
    await day.closeWithRegister(obayashi);
    await complete('split');
    await dayAfter('2023-03-02');
    await complete('dividend');
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 5n * sampleHolding, 0n]);
  });
});
