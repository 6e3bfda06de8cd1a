import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, foundSampleMarket, sampleFounding } from '@kessai/ledger/tools';
import { registry } from './index';

/** Holidays of a Japanese January: that the market is closed on the 2nd and 3rd needs no naming. */
const holidays2024 = ['2024-01-01', '2024-01-08'];

let market: MemoryMarket;

async function open(businessDate: string) {
  const clock = (await market.evaluate('ExchangeMSP', 'Registry:Clock')) as {
    readonly sequence: number;
    readonly businessDate: string;
  };
  if (clock.sequence > 0) {
    const { businessDate: today, sequence: from } = clock;
    await market.submit('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate: today, phase: 'closed' });
  }
  const from = clock.sequence === 0 ? 0 : clock.sequence + 1;
  return market.submit('ExchangeMSP', 'Registry:AdvanceClock', { from, businessDate, phase: 'open' });
}

beforeEach(async () => {
  market = new MemoryMarket({ contracts: { Registry: registry } });
  await foundSampleMarket(market);
});

describe('the business calendar', () => {
  test('keeps the market closed at weekends where the operators have named no holidays yet', async () => {
    for (const businessDate of ['2023-03-04', '2023-03-05']) {
      expect(await open(businessDate)).toEqual({ code: 'NotABusinessDay', field: 'businessDate', businessDate });
    }
    expect(await open('2023-03-06')).toEqual({ outcome: 'created' });
  });

  test.each([
    ['a mistyped year', '2204-04-02'],
    ['another one', '2032-03-02'],
    ['the next year', '2024-03-01'],
    ['more than a month ahead', '2023-04-03'],
  ])('does not jump to where the clock cannot come back from: %s', async (_what, businessDate) => {
    expect(await open(businessDate)).toEqual({
      ...{ code: 'BusinessDateTooFar', field: 'businessDate', businessDate, latest: '2023-04-01' },
    });
    expect(await open('2023-03-31')).toEqual({ outcome: 'created' });
  });

  test('opens again after any standstill: what is too far is told by the time as well', async () => {
    market.wait(200 * 86_400_000);
    expect(await open('2023-09-19')).toEqual({ outcome: 'created' });
    expect(await open('2023-12-20')).toMatchObject({ code: 'BusinessDateTooFar', latest: '2023-10-20' });
  });

  test.each([
    ['a Sunday', '2023-03-05', 'NotABusinessDay'],
    ['the last day of the year', '2024-12-31', 'NotABusinessDay'],
    ['a day after New Year', '2025-01-03', 'NotABusinessDay'],
    ['a Saturday', '2023-02-25', 'NotABusinessDay'],
    ['a Sunday that is a leap day', '2032-02-29', 'NotABusinessDay'],
    ['the second of January', '2026-01-02', 'NotABusinessDay'],
    ['a mistyped year', '2204-04-02', 'BusinessDateTooFar'],
  ])('begins with no market that is founded on %s: %s', async (_what, businessDate, code) => {
    const fresh = new MemoryMarket({ contracts: { Registry: registry } });
    const founding = { ...sampleFounding, businessDate };
    expect(await fresh.submit('ExchangeMSP', 'Registry:Found', founding)).toMatchObject({
      ...{ code, field: 'businessDate', businessDate },
    });
    expect(await fresh.submit('ExchangeMSP', 'Registry:Found', sampleFounding)).toEqual({ outcome: 'created' });
  });

  test('takes two operators to name the holidays of a year', async () => {
    const request = { id: 'calendar-2024', year: 2024, holidays: holidays2024 };
    expect(await market.submit('CsdMSP', 'Registry:SetCalendar', request)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await open('2023-03-02')).toEqual({ outcome: 'created' });
    expect(await market.submit('CcpMSP', 'Registry:SetCalendar', request)).toEqual({ outcome: 'created' });
    for (const businessDate of ['2024-01-03', '2024-01-08']) {
      expect(await open(businessDate)).toEqual({ code: 'NotABusinessDay', field: 'businessDate', businessDate });
    }
  });

  test('keeps the market closed on weekends and holidays, and in years that nobody has named', async () => {
    await market.act('Registry:SetCalendar', { id: 'calendar-2024', year: 2024, holidays: holidays2024 });
    expect(await open('2024-01-06')).toMatchObject({ code: 'NotABusinessDay', field: 'businessDate' });
    expect(await open('2025-01-06')).toMatchObject({ code: 'CalendarMissing', year: 2025 });
    // The market has stood still since 2023-03-01.
    market.wait(300 * 86_400_000);
    expect(await open('2024-01-04')).toEqual({ outcome: 'created' });
  });

  test('lists the business days of a period', async () => {
    await market.act('Registry:SetCalendar', { id: 'calendar-2024', year: 2024, holidays: holidays2024 });
    const period = { from: '2024-01-01', to: '2024-01-10' };
    expect(await market.evaluate('AlphaMSP', 'Registry:Calendar', period)).toEqual({
      days: ['2024-01-04', '2024-01-05', '2024-01-09', '2024-01-10'],
      years: [2024],
    });
    expect(await market.evaluate('AlphaMSP', 'Registry:Calendar', { from: '2023-12-30' })).toMatchObject({
      code: 'CalendarMissing',
      field: 'from',
      year: 2023,
    });
  });

  test('refuses a holiday of another year, naming it', async () => {
    const request = { id: 'calendar-2024', year: 2024, holidays: ['2024-01-01', '2023-01-01'] };
    expect(await market.submit('CsdMSP', 'Registry:SetCalendar', request)).toMatchObject({
      code: 'FieldMalformed',
      field: 'holidays[1]',
    });
  });
});
