import { beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryMarket, type SampleDay, openSampleDay, obayashi, shinEtsu, yen } from '@kessai/ledger/tools';
import { moneyTokens } from '@kessai/money-tokens';
import { registry } from '@kessai/registry';
import { securities } from '@kessai/securities';
import { corporateActions } from './index';

const contracts = {
  Registry: registry,
  Securities: securities,
  MoneyTokens: moneyTokens,
  CorporateActions: corporateActions,
};
let day: SampleDay;

beforeEach(async () => {
  day = await openSampleDay(new MemoryMarket({ contracts }));
});

const dividend = {
  ...{ kind: 'cash-dividend', isin: obayashi, recordDate: '2023-03-01', unit: yen, payer: 'TREASURY-2' },
  rate: { numerator: '275', denominator: '10' },
};
const split = {
  ...{ kind: 'stock-split', isin: obayashi, recordDate: '2023-03-01', supplyCap: '3000000', residue: 'TREASURY-2' },
  ratio: { numerator: '5', denominator: '2' },
};

function announce(terms: object, eventId = 'e1') {
  return day.submit('OtherIssuerMSP', 'CorporateActions:Announce', { eventId, terms } as never);
}

describe('Announcing an event', () => {
  test('is done once: the same again answers exists, other terms are a conflict', async () => {
    expect(await announce(dividend)).toEqual({ outcome: 'created' });
    expect(await announce(dividend)).toEqual({ outcome: 'exists' });
    expect(await announce({ ...dividend, payer: 'TREASURY-3' })).toEqual({ code: 'Conflict', field: 'terms.payer' });
    // An event is announced once, however late its id comes again and whatever the record date is by then.
    await day.advance('closed');
    for (const date of ['2023-03-02', '2023-03-03', '2023-03-06']) {
      await day.openDay(date);
      await announce({ ...dividend, recordDate: date }, date);
      await day.advance('closed');
    }
    expect(await announce(dividend)).toEqual({ outcome: 'exists' });
    expect(await announce({ ...dividend, unit: 'EUR@TrustBankMSP' })).toEqual({
      code: 'Conflict',
      field: 'terms.unit',
    });
  });

  test('nothing moves; the issuer, operators and auditors see it', async () => {
    await announce(dividend);
    for (const [caller, request] of [
      ['OtherIssuerMSP', {}],
      ['CsdMSP', { issuer: 'OtherIssuerMSP' }],
      ['AuditorMSP', { issuer: 'OtherIssuerMSP' }],
    ] as const) {
      expect(await day.ask(caller, 'CorporateActions:Events', request)).toMatchObject({
        events: [{ eventId: 'e1', status: 'announced', holders: 0, gross: '0' }],
      });
    }
  });

  test.each([
    ['a split of what another issued', { ...split, isin: shinEtsu }, { code: 'NotIssuerOf', field: 'terms.isin' }],
    ['of what nobody registered', { ...split, isin: 'US0378331005' }, { code: 'InstrumentUnknown' }],
    ['with a record date that is over', { ...dividend, recordDate: '2023-02-28' }, { code: 'RecordDatePassed' }],
    ['in a money that is not registered', { ...dividend, unit: 'USD@TrustBankMSP' }, { code: 'MoneyUnknown' }],
    ["from another's account", { ...dividend, payer: 'A-1' }, { code: 'AccountUnknown', field: 'terms.payer' }],
    ['that gives nothing', { ...split, ratio: { numerator: '2', denominator: '2' } }, { code: 'RatioNotForward' }],
    ['to no residue account', { ...split, residue: 'NONE' }, { code: 'AccountUnknown', field: 'terms.residue' }],
    [
      'taxed beyond the income',
      { ...dividend, withholding: [{ rate: { numerator: '11', denominator: '10' }, account: 'TREASURY-2' }] },
      { code: 'RatioTooLarge', field: 'terms.withholding[0].rate' },
    ],
    [
      'taxed beyond the income by its third tax',
      {
        ...dividend,
        withholding: [
          { rate: { numerator: '1', denominator: '2' }, account: 'TREASURY-2' },
          { rate: { numerator: '1', denominator: '3' }, account: 'TREASURY-2' },
          { rate: { numerator: '1', denominator: '5' }, account: 'TREASURY-2' },
        ],
      },
      { code: 'RatioTooLarge', field: 'terms.withholding[2].rate' },
    ],
    ['with an empty list of taxes', { ...dividend, withholding: [] }, { field: 'terms.withholding' }],
    [
      'with a tax account that is not there',
      { ...dividend, withholding: [{ rate: { numerator: '1', denominator: '10' }, account: 'TAX' }] },
      { code: 'AccountUnknown', field: 'terms.withholding[0].account' },
    ],
    ['of another kind', { ...dividend, kind: 'merger' }, { code: 'FieldMalformed', field: 'terms.kind' }],
  ])('%s is refused', async (_, terms, refused) => {
    expect(await announce(terms)).toMatchObject(refused);
  });

  test.each([
    ['a dividend of nothing', { ...dividend, rate: { numerator: '0', denominator: '10' } }, 'RateZero', 'terms.rate'],
    [
      'a tax of nothing',
      { ...dividend, withholding: [{ rate: { numerator: '0', denominator: '10' }, account: 'TREASURY-2' }] },
      'RateZero',
      'terms.withholding[0].rate',
    ],
    ['a split with a cap of 1', { ...split, supplyCap: '1' }, 'CapTooLow', 'terms.supplyCap'],
    ['a split beyond its own cap', { ...split, supplyCap: '2499999' }, 'CapTooLow', 'terms.supplyCap'],
    [
      'a split that lowers the cap',
      { ...split, supplyCap: '1999999', ratio: { numerator: '11', denominator: '10' } },
      'CapTooLow',
      'terms.supplyCap',
    ],
    [
      'a split of one into one',
      { ...split, ratio: { numerator: '1', denominator: '1' } },
      'RatioNotForward',
      'terms.ratio',
    ],
  ])('%s makes no sense and is refused', async (_, terms, code, field) => {
    expect(await announce(terms)).toMatchObject({ code, field });
    expect(await day.ask('OtherIssuerMSP', 'CorporateActions:Events')).toEqual({ events: [] });
  });

  test.each([
    ['under another id', dividend],
    ['with another rate', { ...dividend, rate: { numerator: '1', denominator: '1' } }],
    ['from another account', { ...dividend, payer: 'SUSPENSE' }],
    ['in another money', { ...dividend, unit: 'EUR@TrustBankMSP' }],
  ])('the dividend of a record date is not announced, and so not paid, a second time %s', async (_, again) => {
    await announce(dividend);
    const same = { code: 'EventAnnounced', field: 'terms.recordDate', eventId: 'e1' };
    expect(await announce(again, 'e2')).toEqual(same);
    await day.advance('closed');
    expect(await announce(again, 'e2')).toEqual(same);
  });

  test('of each record date and of each instrument there is a dividend', async () => {
    await announce(dividend);
    expect(await announce({ ...dividend, recordDate: '2023-03-02' }, 'e2')).toEqual({ outcome: 'created' });
    const other = { eventId: 'e1', terms: { ...dividend, isin: shinEtsu, payer: 'TREASURY' } };
    expect(await day.submit('IssuerMSP', 'CorporateActions:Announce', other)).toEqual({ outcome: 'created' });
  });

  test('events of another issuer, and of no issuer, are not told', async () => {
    await announce(dividend);
    const ask = (caller: string, issuer?: string) =>
      day.market.evaluate(caller, 'CorporateActions:Events', issuer === undefined ? {} : { issuer });
    expect(await ask('IssuerMSP', 'OtherIssuerMSP')).toMatchObject({ code: 'NotYours' });
    expect(await ask('CsdMSP')).toMatchObject({ code: 'InstitutionMissing' });
    expect(await ask('CsdMSP', 'DeltaMSP')).toMatchObject({ code: 'MemberUnknown' });
    expect(await ask('AlphaMSP', 'OtherIssuerMSP')).toMatchObject({ code: 'RoleNotAllowed' });
  });
});
