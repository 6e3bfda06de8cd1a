import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay, obayashi, sampleHolding, sampleMoney, yen } from '@kessai/ledger/tools';
import {
  dividend as dividendOf,
  issuer,
  openEventsDay,
  split as splitOf,
  throughRecordDate,
} from './events-day.test-kit';

let day: SampleDay;

/** Five for one. */
const split = { ...splitOf, supplyCap: '50000000', ratio: { numerator: '5', denominator: '1' } };
const dividend = { ...dividendOf, rate: { numerator: '1', denominator: '1' } };

beforeEach(async () => {
  day = await openEventsDay();
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
    expect(await announce('second', { ...split, recordDate: '2023-03-03' })).toEqual(open);
    await throughRecordDate(day);
    const { pages } = await day.ask<{ pages: JsonObject[] }>('CsdMSP', 'CorporateActions:Pages', {
      ...{ issuer, eventId: 'first' },
    });
    await day.record('CsdMSP', 'CorporateActions:Pay', { issuer, eventId: 'first', pages: pages.slice(0, 1) });
    expect(await announce('second', { ...split, recordDate: '2023-03-03' })).toEqual(open);
  });

  test('the second is not announced for the day on which the first was completed, whose register is of before', async () => {
    await announce('first', split);
    await throughRecordDate(day);
    await dayAfter('2023-03-03');
    await complete('first');
    expect(await announce('second', { ...split, recordDate: '2023-03-03' })).toEqual({
      ...{ code: 'RecordDateTooSoon', field: 'terms.recordDate', earliest: '2023-03-06' },
    });
  });

  test('one after another make twenty-five of one', async () => {
    await announce('first', split);
    await throughRecordDate(day);
    await complete('first');
    expect(await announce('second', { ...split, recordDate: '2023-03-03' })).toEqual({ outcome: 'created' });
    await dayAfter('2023-03-03');
    await complete('second');
    expect(await day.holding('GammaMSP', 'G-1', obayashi)).toEqual([25n * sampleHolding, 0n]);
  });

  test('the second may be announced when the first is withdrawn', async () => {
    await announce('first', split);
    await day.record(issuer, 'CorporateActions:Withdraw', { eventId: 'first' });
    expect(await announce('second', split)).toEqual({ outcome: 'created' });
    await throughRecordDate(day);
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
    await throughRecordDate(day);
    for (const eventId of order) await complete(eventId);
    expect(await day.holding('GammaMSP', 'G-1', obayashi)).toEqual([5n * sampleHolding, 0n]);
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + sampleHolding, 0n]);
  });

  test('with an earlier record date: the dividend waits, and is not paid for a register without the new securities', async () => {
    await announce('split', split);
    await announce('dividend', { ...dividend, recordDate: '2023-03-03' });
    await throughRecordDate(day);
    await dayAfter('2023-03-03');
    const pages = (): Promise<unknown> =>
      day.market.evaluate('CsdMSP', 'CorporateActions:Pages', { issuer, eventId: 'dividend' });
    expect(await pages()).toEqual({ code: 'SplitOpen', field: 'eventId', eventId: 'split' });
    await complete('split');
    expect(await pages()).toEqual({ code: 'RegisterBeforeSplit', field: 'eventId', recordDate: '2023-03-02' });
    // It can be announced anew, for a register that shows them.
    await day.record(issuer, 'CorporateActions:Withdraw', { eventId: 'dividend' });
    await announce('again', { ...dividend, recordDate: '2023-03-06' });
    await dayAfter('2023-03-06');
    await complete('again');
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 5n * sampleHolding, 0n]);
  });

  test('with an earlier record date and completed before: the dividend is paid for the new securities', async () => {
    await announce('split', split);
    await announce('dividend', { ...dividend, recordDate: '2023-03-03' });
    await throughRecordDate(day);
    await complete('split');
    await dayAfter('2023-03-03');
    await complete('dividend');
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 5n * sampleHolding, 0n]);
  });
});
