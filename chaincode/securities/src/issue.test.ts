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

  test('needs two operators and the issuer: until all have asked, nothing is issued', async () => {
    const [before] = await day.holding('IssuerMSP', 'TREASURY', shinEtsu);
    expect(await day.submit('IssuerMSP', 'Securities:Issue', issue)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await day.submit('CsdMSP', 'Securities:Issue', issue)).toEqual({
      outcome: 'created',
      awaiting: ['operator'],
    });
    expect(await day.holding('IssuerMSP', 'TREASURY', shinEtsu)).toEqual([before, 0n]);

    expect(await day.submit('ExchangeMSP', 'Securities:Issue', issue)).toEqual({ outcome: 'created' });
    expect(await day.holding('IssuerMSP', 'TREASURY', shinEtsu)).toEqual([before + 1_000_000n, 0n]);
  });

  test('they must mean the same: what differs is named', async () => {
    await day.submit('IssuerMSP', 'Securities:Issue', issue);
    expect(await day.submit('CsdMSP', 'Securities:Issue', { ...issue, quantity: '999999' })).toEqual({
      ...{ code: 'Conflict', field: 'quantity' },
    });
  });

  test('in one cycle the last of them makes it so, for what comes after', async () => {
    for (const caller of ['IssuerMSP', 'CsdMSP', 'CcpMSP']) {
      day.market.seal(caller, [{ method: 'Securities:Issue', request: issue }]);
    }
    const more = { ...issue, id: 'i2', quantity: '1' };
    day.market.seal('CsdMSP', [{ method: 'Securities:Issue', request: more }]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created', awaiting: ['operator'] },
      { outcome: 'created', awaiting: ['operator'] },
      { outcome: 'created' },
      { code: 'SupplyCapExceeded', issued: 2_000_000n },
    ]);
  });

  test("another issuer has no say in it, and learns nothing of the issuer's accounts and supply", async () => {
    const refused = { code: 'NotYourInstrument', field: 'isin', isin: shinEtsu };
    for (const other of [{}, { account: 'NONE' }, { quantity: '1000001' }]) {
      expect(await day.submit('OtherIssuerMSP', 'Securities:Issue', { ...issue, ...other })).toEqual(refused);
    }
    expect(await day.submit('AlphaMSP', 'Securities:Issue', issue)).toMatchObject({ code: 'RoleNotAllowed' });
  });

  test('sent twice it issues once; with another quantity it is a conflict', async () => {
    await day.record('CsdMSP', 'Securities:Issue', { ...issue, quantity: '5' });
    expect(await day.submit('CcpMSP', 'Securities:Issue', { ...issue, quantity: '5' })).toEqual({ outcome: 'exists' });
    expect(await day.submit('CcpMSP', 'Securities:Issue', { ...issue, quantity: '6' })).toEqual({
      ...{ code: 'Conflict', field: 'quantity' },
    });
  });

  test('sent again by everybody days later it issues nothing more, and with another quantity it is a conflict', async () => {
    const five = { ...issue, quantity: '5' };
    await day.record('CsdMSP', 'Securities:Issue', five);
    for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
      await day.advance('closed');
      await day.openDay(date);
      // An id is forgotten two days of use later.
      await day.record('CsdMSP', 'Securities:Issue', { ...issue, id: date, quantity: '1' });
    }
    const before = await day.holding('IssuerMSP', 'TREASURY', shinEtsu);
    for (const caller of ['IssuerMSP', 'CsdMSP', 'CcpMSP']) {
      expect(await day.submit(caller, 'Securities:Issue', five)).toEqual({ outcome: 'exists' });
    }
    expect(await day.submit('CsdMSP', 'Securities:Issue', issue)).toEqual({ code: 'Conflict', field: 'quantity' });
    expect(await day.holding('IssuerMSP', 'TREASURY', shinEtsu)).toEqual(before);
  });
});
