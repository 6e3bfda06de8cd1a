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

const issue = { id: 'i1', isin: shinEtsu, account: 'TREASURY', quantity: '1000000' };

describe('Issuing securities', () => {
  test('new securities stand in the account of the issuer, up to the authorised quantity', async () => {
    const [before] = await day.holding('IssuerMSP', 'TREASURY', shinEtsu);

    await day.record('CsdMSP', 'Securities:Issue', issue);

    expect(await day.holding('IssuerMSP', 'TREASURY', shinEtsu)).toEqual([before + 1_000_000n, 0n]);
  });

  test('one more than authorised is refused, and what is issued already is told', async () => {
    expect(await day.submit('CsdMSP', 'Securities:Issue', { ...issue, quantity: '1000001' })).toEqual({
      ...{ code: 'SupplyCapExceeded', field: 'quantity', cap: 2_000_000n, issued: 1_000_000n },
    });
  });

  test('the account must be one of the issuer', async () => {
    expect(await day.submit('CsdMSP', 'Securities:Issue', { ...issue, account: 'A-1' })).toEqual({
      ...{ code: 'AccountUnknown', field: 'account', institution: 'IssuerMSP', account: 'A-1' },
    });
  });

  test('an issuer does not issue by itself', async () => {
    expect(await day.submit('IssuerMSP', 'Securities:Issue', issue)).toMatchObject({ code: 'RoleNotAllowed' });
  });

  test('sent twice it issues once; with another quantity it is a conflict', async () => {
    await day.record('CsdMSP', 'Securities:Issue', { ...issue, quantity: '5' });
    expect(await day.submit('CcpMSP', 'Securities:Issue', { ...issue, quantity: '5' })).toEqual({ outcome: 'exists' });
    expect(await day.submit('CcpMSP', 'Securities:Issue', { ...issue, quantity: '6' })).toEqual({
      ...{ code: 'Conflict', field: 'quantity' },
    });
  });
});
