import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, yen } from '@kessai/ledger/tools';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { moneyTokens } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

describe('Registering a money', () => {
  const sterling = { unit: 'GBP@TrustBankMSP', currency: 'GBP', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 };

  test('everybody reads which there are', async () => {
    await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', sterling);
    const { monies } = await day.ask<{ monies: { unit: string }[] }>('GammaMSP', 'MoneyTokens:Monies');
    expect(monies.map(({ unit }) => unit)).toEqual(['EUR@TrustBankMSP', 'GBP@TrustBankMSP', yen]);
  });

  test.each([
    [{ unit: 'GBP@IssuerMSP' }, { code: 'UnitMismatch', expected: 'GBP@TrustBankMSP' }],
    [
      { unit: 'GBP@IssuerMSP', issuer: 'IssuerMSP' },
      { code: 'MemberRole', needed: ['settlement-bank'] },
    ],
    [
      { unit: 'GBP@DeltaMSP', issuer: 'DeltaMSP' },
      { code: 'MemberUnknown', field: 'issuer' },
    ],
    [
      { unit: yen, currency: 'JPY' },
      { code: 'Conflict', field: 'decimals' },
    ],
  ])('with %j it is refused', async (change, refused) => {
    const answer = await day.submit('CsdMSP', 'MoneyTokens:RegisterMoney', { ...sterling, ...change });
    expect(answer).toMatchObject(refused);
  });
});
