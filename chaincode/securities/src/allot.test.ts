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

const allotment = {
  ...{ id: 'al1', isin: shinEtsu, from: 'TREASURY', quantity: '500000' },
  to: { institution: 'AlphaMSP', account: 'A-1' },
};

describe("Allotting an issuer's securities", () => {
  test('they go from the issuer to its underwriter', async () => {
    await day.record('CsdMSP', 'Securities:Allot', allotment);

    expect(await day.holding('IssuerMSP', 'TREASURY', shinEtsu)).toEqual([0n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([600_000n, 0n]);
  });

  test('more than the issuer has left is refused with what there is', async () => {
    expect(await day.submit('CsdMSP', 'Securities:Allot', { ...allotment, quantity: '500001' })).toEqual({
      ...{ code: 'HoldingInsufficient', field: 'quantity', account: 'TREASURY', unit: shinEtsu },
      ...{ needed: 500_001n, available: 500_000n },
    });
  });

  test.each([
    [
      { institution: 'DeltaMSP', account: 'A-1' },
      { code: 'MemberUnknown', field: 'to.institution' },
    ],
    [
      { institution: 'TrustBankMSP', account: 'BANK' },
      { code: 'MemberRole', needed: ['institution'] },
    ],
    [
      { institution: 'AlphaMSP', account: 'B-1' },
      { code: 'AccountUnknown', field: 'to.account' },
    ],
  ])('to %j it is refused', async (to, refused) => {
    expect(await day.submit('CsdMSP', 'Securities:Allot', { ...allotment, to })).toMatchObject(refused);
  });
});
