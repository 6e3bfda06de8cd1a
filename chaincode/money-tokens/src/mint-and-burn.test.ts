import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, sampleMoney, yen } from '@kessai/ledger/tools';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { moneyTokens } from './index';

const contracts = { Registry: registry, Securities: securities, MoneyTokens: moneyTokens };
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const mint = {
  ...{ id: 'm1', currency: 'JPY', amount: '500', depositReference: 'Deposit 1' },
  to: { institution: 'BetaMSP', account: 'B-1' },
};
const burn = { id: 'b1', unit: yen, from: 'B-1', amount: '300', payoutReference: 'Payout 1' };

const own = { institution: 'TrustBankMSP', account: 'NONE' };

interface Outstanding {
  readonly monies: readonly {
    readonly unit: string;
    readonly outstanding: string;
    readonly holders: readonly unknown[];
  }[];
}

async function outstanding(): Promise<bigint> {
  const { monies } = await day.ask<Outstanding>('TrustBankMSP', 'MoneyTokens:Outstanding', { unit: yen });
  return BigInt(monies[0]?.outstanding ?? 0);
}

describe('Money tokens against deposits', () => {
  test('minted to a holder and burnt by it, and the bank sees what it owes', async () => {
    const before = await outstanding();

    await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney + 500n, 0n]);
    await day.record('BetaMSP', 'MoneyTokens:Burn', burn);

    expect(await day.holding('BetaMSP', 'B-1', yen)).toEqual([sampleMoney + 200n, 0n]);
    expect(await outstanding()).toBe(before + 200n);
  });

  test('the bank sees who holds its money; an institution may not ask', async () => {
    const { monies } = await day.ask<Outstanding>('TrustBankMSP', 'MoneyTokens:Outstanding');
    const holder = { institution: 'BetaMSP', account: 'B-1', amount: sampleMoney.toString() };
    expect(monies.find(({ unit }) => unit === yen)?.holders).toContainEqual(holder);
    expect(await day.market.evaluate('BetaMSP', 'MoneyTokens:Outstanding', {})).toMatchObject({
      code: 'RoleNotAllowed',
    });
  });

  test('a bank sees nothing of the money of another', async () => {
    const other = { mspId: 'OtherBankMSP', role: 'settlement-bank', name: 'Other Bank' };
    await day.record('CsdMSP', 'Registry:AdmitMember', other);
    const unit = 'JPY@OtherBankMSP';
    await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', {
      ...{ unit, currency: 'JPY', decimals: 0, issuer: 'OtherBankMSP', registerPages: 1 },
    });
    const { monies } = await day.ask<Outstanding>('TrustBankMSP', 'MoneyTokens:Outstanding');
    expect(monies.map((money) => money.unit)).not.toContain(unit);
    expect(await day.market.evaluate('TrustBankMSP', 'MoneyTokens:Outstanding', { unit })).toEqual({
      ...{ code: 'NotYourMoney', field: 'unit', unit },
    });
  });

  test('a bank mints its own money only', async () => {
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, currency: 'USD' })).toEqual({
      ...{ code: 'MoneyUnknown', field: 'currency', unit: 'USD@TrustBankMSP' },
    });
    expect(await day.submit('AlphaMSP', 'MoneyTokens:Mint', mint)).toMatchObject({ code: 'RoleNotAllowed' });
  });

  test('all of a money stays countable: no more than 2^63 - 1 of it, on however many accounts', async () => {
    const all = 2n ** 63n - 1n - (await outstanding());
    await day.record('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, amount: all.toString() });
    const one = {
      ...mint,
      id: 'm2',
      depositReference: 'Deposit 2',
      amount: '1',
      to: { institution: 'AlphaMSP', account: 'A-1' },
    };
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', one)).toMatchObject({
      code: 'BalanceTooLarge',
      field: 'amount',
      account: 'A-1',
    });
    const nowhere = { ...one, to: { institution: 'AlphaMSP', account: 'NONE' } };
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', nowhere)).toMatchObject({ account: 'NONE' });
  });

  test('for an account that is not there they arrive in the suspense account', async () => {
    const to = { institution: 'BetaMSP', account: 'NONE' };
    await day.record('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, to });
    expect(await day.holding('BetaMSP', 'SUSPENSE', yen)).toEqual([500n, 0n]);
    await day.record('BetaMSP', 'MoneyTokens:Burn', { ...burn, from: 'SUSPENSE' });
    expect(await day.holding('BetaMSP', 'SUSPENSE', yen)).toEqual([200n, 0n]);
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, id: 'm2', to: own })).toMatchObject({
      ...{ code: 'AccountUnknown', field: 'to.account', institution: 'TrustBankMSP' },
    });
  });

  test('nobody burns more than is there, nor from an account of another', async () => {
    expect(await day.submit('BetaMSP', 'MoneyTokens:Burn', { ...burn, amount: '1000000001' })).toMatchObject({
      ...{ code: 'HoldingInsufficient', field: 'amount', available: sampleMoney },
    });
    expect(await day.submit('BetaMSP', 'MoneyTokens:Burn', { ...burn, from: 'A-1' })).toMatchObject({
      ...{ code: 'AccountUnknown', institution: 'BetaMSP' },
    });
    expect(await day.submit('BetaMSP', 'MoneyTokens:Burn', { ...burn, unit: 'USD@TrustBankMSP' })).toMatchObject({
      ...{ code: 'MoneyUnknown', field: 'unit' },
    });
  });

  describe('one deposit is credited once', () => {
    const used = { code: 'ReferenceUsed', field: 'depositReference', id: 'm1' };
    const again = { ...mint, id: 'm2' };

    async function credited(): Promise<bigint> {
      return (await day.holding('BetaMSP', 'B-1', yen))[0] - sampleMoney;
    }

    test.each([
      ['as it was', {}],
      ['with another amount', { amount: '501' }],
      ['to another account of the institution', { to: { institution: 'BetaMSP', account: 'B-2' } }],
      ['to another institution', { to: { institution: 'AlphaMSP', account: 'A-1' } }],
      ['to an account that is not there', { to: { institution: 'BetaMSP', account: 'NONE' } }],
      ['in another currency', { currency: 'EUR' }],
    ])('under two ids in two cycles: %s', async (_what, change) => {
      await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
      const before = await outstanding();
      expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...again, ...change })).toEqual(used);
      expect([await credited(), await outstanding()]).toEqual([500n, before]);
    });

    test('under two ids in one cycle, sealed together or one after the other', async () => {
      const [first, second, third] = ['m1', 'm2', 'm3'].map((id) => ({
        method: 'MoneyTokens:Mint',
        request: { ...mint, id },
      }));
      if (!first || !second || !third) throw new Error('There are three');
      day.market.seal('TrustBankMSP', [first, second]);
      day.market.seal('TrustBankMSP', [third]);
      expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, used, used]);
      expect(await credited()).toBe(500n);
    });

    test('under two ids whoever of the bank asks, and whichever operator makes the cycle', async () => {
      const clerk = { mspId: 'TrustBankMSP', nodeRole: 'client', restriction: undefined } as never;
      await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
      day.market.seal(clerk, [{ method: 'MoneyTokens:Mint', request: again }]);
      expect(await day.market.cycle()).toMatchObject([used]);
      expect(await credited()).toBe(500n);
    });

    test('under two ids when the first has long been forgotten', async () => {
      await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
      for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
        await day.advance('closed');
        await day.openDay(date);
        // An id is forgotten two days of use later.
        await day.record('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, id: date, depositReference: `Of ${date}` });
      }
      expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', again)).toEqual(used);
      expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', mint)).toEqual({ outcome: 'exists' });
      expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, amount: '501' })).toEqual({
        ...{ code: 'Conflict', field: 'amount' },
      });
      expect(await credited()).toBe(2_000n);
    });

    test('but one that was refused has not been: its reference is free', async () => {
      expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, to: own })).toMatchObject({
        code: 'AccountUnknown',
      });
      await day.record('TrustBankMSP', 'MoneyTokens:Mint', again);
    });

    test('and references that differ are different deposits, however alike they look in a key', async () => {
      for (const [index, depositReference] of [
        'a/b',
        'a~b',
        'a%2Fb',
        'a%7Eb',
        'a b',
        'ａ/ｂ',
        'A/B',
        '入金 1',
      ].entries()) {
        await day.record('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, id: `m${index.toString()}`, depositReference });
      }
      expect(await credited()).toBe(4_000n);
    });

    test('by each bank: another one has references of its own', async () => {
      const other = { mspId: 'OtherBankMSP', role: 'settlement-bank', name: 'Other Bank' };
      await day.record('CsdMSP', 'Registry:AdmitMember', other);
      await day.record('CsdMSP', 'MoneyTokens:RegisterMoney', {
        ...{ unit: 'JPY@OtherBankMSP', currency: 'JPY', decimals: 0, issuer: 'OtherBankMSP', registerPages: 1 },
      });
      await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
      await day.record('OtherBankMSP', 'MoneyTokens:Mint', again);
    });
  });

  describe('one payout is asked for once', () => {
    const used = { code: 'ReferenceUsed', field: 'payoutReference', id: 'b1' };

    test.each([
      ['as it was', {}],
      ['with another amount', { amount: '1' }],
      ['from another account', { from: 'SUSPENSE' }],
    ])('under two ids, in two cycles and in one: %s', async (_what, change) => {
      await day.record('BetaMSP', 'MoneyTokens:Burn', burn);
      const before = await outstanding();
      expect(await day.submit('BetaMSP', 'MoneyTokens:Burn', { ...burn, id: 'b2', ...change })).toEqual(used);
      const request = { ...burn, id: 'b3', payoutReference: 'Payout 3' };
      day.market.seal('BetaMSP', [
        { method: 'MoneyTokens:Burn', request },
        { method: 'MoneyTokens:Burn', request: { ...request, id: 'b4', ...change } },
      ]);
      expect(await day.market.cycle()).toMatchObject([{ outcome: 'created' }, { ...used, id: 'b3' }]);
      expect(await outstanding()).toBe(before - 300n);
    });

    test('by each holder: another one may have the same reference', async () => {
      await day.record('BetaMSP', 'MoneyTokens:Burn', burn);
      await day.record('AlphaMSP', 'MoneyTokens:Burn', { ...burn, from: 'A-1' });
    });
  });

  test('a deposit is booked once; the same id for another deposit is a conflict', async () => {
    await day.record('TrustBankMSP', 'MoneyTokens:Mint', mint);
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', mint)).toEqual({ outcome: 'exists' });
    expect(await day.submit('TrustBankMSP', 'MoneyTokens:Mint', { ...mint, depositReference: 'Deposit 2' })).toEqual({
      ...{ code: 'Conflict', field: 'depositReference' },
    });
  });
});
