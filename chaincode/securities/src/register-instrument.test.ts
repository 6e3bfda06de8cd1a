import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, shinEtsu } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const toyota = {
  ...{
    isin: 'JP3633400001',
    name: 'Shares JP3633400001',
    issuer: 'IssuerMSP',
    decimals: 0,
    priceDecimals: 1,
    lot: '100',
  },
  ...{ supplyCap: '2000000', settlementCurrency: 'JPY', settlementBank: 'TrustBankMSP', registerPages: 1 },
};
const obayashiAgain = { ...toyota, isin: 'JP3190000004' };

describe('Registering an instrument', () => {
  test('everybody reads its terms', async () => {
    const { instruments } = await day.ask<{ instruments: { isin: string; lot: string }[] }>(
      'GammaMSP',
      'Securities:Instruments',
    );
    expect(instruments).toContainEqual(
      expect.objectContaining({ isin: shinEtsu, lot: '100', settlementCurrency: 'JPY' }),
    );
  });

  test('needs two operators', async () => {
    const fresh = { ...toyota, isin: 'JP3435000009' };
    const registered = async (): Promise<boolean> => {
      const { instruments } = await day.ask<{ instruments: { isin: string }[] }>('CsdMSP', 'Securities:Instruments');
      return instruments.some(({ isin }) => isin === fresh.isin);
    };
    await day.submit('CsdMSP', 'Securities:RegisterInstrument', fresh);
    expect(await registered()).toBe(false);
    expect(await day.submit('CcpMSP', 'Securities:RegisterInstrument', { ...fresh, lot: '1' })).toEqual({
      ...{ code: 'Conflict', field: 'lot' },
    });
    expect(await day.submit('CcpMSP', 'Securities:RegisterInstrument', fresh)).toEqual({ outcome: 'created' });
    expect(await registered()).toBe(true);
  });

  test('another operator that registers it too changes nothing', async () => {
    expect(await day.submit('CcpMSP', 'Securities:RegisterInstrument', toyota)).toEqual({ outcome: 'exists' });
  });

  test.each([
    ['issuer', { issuer: 'OtherIssuerMSP' }],
    ['lot', { lot: '1' }],
    ['supplyCap', { supplyCap: '2000001' }],
  ])('other terms for a registered one are a conflict that names the %s', async (field, other) => {
    const answer = await day.submit('CcpMSP', 'Securities:RegisterInstrument', { ...toyota, ...other });
    expect(answer).toEqual({ code: 'Conflict', field });
  });

  test('is for ever: the same again answers exists, other terms are a conflict, however late', async () => {
    const days = { JP3435000009: '2023-03-02', JP3902900004: '2023-03-03', JP3436100006: '2023-03-06' };
    await day.advance('closed');
    for (const [isin, date] of Object.entries(days)) {
      await day.openDay(date);
      // An id is forgotten two days of use later.
      await day.record('CsdMSP', 'Securities:RegisterInstrument', { ...toyota, isin });
      await day.advance('closed');
    }
    expect(await day.submit('CcpMSP', 'Securities:RegisterInstrument', toyota)).toEqual({ outcome: 'exists' });
    expect(await day.submit('CcpMSP', 'Securities:RegisterInstrument', { ...toyota, name: 'Toyota' })).toEqual({
      ...{ code: 'Conflict', field: 'name' },
    });
  });

  test('its issuer must be a member as issuer, and its money be registered', async () => {
    const fresh = { ...obayashiAgain, isin: 'JP3435000009' };
    const register = (change: object) => day.submit('CsdMSP', 'Securities:RegisterInstrument', { ...fresh, ...change });
    expect(await register({ issuer: 'DeltaMSP' })).toMatchObject({ code: 'MemberUnknown', field: 'issuer' });
    expect(await register({ issuer: 'AlphaMSP' })).toMatchObject({ code: 'MemberRole', needed: ['issuer'] });
    expect(await register({ settlementCurrency: 'USD' })).toMatchObject({
      code: 'MoneyUnknown',
      unit: 'USD@TrustBankMSP',
    });
    expect(await register({})).toEqual({ outcome: 'created', awaiting: ['operator'] });
  });
});
