import type { JsonObject, Outcome, Rejection } from '@kessai/interface';
import { MemoryMarket, type SampleDay, obayashi, openSampleDay, yen } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { orders } from '@kessai/orders';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { settlement } from '@kessai/settlement';
import { corporateActions } from './index';

/** What tests of corporate actions begin with: the issuer of what Obayashi's holders have, and its events. */

export const contracts = {
  ...{ Registry: registry, Securities: securities, MoneyTokens: moneyTokens },
  ...{ Orders: orders, Settlement: settlement, CorporateActions: corporateActions },
};

/** On the sample day events are announced for the business day after it. */
export const recordDate = '2023-03-02';
export const issuer = 'OtherIssuerMSP';
/** The event of most tests. */
export const event = { issuer, eventId: 'e1' };

/** 27.5 yen for each security. */
export const dividend = {
  ...{ kind: 'cash-dividend', isin: obayashi, recordDate, unit: yen, payer: 'TREASURY-2' },
  rate: { numerator: '275', denominator: '10' },
};
/** Five for two. */
export const split = {
  ...{ kind: 'stock-split', isin: obayashi, recordDate, supplyCap: '3000000', residue: 'TREASURY-2' },
  ratio: { numerator: '5', denominator: '2' },
};

export function openEventsDay(): Promise<SampleDay> {
  return openSampleDay(new MemoryMarket({ contracts }));
}

export function announce(day: SampleDay, terms: JsonObject, eventId = event.eventId): Promise<Outcome | Rejection> {
  return day.submit(issuer, 'CorporateActions:Announce', { eventId, terms });
}

/** From the day of the announcement to the record date, on which the market trades. */
export async function toRecordDate(day: SampleDay): Promise<void> {
  await day.advance('closed');
  await day.openDay(recordDate);
}

/** The record date is over, and its register is kept. */
export async function throughRecordDate(day: SampleDay, isin = obayashi): Promise<void> {
  await toRecordDate(day);
  await day.closeWithRegister(isin);
}

export interface Page {
  readonly institution: string;
  readonly page: number;
  readonly paid: string;
}

/** The pages of holders of the event. */
export async function pages(day: SampleDay): Promise<readonly Page[]> {
  return (await day.ask<{ pages: Page[] }>('CsdMSP', 'CorporateActions:Pages', event)).pages;
}

export function pay(day: SampleDay, some: readonly Page[], caller = 'CsdMSP'): Promise<Outcome | Rejection> {
  const named = some.map(({ institution, page }) => ({ institution, page }));
  return day.submit(caller, 'CorporateActions:Pay', { ...event, pages: named });
}

export function complete(day: SampleDay): Promise<Outcome | Rejection> {
  return day.submit('CsdMSP', 'CorporateActions:Complete', event);
}
