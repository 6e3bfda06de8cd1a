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

/** Currency, the decimals that are declared, those of ISO 4217. */
const wrongDecimals = [
  ...[['KWD', 2, 3] as const, ['KRW', 2, 0] as const, ['ISK', 2, 0] as const],
  ...[['USD', 0, 2] as const, ['CLF', 2, 4] as const, ['GBP', 3, 2] as const],
  // Currencies that people pay without their small parts, or that their neighbours have.
  ...[['HUF', 0, 2] as const, ['VND', 2, 0] as const, ['BHD', 2, 3] as const, ['UYW', 2, 4] as const],
] as const;

describe('Registering a money', () => {
  const sterling = { unit: 'GBP@TrustBankMSP', currency: 'GBP', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 };

  test('everybody reads which there are', async () => {
    await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', sterling);
    const { monies } = await day.ask<{ monies: { unit: string }[] }>('GammaMSP', 'MoneyTokens:Monies');
    expect(monies.map(({ unit }) => unit)).toEqual(['EUR@TrustBankMSP', 'GBP@TrustBankMSP', yen]);
  });

  test('needs two operators', async () => {
    const monies = async (): Promise<number> =>
      (await day.ask<{ monies: unknown[] }>('GammaMSP', 'MoneyTokens:Monies')).monies.length;
    expect(await day.submit('CsdMSP', 'MoneyTokens:RegisterMoney', sterling)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await monies()).toBe(2);
    expect(await day.submit('CcpMSP', 'MoneyTokens:RegisterMoney', { ...sterling, registerPages: 3 })).toEqual({
      code: 'Conflict',
      field: 'registerPages',
    });
    expect(await day.submit('CcpMSP', 'MoneyTokens:RegisterMoney', sterling)).toEqual({ outcome: 'created' });
    expect(await monies()).toBe(3);
  });

  test('of a bank that has none yet needs the decimals of ISO 4217 too: no yen of 2', async () => {
    const other = { mspId: 'OtherBankMSP', role: 'settlement-bank', name: 'Other Bank' };
    await day.record('CsdMSP', 'Registry:AdmitMember', other);
    const yenOfOther = { ...sterling, unit: 'JPY@OtherBankMSP', currency: 'JPY', issuer: 'OtherBankMSP' };
    expect(await day.submit('CsdMSP', 'MoneyTokens:RegisterMoney', yenOfOther)).toEqual({
      ...{ code: 'DecimalsWrong', field: 'decimals', currency: 'JPY', expected: 0 },
    });
    await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', { ...yenOfOther, decimals: 0 });
  });

  test('is for ever: the same again answers exists, other terms are a conflict, however late', async () => {
    await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', sterling);
    const days = { USD: '2023-03-02', CHF: '2023-03-03', AUD: '2023-03-06' };
    await day.advance('closed');
    for (const [currency, date] of Object.entries(days)) {
      await day.openDay(date);
      // An id is forgotten two days of use later.
      await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', {
        ...{ ...sterling, unit: `${currency}@TrustBankMSP`, currency },
      });
      await day.advance('closed');
    }
    expect(await day.submit('CcpMSP', 'MoneyTokens:RegisterMoney', sterling)).toEqual({ outcome: 'exists' });
    expect(await day.submit('CcpMSP', 'MoneyTokens:RegisterMoney', { ...sterling, registerPages: 2 })).toEqual({
      code: 'Conflict',
      field: 'registerPages',
    });
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

  test.each(wrongDecimals)(
    '%s with %i decimals is refused: ISO 4217 gives it %i',
    async (currency, decimals, expected) => {
      const money = { ...sterling, unit: `${currency}@TrustBankMSP`, currency, decimals };
      expect(await day.submit('CsdMSP', 'MoneyTokens:RegisterMoney', money)).toEqual({
        ...{ code: 'DecimalsWrong', field: 'decimals', currency, expected },
      });
    },
  );

  test.each(['XXX', 'XTS', 'XAU', 'XDR', 'YEN', 'DEM', 'HRK', 'XBA', 'BTC'])(
    '%s is refused: it is no currency with a minor unit',
    async (currency) => {
      const money = { ...sterling, unit: `${currency}@TrustBankMSP`, currency };
      expect(await day.submit('CsdMSP', 'MoneyTokens:RegisterMoney', money)).toEqual({
        ...{ code: 'CurrencyUnknown', field: 'currency', currency },
      });
    },
  );
});
