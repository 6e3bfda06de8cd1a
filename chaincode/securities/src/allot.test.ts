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
  ])('to %j it is refused', async (to, refused) => {
    expect(await day.submit('CsdMSP', 'Securities:Allot', { ...allotment, to })).toMatchObject(refused);
  });

  test('from an account that the issuer does not have it is refused', async () => {
    expect(await day.submit('CsdMSP', 'Securities:Allot', { ...allotment, from: 'A-1' })).toEqual({
      ...{ code: 'AccountUnknown', field: 'from', institution: 'IssuerMSP', account: 'A-1' },
    });
  });

  test('to an account that the underwriter does not have it arrives in its suspense account, and can be moved on', async () => {
    const to = { institution: 'AlphaMSP', account: 'B-1' };
    await day.record('CsdMSP', 'Securities:Allot', { ...allotment, to });
    expect(await day.holding('AlphaMSP', 'SUSPENSE', shinEtsu)).toEqual([500_000n, 0n]);

    await day.record('AlphaMSP', 'Securities:Transfer', {
      ...{ id: 't1', isin: shinEtsu, from: 'SUSPENSE', to: 'A-2', quantity: '500000' },
    });
    expect(await day.holding('AlphaMSP', 'A-2', shinEtsu)).toEqual([600_000n, 0n]);
  });

  test('needs two operators and the issuer, who mean the same', async () => {
    const allot = (caller: string, other: object = {}) =>
      day.submit(caller, 'Securities:Allot', { ...allotment, ...other });
    expect(await allot('CsdMSP')).toEqual({ outcome: 'created', awaiting: ['operator', 'issuer'] });
    expect(await allot('CsdMSP')).toEqual({ outcome: 'exists', awaiting: ['operator', 'issuer'] });
    expect(await allot('IssuerMSP', { quantity: '500' })).toEqual({ code: 'Conflict', field: 'quantity' });
    expect(await allot('IssuerMSP')).toEqual({ outcome: 'created', awaiting: ['operator'] });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([100_000n, 0n]);

    expect(await allot('CcpMSP')).toEqual({ outcome: 'created' });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual([600_000n, 0n]);
    expect(await allot('IssuerMSP')).toEqual({ outcome: 'exists' });
  });

  test("another issuer has no say in it, and learns nothing of the issuer's accounts", async () => {
    const refused = { code: 'NotYourInstrument', field: 'isin', isin: shinEtsu };
    for (const other of [{}, { from: 'NONE' }, { quantity: '99999999' }]) {
      expect(await day.submit('OtherIssuerMSP', 'Securities:Allot', { ...allotment, ...other })).toEqual(refused);
    }
  });

  test('sent again by everybody days later it allots nothing more, and to another account it is a conflict', async () => {
    const five = { ...allotment, quantity: '500' };
    await day.record('CsdMSP', 'Securities:Allot', five);
    for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
      await day.advance('closed');
      await day.openDay(date);
      await day.record('CsdMSP', 'Securities:Allot', { ...allotment, id: date, quantity: '100' });
    }
    const before = await day.holding('AlphaMSP', 'A-1', shinEtsu);
    for (const caller of ['IssuerMSP', 'CsdMSP', 'CcpMSP']) {
      expect(await day.submit(caller, 'Securities:Allot', five)).toEqual({ outcome: 'exists' });
    }
    const elsewhere = { ...five, to: { ...five.to, account: 'A-2' } };
    expect(await day.submit('CsdMSP', 'Securities:Allot', elsewhere)).toEqual({
      code: 'Conflict',
      field: 'to.account',
    });
    expect(await day.holding('AlphaMSP', 'A-1', shinEtsu)).toEqual(before);
  });
});
