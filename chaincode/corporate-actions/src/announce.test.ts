import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { MemoryMarket, SampleDay, foundSampleMarket, sampleInstruments, shinEtsu, yen } from '@kessai/ledger/tools';
import { announce, contracts, dividend, openEventsDay, split, throughRecordDate } from './events-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openEventsDay();
});

describe('Announcing an event', () => {
  test('is done once: the same again answers exists, other terms are a conflict', async () => {
    expect(await announce(day, dividend)).toEqual({ outcome: 'created' });
    expect(await announce(day, dividend)).toEqual({ outcome: 'exists' });
    expect(await announce(day, { ...dividend, payer: 'TREASURY-3' })).toEqual({
      code: 'Conflict',
      field: 'terms.payer',
    });
    // An event is announced once, however late its id comes again and whatever the record date is by then.
    await day.advance('closed');
    for (const [date, next] of [
      ['2023-03-02', '2023-03-03'],
      ['2023-03-03', '2023-03-06'],
      ['2023-03-06', '2023-03-07'],
    ] as const) {
      await day.openDay(date);
      expect(await announce(day, { ...dividend, recordDate: next }, date)).toEqual({ outcome: 'created' });
      await day.advance('closed');
    }
    expect(await announce(day, dividend)).toEqual({ outcome: 'exists' });
    expect(await announce(day, { ...dividend, unit: 'EUR@TrustBankMSP' })).toEqual({
      code: 'Conflict',
      field: 'terms.unit',
    });
  });

  test('nothing moves; the issuer, operators and auditors see it', async () => {
    await announce(day, dividend);
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
    expect(await announce(day, terms)).toMatchObject(refused);
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
    expect(await announce(day, terms)).toMatchObject({ code, field });
    expect(await day.ask('OtherIssuerMSP', 'CorporateActions:Events')).toEqual({ events: [] });
  });

  test.each([
    ['under another id', dividend],
    ['with another rate', { ...dividend, rate: { numerator: '1', denominator: '1' } }],
    ['from another account', { ...dividend, payer: 'SUSPENSE' }],
    ['in another money', { ...dividend, unit: 'EUR@TrustBankMSP' }],
  ])('the dividend of a record date is not announced, and so not paid, a second time %s', async (_, again) => {
    await announce(day, dividend);
    const same = { code: 'EventAnnounced', field: 'terms.recordDate', eventId: 'e1' };
    expect(await announce(day, again, 'e2')).toEqual(same);
    await day.advance('closed');
    expect(await announce(day, again, 'e2')).toEqual(same);
  });

  test.each([
    ['a Saturday and the Friday before it', ['2023-03-04', '2023-03-03']],
    ['a Sunday and the Saturday before it', ['2023-03-05', '2023-03-04']],
    ['a holiday and the day before it', ['2023-03-21', '2023-03-20']],
  ])('%s mean one register, whose dividend is announced once', async (_, [first, second]) => {
    await day.record('ExchangeMSP', 'Registry:SetCalendar', { id: 'c', year: 2023, holidays: ['2023-03-21'] });
    await announce(day, { ...dividend, recordDate: first ?? '' });
    expect(await announce(day, { ...dividend, recordDate: second ?? '' }, 'e2')).toEqual({
      ...{ code: 'EventAnnounced', field: 'terms.recordDate', eventId: 'e1' },
    });
  });

  test('of each record date and of each instrument there is a dividend', async () => {
    await announce(day, dividend);
    expect(await announce(day, { ...dividend, recordDate: '2023-03-03' }, 'e2')).toEqual({ outcome: 'created' });
    const other = { eventId: 'e1', terms: { ...dividend, isin: shinEtsu, payer: 'TREASURY' } };
    expect(await day.submit('IssuerMSP', 'CorporateActions:Announce', other)).toEqual({ outcome: 'created' });
  });

  test('events of another issuer, and of no issuer, are not told', async () => {
    await announce(day, dividend);
    const ask = (caller: string, issuer?: string) =>
      day.market.evaluate(caller, 'CorporateActions:Events', issuer === undefined ? {} : { issuer });
    expect(await ask('IssuerMSP', 'OtherIssuerMSP')).toMatchObject({ code: 'NotYours' });
    expect(await ask('CsdMSP')).toMatchObject({ code: 'InstitutionMissing' });
    expect(await ask('CsdMSP', 'DeltaMSP')).toMatchObject({ code: 'MemberUnknown' });
    expect(await ask('AlphaMSP', 'OtherIssuerMSP')).toMatchObject({ code: 'RoleNotAllowed' });
  });
});

