import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay, sampleMoney, yen } from '@kessai/ledger/tools';
import { announce, dividend as dividendOf, event, openEventsDay, throughRecordDate } from './events-day.test-kit';

let day: SampleDay;

const dividend = { ...dividendOf, rate: { numerator: '1', denominator: '1' } };

beforeEach(async () => {
  day = await openEventsDay();
  await announce(day, dividend);
});

function withdraw(eventId = 'e1', caller = 'OtherIssuerMSP') {
  return day.submit(caller, 'CorporateActions:Withdraw', { eventId });
}

describe('An announcement that was a mistake', () => {
  test('is withdrawn once: nobody is paid by it, and it stays to be seen', async () => {
    expect(await withdraw()).toEqual({ outcome: 'created' });
    expect(await withdraw()).toEqual({ outcome: 'exists' });
    await throughRecordDate(day);
    const withdrawn = { code: 'EventWithdrawn', field: 'eventId', eventId: 'e1' };
    const pages = [{ institution: 'GammaMSP', page: 0 }];
    expect(await day.submit('CsdMSP', 'CorporateActions:Pay', { ...event, pages })).toEqual(withdrawn);
    expect(await day.submit('CsdMSP', 'CorporateActions:Complete', event)).toEqual(withdrawn);
    expect(await day.market.evaluate('CsdMSP', 'CorporateActions:Pages', event)).toEqual(withdrawn);
    expect(await day.ask('OtherIssuerMSP', 'CorporateActions:Events')).toMatchObject({
      events: [{ eventId: 'e1', status: 'withdrawn', gross: '0' }],
    });
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney, 0n]);
  });

  test('makes room for the right one of the same record date', async () => {
    const right = { ...dividend, rate: { numerator: '2', denominator: '1' } };
    expect(await announce(day, right, 'e2')).toMatchObject({ code: 'EventAnnounced', eventId: 'e1' });
    await withdraw();
    expect(await announce(day, right, 'e2')).toEqual({ outcome: 'created' });
    // What is withdrawn twice takes nothing of another's place.
    await withdraw();
    expect(await announce(day, right, 'e3')).toMatchObject({ code: 'EventAnnounced', eventId: 'e2' });
  });

  test('can be withdrawn after its record date, while nothing has been computed', async () => {
    await throughRecordDate(day);
    expect(await withdraw()).toEqual({ outcome: 'created' });
  });

  test('stands as soon as the first holders have been paid', async () => {
    await throughRecordDate(day);
    const { pages } = await day.ask<{ pages: JsonObject[] }>('CsdMSP', 'CorporateActions:Pages', event);
    await day.record('CsdMSP', 'CorporateActions:Pay', { ...event, pages: pages.slice(0, 1) });
    expect(await withdraw()).toEqual({ code: 'EventStarted', field: 'eventId', eventId: 'e1', status: 'paying' });
    await day.payEvent('OtherIssuerMSP', 'e1');
    expect(await withdraw()).toMatchObject({ code: 'EventStarted', status: 'completed' });
  });

  test("is not another issuer's to withdraw, nor an operator's", async () => {
    expect(await withdraw('e1', 'IssuerMSP')).toEqual({ code: 'EventUnknown', field: 'eventId', eventId: 'e1' });
    expect(await withdraw('none')).toMatchObject({ code: 'EventUnknown' });
    expect(await withdraw('e1', 'CsdMSP')).toMatchObject({ code: 'RoleNotAllowed' });
  });

  test('withdrawn in the cycle in which an operator pays it is one or the other', async () => {
    await throughRecordDate(day);
    const paying = {
      method: 'CorporateActions:Pay',
      request: await day.ask<JsonObject>('CsdMSP', 'CorporateActions:Pages', event),
    };
    day.market.seal('OtherIssuerMSP', [{ method: 'CorporateActions:Withdraw', request: { eventId: 'e1' } }]);
    day.market.seal('CsdMSP', [paying]);
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, { code: 'EventWithdrawn' }]);
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', yen)).toEqual([sampleMoney, 0n]);
  });
});
