import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, shinEtsu } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { orders } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens, Orders: orders };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

describe('Asking for orders and trades', () => {
  test.each(['Orders:Orders', 'Orders:Trades'])(
    '%s: an institution its own, an operator those of whom it names',
    async (method) => {
      expect(await day.market.evaluate('AlphaMSP', method, { institution: 'BetaMSP' })).toEqual({
        ...{ code: 'NotYours', field: 'institution' },
      });
      expect(await day.market.evaluate('AlphaMSP', method, { institution: 'AlphaMSP' })).not.toHaveProperty('code');
      expect(await day.market.evaluate('CsdMSP', method, {})).toMatchObject({ code: 'InstitutionMissing' });
      expect(await day.market.evaluate('CsdMSP', method, { institution: 'DeltaMSP' })).toMatchObject({
        code: 'MemberUnknown',
      });
      expect(await day.market.evaluate('CsdMSP', method, { institution: 'IssuerMSP' })).toMatchObject({
        code: 'MemberRole',
      });
      expect(await day.market.evaluate('AuditorMSP', method, { institution: 'AlphaMSP' })).not.toHaveProperty('code');
    },
  );

  test('who waits to be matched is told to operators and auditors only', async () => {
    expect(await day.market.evaluate('AlphaMSP', 'Orders:Pending', { isin: shinEtsu })).toMatchObject({
      code: 'RoleNotAllowed',
    });
    expect(await day.market.evaluate('IssuerMSP', 'Orders:Board', { isin: shinEtsu })).toMatchObject({
      code: 'RoleNotAllowed',
    });
  });
});