describe('An event is announced before the market trades on its record date', () => {
  const tooSoon = (earliest: string) => ({ code: 'RecordDateTooSoon', field: 'terms.recordDate', earliest });

  test.each([
    ['a split', split],
    ['a dividend', dividend],
  ])('%s of today is refused: who has traded today did not know of it', async (_, terms) => {
    const today = { ...terms, recordDate: '2023-03-01' };
    for (const phase of ['open', 'matching', 'settlement', 'closed']) {
      if (phase !== 'open') await day.advance(phase);
      expect(await announce(day, today)).toEqual(tooSoon('2023-03-02'));
    }
    expect(await announce(day, terms)).toEqual({ outcome: 'created' });
  });

  test.each([
    ['on a Friday for the Saturday', ['2023-03-02', '2023-03-03'], '2023-03-04', '2023-03-06'],
    ['on a Friday for the Sunday', ['2023-03-02', '2023-03-03'], '2023-03-05', '2023-03-06'],
    ['on the day before a holiday, for the holiday', ['2023-03-20'], '2023-03-21', '2023-03-22'],
  ])('nor %s, which would be paid from the register of today', async (_, dates, recordDate, earliest) => {
    await day.record('ExchangeMSP', 'Registry:SetCalendar', { id: 'c', year: 2023, holidays: ['2023-03-21'] });
    for (const date of dates) {
      await day.advance('closed');
      await day.openDay(date);
    }
    expect(await announce(day, { ...split, recordDate })).toEqual(tooSoon(earliest));
    expect(await announce(day, { ...split, recordDate: earliest })).toEqual({ outcome: 'created' });
  });

  test('before a market first opens it may be of the day on which it will', async () => {
    const market = new MemoryMarket({ contracts });
    const unopened = new SampleDay(market);
    await foundSampleMarket(market);
    const money = { unit: yen, currency: 'JPY', decimals: 0, issuer: 'TrustBankMSP', registerPages: 2 };
    await unopened.record('ExchangeMSP', 'MoneyTokens:RegisterMoney', money);
    for (const one of sampleInstruments) await unopened.record('ExchangeMSP', 'Securities:RegisterInstrument', one);
    const treasury = { account: 'TREASURY-2', name: 'Treasury', kind: 'treasury' };
    await unopened.record('OtherIssuerMSP', 'Registry:OpenAccount', treasury);
    expect(await announce(unopened, { ...dividend, recordDate: '2023-03-01' })).toEqual({ outcome: 'created' });
    const passed = { ...split, recordDate: '2023-02-28' };
    expect(await announce(unopened, passed, 'e2')).toMatchObject({ code: 'RecordDatePassed' });
  });
});

describe('The check of an announcement before it is sealed', () => {
  const check = (terms: JsonObject, eventId = 'e1') =>
    day.market.evaluate('OtherIssuerMSP', 'Market:Check', {
      ...{ method: 'CorporateActions:Announce', request: { eventId, terms } },
    });

  test.each([
    ['a dividend', dividend],
    ['a split', split],
  ])('accepts %s as the cycle does', async (_, terms) => {
    expect(await check(terms)).toEqual({ verdict: 'accepted' });
    expect(await announce(day, terms)).toEqual({ outcome: 'created' });
  });

  test.each([
    ['a record date that is too soon', { ...split, recordDate: '2023-03-01' }, 'RecordDateTooSoon'],
    ['less than will be issued', { ...split, supplyCap: '2499999' }, 'CapTooLow'],
    ['a ratio that gives nothing', { ...split, ratio: { numerator: '1', denominator: '1' } }, 'RatioNotForward'],
    ['an instrument of another', { ...split, isin: shinEtsu }, 'NotIssuerOf'],
  ])('refuses %s with the reason of the cycle', async (_, terms, code) => {
    const refused = await check(terms);
    expect(refused).toMatchObject({ code });
    expect(await announce(day, terms)).toEqual(refused);
  });

  test('knows of the split that comes first, until it is withdrawn or completed', async () => {
    await announce(day, split);
    const next = { ...split, recordDate: '2023-03-06', supplyCap: '9000000' };
    const open = { code: 'SplitOpen', field: 'terms.recordDate', eventId: 'e1' };
    expect(await check(next, 'e2')).toEqual(open);
    await throughRecordDate(day);
    expect(await check(next, 'e2')).toEqual(open);
    await day.payEvent('OtherIssuerMSP', 'e1');
    expect(await check(next, 'e2')).toEqual({ verdict: 'accepted' });
    await announce(day, next, 'e2');
    await day.record('OtherIssuerMSP', 'CorporateActions:Withdraw', { eventId: 'e2' });
    expect(await check(next, 'e3')).toEqual({ verdict: 'accepted' });
  });
});
