import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay, obayashi, sampleHolding, sampleMoney, yen } from '@kessai/ledger/tools';
import { dividend, event, issuer, openEventsDay } from './events-day.test-kit';

let day: SampleDay;

/** Tuesday is the spring equinox; the Monday before it and the Wednesday after it are business days. */
const holidays = ['2023-03-21', '2023-09-29'];
/** A business day in each month or so. */
const untilSeptember = [
  ...['2023-03-31', '2023-04-28', '2023-05-26', '2023-06-23', '2023-07-21', '2023-08-18', '2023-09-15', '2023-09-28'],
];

beforeEach(async () => {
  day = await openEventsDay();
});

function setCalendar(id: string, named: readonly string[] = holidays): Promise<void> {
  return day.record('ExchangeMSP', 'Registry:SetCalendar', { id, year: 2023, holidays: named });
}

async function announce(recordDate: string): Promise<void> {
  const terms = { ...dividend, recordDate, rate: { numerator: '1', denominator: '1' } };
  await day.record(issuer, 'CorporateActions:Announce', { eventId: 'e1', terms });
}

/** The market goes on to the end of another day; its client G-1 sells ten securities on it. */
async function through(date: string): Promise<void> {
  await day.advance('closed');
  await day.openDay(date);
  const sale = { id: `sold-${date}`, isin: obayashi, from: 'G-1', to: 'G-2', quantity: '10' };
  await day.record('GammaMSP', 'Securities:Transfer', sale);
  await day.closeWithRegister(obayashi);
}

const pages = (): Promise<unknown> => day.market.evaluate('CsdMSP', 'CorporateActions:Pages', event);
const missing = (recordDate: string) => ({ code: 'SnapshotMissing', field: 'eventId', isin: obayashi, recordDate });
const registerOf = async (): Promise<unknown> => {
  const { events } = await day.ask<{ events: JsonObject[] }>(issuer, 'CorporateActions:Events');
  return events[0]?.['registerDate'];
};

describe('A record date that is no business day', () => {
  beforeEach(async () => {
    await day.record('GammaMSP', 'Registry:OpenAccount', { account: 'G-2', name: 'Two', kind: 'client' });
    await setCalendar('calendar');
  });

  test.each([
    ['a Saturday', '2023-03-18', ['2023-03-17'], '2023-03-17'],
    ['a Sunday', '2023-03-19', ['2023-03-17'], '2023-03-17'],
    ['a holiday in the middle of a week', '2023-03-21', ['2023-03-17', '2023-03-20'], '2023-03-20'],
    ["a quarter's end on a Saturday after a holiday", '2023-09-30', untilSeptember, '2023-09-28'],
  ])(
    '%s is paid from the register at the end of the business day before it',
    async (_, recordDate, dates, register) => {
      await announce(recordDate);
      for (const date of dates) await through(date);
      await day.payEvent(issuer, 'e1');
      expect(await registerOf()).toBe(register);
      const sold = 10n * BigInt(dates.length);
      expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + sampleHolding - sold, 0n]);
      expect(await day.holding('GammaMSP', 'G-2', yen)).toEqual([sold, 0n]);
    },
  );

  test('is not yet paid while a business day may come before it', async () => {
    await announce('2023-03-19');
    await through('2023-03-16');
    expect(await pages()).toEqual(missing('2023-03-19'));
  });

  test('is paid on a later day from the same register, whatever was sold since', async () => {
    await announce('2023-03-19');
    await through('2023-03-17');
    await through('2023-03-20');
    await day.payEvent(issuer, 'e1');
    expect(await registerOf()).toBe('2023-03-17');
    expect(await day.holding('GammaMSP', 'G-2', yen)).toEqual([10n, 0n]);
  });

  test('splits a holding once, and the next dividend is of the new securities', async () => {
    const split = {
      ...{
        kind: 'stock-split',
        isin: obayashi,
        recordDate: '2023-03-19',
        supplyCap: '50000000',
        residue: 'TREASURY-2',
      },
      ratio: { numerator: '2', denominator: '1' },
    };
    await day.record(issuer, 'CorporateActions:Announce', { eventId: 'split', terms: split });
    await announce('2023-03-20');
    await through('2023-03-17');
    await day.payEvent(issuer, 'split');
    await through('2023-03-20');
    await day.payEvent(issuer, 'e1');
    expect(await day.holding('GammaMSP', 'G-2', yen)).toEqual([20n + 10n, 0n]);
  });

  test('keeps the register from which its first page was paid, though the calendar is changed then', async () => {
    await announce('2023-03-21');
    await through('2023-03-20');
    const { pages: due } = await day.ask<{ pages: JsonObject[] }>('CsdMSP', 'CorporateActions:Pages', event);
    await day.record('CsdMSP', 'CorporateActions:Pay', { ...event, pages: due.slice(0, 1) });
    // The holiday is none after all, and the market opens on the record date.
    await setCalendar('changed', []);
    await through('2023-03-21');
    await day.payEvent(issuer, 'e1');
    expect(await registerOf()).toBe('2023-03-20');
    expect(await day.holding('GammaMSP', 'G-2', yen)).toEqual([10n, 0n]);
  });
});

describe('A record date on which the market was closed by a failure', () => {
  test('means the register of the last day on which it was open, whatever the calendar says', async () => {
    await day.record('GammaMSP', 'Registry:OpenAccount', { account: 'G-2', name: 'Two', kind: 'client' });
    await setCalendar('calendar');
    await announce('2023-03-16');
    await through('2023-03-15');
    expect(await pages()).toEqual(missing('2023-03-16'));
    await through('2023-03-17');
    await day.payEvent(issuer, 'e1');
    expect(await registerOf()).toBe('2023-03-15');
    expect(await day.holding('GammaMSP', 'G-2', yen)).toEqual([10n, 0n]);
  });

  test('in a market without a calendar too', async () => {
    await day.record('GammaMSP', 'Registry:OpenAccount', { account: 'G-2', name: 'Two', kind: 'client' });
    await announce('2023-03-19');
    await through('2023-03-17');
    expect(await pages()).toEqual(missing('2023-03-19'));
    await through('2023-03-20');
    await day.payEvent(issuer, 'e1');
    expect(await registerOf()).toBe('2023-03-17');
  });
});
