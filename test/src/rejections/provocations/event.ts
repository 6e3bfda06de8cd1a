import type { JsonObject } from '@kessai/interface';
import { type SampleDay, shinEtsu, yen } from '@kessai/ledger/tools';
import type { Given } from './provocation';

/** An event that the issuer of Shin-Etsu's shares announces for the next business day. */

const recordDate = '2023-03-02';
export const split = {
  ...{ kind: 'stock-split', isin: shinEtsu, recordDate, supplyCap: '10000000', residue: 'TREASURY' },
  ratio: { numerator: '5', denominator: '1' },
};
export const dividend = {
  ...{ kind: 'cash-dividend', isin: shinEtsu, recordDate, unit: yen, payer: 'TREASURY' },
  rate: { numerator: '1', denominator: '1' },
};
export const event = { issuer: 'IssuerMSP', eventId: 'e' };

/** Its record date is over. */
export const announced =
  (terms: JsonObject): Given =>
  async (day) => {
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'e', terms });
    await day.advance('closed');
    await day.openDay(recordDate);
    await day.advance('closed');
  };

/** And its register is kept. */
export const atRecordDate =
  (terms: JsonObject): Given =>
  async (day) => {
    await announced(terms)(day);
    await day.record('CcpMSP', 'Registry:Snapshot', { isin: shinEtsu });
  };

/** A split whose record date is over may be paid out at any later close: the only thing that changes securities then. */
export const splitToPay: Given = async (day) => {
  await atRecordDate(split)(day);
  await day.openDay('2023-03-03');
  await day.advance('closed');
};

export async function payOf(day: SampleDay, institution: string): Promise<JsonObject> {
  const { pages } = await day.ask<{ readonly pages: readonly { institution: string; page: number }[] }>(
    'CsdMSP',
    'CorporateActions:Pages',
    event,
  );
  const own = pages.filter((one) => one.institution === institution);
  return { ...event, pages: own.map(({ page }) => ({ institution, page })) };
}
