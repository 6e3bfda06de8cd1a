import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, obayashi, openSampleDay, shinEtsu, yen } from '@kessai/ledger/tools';
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

const first = { issuer: 'OtherIssuerMSP', eventId: 'split' };
const second = { issuer: 'IssuerMSP', eventId: 'other' };
const terms = { kind: 'stock-split', recordDate: '2023-03-01', ratio: { numerator: '5', denominator: '1' } };
const splitOf = { ...terms, isin: obayashi, supplyCap: '10000000', residue: 'TREASURY-2' };
const splitOfOther = { ...terms, isin: shinEtsu, supplyCap: '10000000', residue: 'TREASURY' };
const dividend = {
  ...{ kind: 'cash-dividend', isin: obayashi, recordDate: '2023-03-01', unit: yen, payer: 'TREASURY-2' },
  rate: { numerator: '1', denominator: '1' },
};

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

async function payPages(event: typeof first, from: number, to?: number): Promise<void> {
  const { pages } = await day.ask<{ pages: object[] }>('CsdMSP', 'CorporateActions:Pages', event);
  await day.record('CsdMSP', 'CorporateActions:Pay', { ...event, pages: pages.slice(from, to) as never });
}

async function openNext() {
  const { sequence: from } = await day.clock();
  return day.submit('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate: '2023-03-02', phase: 'open' });
}

const unfinished = { code: 'SplitUnfinished', field: 'businessDate', isin: obayashi, ...first };

describe('A market with a split that has reached some holders and not others', () => {
  beforeEach(async () => {
    await day.record('OtherIssuerMSP', 'CorporateActions:Announce', { eventId: 'split', terms: splitOf });
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'other', terms: splitOfOther });
    await day.closeWithRegister(obayashi);
    await day.record('CsdMSP', 'Registry:Snapshot', { isin: shinEtsu });
  });

  test('does not open, and says which split of which issuer it waits for', async () => {
    await payPages(first, 0, 1);
    expect(await openNext()).toEqual(unfinished);
    await payPages(first, 0, 3);
    expect(await openNext()).toEqual(unfinished);
    expect(await day.clock()).toMatchObject({ businessDate: '2023-03-01', phase: 'closed' });
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
      request: { from, businessDate: '2023-03-02', phase: 'open' },
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
    await day.closeWithRegister(obayashi);
    await payPages({ ...first, eventId: 'dividend' }, 0, 2);
    expect(await openNext()).toEqual({ outcome: 'created' });
  });
});
