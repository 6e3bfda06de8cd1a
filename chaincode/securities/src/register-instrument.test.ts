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

  test('a second operator that registers it too changes nothing', async () => {
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

  test('its issuer must be a member as issuer, and its money be registered', async () => {
    const fresh = { ...obayashiAgain, isin: 'JP3435000009' };
    const register = (change: object) => day.submit('CsdMSP', 'Securities:RegisterInstrument', { ...fresh, ...change });
    expect(await register({ issuer: 'DeltaMSP' })).toMatchObject({ code: 'MemberUnknown', field: 'issuer' });
    expect(await register({ issuer: 'AlphaMSP' })).toMatchObject({ code: 'MemberRole', needed: ['issuer'] });
    expect(await register({ settlementCurrency: 'USD' })).toMatchObject({
      code: 'MoneyUnknown',
      unit: 'USD@TrustBankMSP',
    });
    expect(await register({})).toEqual({ outcome: 'created' });
  });
});
