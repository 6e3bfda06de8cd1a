import { beforeEach, describe, expect, test } from '@jest/globals';
import { type SampleDay, obayashi, shinEtsu } from '@kessai/ledger/tools';
import { dividend, openEventsDay, recordDate, throughRecordDate } from './events-day.test-kit';

let day: SampleDay;

const first = { issuer: 'OtherIssuerMSP', eventId: 'split' };
const second = { issuer: 'IssuerMSP', eventId: 'other' };
const terms = { kind: 'stock-split', recordDate, ratio: { numerator: '5', denominator: '1' } };
const splitOf = { ...terms, isin: obayashi, supplyCap: '10000000', residue: 'TREASURY-2' };
const splitOfOther = { ...terms, isin: shinEtsu, supplyCap: '10000000', residue: 'TREASURY' };

beforeEach(async () => {
  day = await openEventsDay();
});

async function payPages(event: typeof first, from: number, to?: number): Promise<void> {
  const { pages } = await day.ask<{ pages: object[] }>('CsdMSP', 'CorporateActions:Pages', event);
  await day.record('CsdMSP', 'CorporateActions:Pay', { ...event, pages: pages.slice(from, to) as never });
}

async function openNext() {
  const { sequence: from } = await day.clock();
  return day.submit('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-03', phase: 'open' });
}

const unfinished = { code: 'SplitUnfinished', field: 'businessDate', isin: obayashi, ...first };

describe('A market with a split that has reached some holders and not others', () => {
  beforeEach(async () => {
    await day.record('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'split', terms: splitOf });
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'other', terms: splitOfOther });
    await throughRecordDate(day);
    await day.record('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu });
  });

  test('does not open, and says which split of which issuer it waits for', async () => {
    await payPages(first, 0, 1);
    expect(await openNext()).toEqual(unfinished);
    await payPages(first, 0, 3);
    expect(await openNext()).toEqual(unfinished);
    expect(await day.clock()).toMatchObject({ businessDate: recordDate, phase: 'closed' });
  });

  test('does not open before the fractions have been credited: all pages paid is not yet the end', async () => {
    await payPages(first, 0);
    expect(await openNext()).toEqual(unfinished);
    await day.record('CsdMSP', 'CorporateActions:Complete', first);
    expect(await openNext()).toEqual({ outcome: 'created' });
  });

  test('does not open while another split is half paid when one is completed', async () => {
    await payPages(first, 0, 1);
    await payPages(second, 0, 1);
    await payPages(first, 0);
    await day.record('CsdMSP', 'CorporateActions:Complete', first);
    expect(await openNext()).toEqual({ ...unfinished, isin: shinEtsu, ...second });
    await payPages(second, 0);
    await day.record('CsdMSP', 'CorporateActions:Complete', second);
    expect(await openNext()).toEqual({ outcome: 'created' });
  });

  test('does not open in the same cycle in which the first page is paid, and does in that of its end', async () => {
    const { sequence: from } = await day.clock();
    const opening = {
      method: 'Registry:AdvanceClock',
      request: { from, businessDate: '2023-03-03', phase: 'open' },
    };
    const { pages } = await day.ask<{ pages: object[] }>('CsdMSP', 'CorporateActions:Pages', first);
    const paying = (some: object[]) => ({
      method: 'CorporateActions:Pay',
      request: { ...first, pages: some } as never,
    });
    day.market.seal('CsdMSP', [paying(pages.slice(0, 1)), opening]);
    expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, unfinished]);
    day.market.seal('CsdMSP', [paying(pages), { method: 'CorporateActions:Complete', request: first }, opening]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created' },
      { outcome: 'created' },
      { outcome: 'created' },
    ]);
  });

  test('may tick in the phase closed', async () => {
    await payPages(first, 0, 1);
    await day.advance('closed');
  });

  test('does not open for an operator whose clock is ahead, nor by a tick of the same day', async () => {
    await payPages(first, 0, 1);
    const { sequence: from, businessDate } = await day.clock();
    const ticked = { from, businessDate, phase: 'closed', notBefore: '2023-03-01T00:00:00.000Z' };
    expect(await day.submit('CcpMSP', 'Registry:AdvanceClock', ticked)).toEqual({ outcome: 'created' });
    expect(await openNext()).toEqual(unfinished);
  });

  test('keeps its split: neither its issuer withdraws it, nor is another announced for a day on which it may be unfinished', async () => {
    await payPages(first, 0, 1);
    expect(await day.submit(first.issuer, 'CorporateActions:Withdraw', { eventId: 'split' })).toMatchObject({
      ...{ code: 'EventStarted', status: 'paying' },
    });
    const next = { eventId: 'next', terms: { ...splitOf, recordDate: '2023-03-03' } };
    expect(await day.submit(first.issuer, 'CorporateActions:Announce', next)).toMatchObject({ code: 'SplitOpen' });
    expect(await openNext()).toEqual(unfinished);
  });

  test('moves nothing that is in two measures, and opens when the split is whole', async () => {
    await payPages(first, 0, 1);
    const moved = { id: 't', isin: obayashi, from: 'G-1', to: 'SUSPENSE', quantity: '1' };
    expect(await day.submit('GammaMSP', 'Securities:Transfer', moved)).toMatchObject({ code: 'PhaseClosed' });
    const to = { institution: 'GammaMSP', account: 'G-1' };
    const allotted = { id: 'a', isin: obayashi, from: 'TREASURY-2', to, quantity: '1' };
    expect(await day.submit('CsdMSP', 'Securities:Allot', allotted)).toMatchObject({ code: 'PhaseClosed' });
    await payPages(first, 0);
    await day.record('CsdMSP', 'CorporateActions:Complete', first);
    expect(await openNext()).toEqual({ outcome: 'created' });
    expect(await day.submit('GammaMSP', 'Securities:Transfer', moved)).toEqual({ outcome: 'created' });
  });

  test('can always be finished: nothing is issued in between', async () => {
    await payPages(first, 0, 1);
    const issue = { id: 'i', isin: obayashi, account: 'TREASURY-2', quantity: '1' };
    expect(await day.submit('CsdMSP', 'Securities:Issue', issue)).toMatchObject({ code: 'PhaseClosed' });
    await payPages(first, 0);
    await day.record('CsdMSP', 'CorporateActions:Complete', first);
  });
});

describe('A market with an event that is not begun, or a dividend that is half paid', () => {
  test('opens: nothing that trades is in two measures', async () => {
    await day.record('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'split', terms: splitOf });
    await day.record('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'dividend', terms: dividend });
    await throughRecordDate(day);
    await payPages({ ...first, eventId: 'dividend' }, 0, 2);
    expect(await openNext()).toEqual({ outcome: 'created' });
  });
});
