import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { type SampleDay, obayashi, sampleHolding, sampleMoney, unissued, yen } from '@kessai/ledger/tools';
import {
  announce,
  complete,
  dividend,
  event,
  openEventsDay,
  pages,
  pay,
  throughRecordDate,
  toRecordDate,
} from './events-day.test-kit';

let day: SampleDay;

beforeEach(async () => {
  day = await openEventsDay();
});

describe('A dividend of 27.5 yen', () => {
  test('is paid once to every holder at the record date, and the issuer sees to whom', async () => {
    await day.record('AlphaMSP', 'Securities:Transfer', {
      id: 't',
      isin: obayashi,
      from: 'A-1',
      to: 'A-2',
      quantity: '1',
    });
    await announce(day, dividend);
    await throughRecordDate(day);
    const due = await pages(day);
    expect(due.filter(({ institution }) => institution === 'OtherIssuerMSP')).toEqual([]);

    expect(await pay(day, due.slice(0, 4))).toEqual({ outcome: 'created' });
    expect(await complete(day)).toEqual({ code: 'PagesUnpaid', field: 'eventId', unpaid: due.length - 4 });
    expect(await pay(day, due, 'CcpMSP')).toEqual({ outcome: 'created' });
    expect(await pay(day, due)).toEqual({ outcome: 'exists' });
    expect(await complete(day)).toEqual({ outcome: 'created' });
    expect(await complete(day)).toEqual({ outcome: 'exists' });

    // 99,999 at 27.5 are 2,749,972.5 yen: the half stays with the issuer.
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney + 2_749_972n, 0n]);
    expect(await day.holding('AlphaMSP', 'A-2', yen)).toEqual([sampleMoney + 2_750_027n, 0n]);
    expect(await day.holding('OtherIssuerMSP', 'TREASURY-2', yen)).toEqual([sampleMoney - 13_749_999n, 0n]);
    expect(await day.ask('OtherIssuerMSP', 'CorporateActions:Events')).toMatchObject({
      events: [
        {
          status: 'completed',
          holders: 5,
          gross: '13749999',
          tax: '0',
          residue: { numerator: '10', denominator: '10' },
        },
      ],
    });
  });

  test('each institution is advised of what its clients received, once, and nobody of what others did', async () => {
    await day.record('OtherIssuerMSP', 'Registry:OpenAccount', { account: 'TAX-2', name: 'Tax', kind: 'treasury' });
    await announce(day, {
      ...dividend,
      withholding: [{ rate: { numerator: '1', denominator: '10' }, account: 'TAX-2' }],
    });
    await throughRecordDate(day);
    const due = await pages(day);
    const ofAlpha = due.filter(({ institution }) => institution === 'AlphaMSP');
    await pay(day, ofAlpha);
    const told = { kind: 'entitlement', ...event, unit: yen };
    expect(await entitlementsTold('AlphaMSP')).toEqual([{ ...told, holders: 2, gross: '5500000', tax: '550000' }]);
    expect(await entitlementsTold('BetaMSP')).toEqual([]);
    expect(await entitlementsTold('OtherIssuerMSP')).toEqual([]);

    await pay(day, due, 'CcpMSP');
    expect(await entitlementsTold('AlphaMSP')).toEqual([]);
    expect(await entitlementsTold('GammaMSP')).toEqual([{ ...told, holders: 1, gross: '2750000', tax: '275000' }]);
    await pay(day, due);
    expect(await entitlementsTold('GammaMSP')).toEqual([]);
  });

  /** What the last cycle advised a member of. */
  async function entitlementsTold(member: string): Promise<readonly object[]> {
    const { number: from } = await day.ask<{ number: number }>(member, 'Market:Progress');
    const { pages: told } = await day.ask<{ pages: { advices: { kind: string }[] }[] }>(member, 'Market:Advices', {
      from,
    });
    return told.flatMap(({ advices }) => advices).filter(({ kind }) => kind === 'entitlement');
  }

  test('the answer of Pages is what Pay asks for, when nothing, a part and all of it has been paid', async () => {
    await announce(day, dividend);
    await throughRecordDate(day);
    const answer = () => day.ask<JsonObject>('CsdMSP', 'CorporateActions:Pages', event);
    const unpaid = await answer();
    await pay(day, (await pages(day)).slice(2, 4));
    const partly = await answer();
    expect(await pages(day)).toEqual([
      ...Array.from({ length: 7 }, () => expect.objectContaining({ paid: 'no' })),
      ...Array.from({ length: 2 }, () => expect.objectContaining({ paid: 'yes' })),
    ]);
    expect(await day.submit('CsdMSP', 'CorporateActions:Pay', partly)).toEqual({ outcome: 'created' });
    expect(await day.submit('CsdMSP', 'CorporateActions:Pay', unpaid)).toEqual({ outcome: 'exists' });
    expect(await day.submit('CsdMSP', 'CorporateActions:Pay', await answer())).toEqual({ outcome: 'exists' });
    expect(await complete(day)).toEqual({ outcome: 'created' });
  });

  test('the answer of Pages is what Pay asks for where nobody holds anything', async () => {
    const none = { issuer: 'IssuerMSP', eventId: 'none' };
    const terms = { ...dividend, isin: unissued, payer: 'TREASURY' };
    await day.record('IssuerMSP', 'CorporateActions:Announce', { eventId: 'none', terms });
    await throughRecordDate(day, unissued);
    const answer = await day.ask<JsonObject>('CsdMSP', 'CorporateActions:Pages', none);
    expect(answer).toEqual({ ...none, pages: [] });
    expect(await day.submit('CsdMSP', 'CorporateActions:Pay', answer)).toEqual({ outcome: 'exists' });
  });

  test('two operators who pay the same pages in one cycle pay them once', async () => {
    await announce(day, dividend);
    await throughRecordDate(day);
    const named = (await pages(day)).map(({ institution, page }) => ({ institution, page }));
    const paying = { method: 'CorporateActions:Pay', request: { ...event, pages: named } };
    for (const caller of ['CsdMSP', 'CcpMSP']) day.market.seal(caller, [paying]);
    day.market.seal('ExchangeMSP', [{ method: 'CorporateActions:Complete', request: event }]);
    expect(await day.market.cycle()).toMatchObject([
      { outcome: 'created' },
      { outcome: 'exists' },
      { outcome: 'created' },
    ]);
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 2_750_000n, 0n]);
  });

  test('what lies in suspense earns it too', async () => {
    const to = { institution: 'BetaMSP', account: 'NONE' };
    await day.record('CsdMSP', 'Securities:Allot', {
      ...{ id: 'lost', isin: obayashi, from: 'TREASURY-2', to, quantity: '10' },
    });
    await announce(day, dividend);
    await throughRecordDate(day);
    await pay(day, await pages(day));
    expect(await day.holding('BetaMSP', 'SUSPENSE', yen)).toEqual([275n, 0n]);
    const { entitlements } = await day.ask<{ entitlements: object[] }>(
      'BetaMSP',
      'CorporateActions:Entitlements',
      event,
    );
    expect(entitlements).toContainEqual(expect.objectContaining({ account: 'SUSPENSE', name: 'Suspense', net: '275' }));
  });

  test('an institution sees what its own clients received, and nothing of others', async () => {
    await announce(day, dividend);
    await throughRecordDate(day);
    await pay(day, await pages(day));
    const seen = await day.ask<{ entitlements: { institution: string }[] }>(
      'GammaMSP',
      'CorporateActions:Entitlements',
      event,
    );
    expect(seen).toEqual({
      unit: yen,
      entitlements: [
        {
          ...{ institution: 'GammaMSP', account: 'G-1', name: 'Canary Goto of Gamma', held: sampleHolding.toString() },
          ...{ gross: '2750000', taxes: [], tax: '0', net: '2750000' },
        },
      ],
    });
    expect(await day.market.evaluate('IssuerMSP', 'CorporateActions:Entitlements', event)).toMatchObject({
      code: 'NotYours',
    });
    const unknown = { ...event, eventId: 'none' };
    expect(await day.market.evaluate('CsdMSP', 'CorporateActions:Entitlements', unknown)).toMatchObject({
      code: 'EventUnknown',
    });
  });

  test('tax of 20.315 % is kept back from each holder and goes to the account for it', async () => {
    await day.record('OtherIssuerMSP', 'Registry:OpenAccount', { account: 'TAX-2', name: 'Tax', kind: 'treasury' });
    await announce(day, { ...dividend, withholding: [tax('20315', '100000', 'TAX-2')] });
    await throughRecordDate(day);
    await pay(day, await pages(day));
    // 558,662.5 of 2,750,000, rounded down for the holder's good.
    expect(await day.holding('GammaMSP', 'G-1', yen)).toEqual([sampleMoney + 2_750_000n - 558_662n, 0n]);
    expect(await day.holding('OtherIssuerMSP', 'TAX-2', yen)).toEqual([5n * 558_662n, 0n]);
  });

  test('two taxes are each rounded down by itself: of 1,375 yen 278 are kept, not 279', async () => {
    for (const account of ['NATIONAL', 'LOCAL']) {
      await day.record('OtherIssuerMSP', 'Registry:OpenAccount', { account, name: account, kind: 'treasury' });
    }
    await day.record('GammaMSP', 'Registry:OpenAccount', { account: 'G-50', name: 'Fifty', kind: 'client' });
    const fifty = { id: 'fifty', isin: obayashi, from: 'G-1', to: 'G-50', quantity: '50' };
    await day.record('GammaMSP', 'Securities:Transfer', fifty);
    await announce(day, {
      ...dividend,
      withholding: [tax('15315', '100000', 'NATIONAL'), tax('5', '100', 'LOCAL')],
    });
    await throughRecordDate(day);
    await pay(day, await pages(day));
    expect(await day.holding('GammaMSP', 'G-50', yen)).toEqual([1_375n - 278n, 0n]);
    const { entitlements } = await day.ask<{ entitlements: { account: string; taxes: string[]; tax: string }[] }>(
      'OtherIssuerMSP',
      'CorporateActions:Entitlements',
      event,
    );
    expect(entitlements.find(({ account }) => account === 'G-50')).toMatchObject({ taxes: ['210', '68'], tax: '278' });
    // Each of the two offices gets its own.
    const kept = (index: number): bigint => entitlements.reduce((sum, row) => sum + BigInt(row.taxes[index] ?? 0), 0n);
    expect(await day.holding('OtherIssuerMSP', 'NATIONAL', yen)).toEqual([kept(0), 0n]);
    expect(await day.holding('OtherIssuerMSP', 'LOCAL', yen)).toEqual([kept(1), 0n]);
  });

  test.each([
    [
      'two into one account',
      [tax('15315', '100000', 'NATIONAL'), tax('5', '100', 'NATIONAL')],
      [421_162n + 137_500n, 0n],
    ],
    ['one that takes all of it', [tax('1', '1', 'NATIONAL')], [2_750_000n, 0n]],
    [
      'three that together take all of it',
      [tax('1', '2', 'NATIONAL'), tax('1', '3', 'LOCAL'), tax('1', '6', 'NATIONAL')],
      undefined,
    ],
    [
      'one so small that it rounds to nothing',
      [tax('1', '1000000000', 'NATIONAL'), tax('5', '100', 'LOCAL')],
      [0n, 137_500n],
    ],
    [
      'one into the account that pays',
      [tax('5', '100', 'TREASURY-2'), tax('15315', '100000', 'NATIONAL')],
      [421_162n, 0n],
    ],
  ])('taxes are kept back and lost nowhere: %s', async (_, withholding, each) => {
    for (const account of ['NATIONAL', 'LOCAL']) {
      await day.record('OtherIssuerMSP', 'Registry:OpenAccount', { account, name: account, kind: 'treasury' });
    }
    await announce(day, { ...dividend, withholding });
    await throughRecordDate(day);
    await pay(day, await pages(day));
    expect(await complete(day)).toEqual({ outcome: 'created' });
    const money = async (institution: string, account: string) => (await day.holding(institution, account, yen))[0];
    const holders = [
      ['AlphaMSP', 'A-1'],
      ['AlphaMSP', 'A-2'],
      ['BetaMSP', 'B-1'],
      ['BetaMSP', 'B-2'],
      ['GammaMSP', 'G-1'],
    ] as const;
    const offices = ['NATIONAL', 'LOCAL', 'TREASURY-2'] as const;
    let all = 0n;
    for (const [institution, account] of holders) all += await money(institution, account);
    const kept = await Promise.all(offices.map((account) => money('OtherIssuerMSP', account)));
    // What was there before is there still.
    expect(kept.reduce((sum, one) => sum + one, all)).toBe(6n * sampleMoney);
    const [national, local] = kept;
    if (each) expect([national, local]).toEqual(each.map((one) => 5n * one));
    // Of three taxes that are the whole, rounding down leaves a yen or two with the holder, and never less than nothing.
    else expect((await money('GammaMSP', 'G-1')) - sampleMoney).toBe(2_750_000n - 1_375_000n - 916_666n - 458_333n);
  });

  test('a dividend of one yen is too small for either tax, and is paid whole', async () => {
    await day.record('OtherIssuerMSP', 'Registry:OpenAccount', { account: 'TAX-2', name: 'Tax', kind: 'treasury' });
    await day.record('GammaMSP', 'Registry:OpenAccount', { account: 'G-50', name: 'One', kind: 'client' });
    const one = { id: 'one', isin: obayashi, from: 'G-1', to: 'G-50', quantity: '1' };
    await day.record('GammaMSP', 'Securities:Transfer', one);
    const withholding = [tax('15315', '100000', 'TAX-2'), tax('5', '100', 'TAX-2')];
    await announce(day, { ...dividend, rate: { numerator: '1', denominator: '1' }, withholding });
    await throughRecordDate(day);
    await pay(day, await pages(day));
    expect(await day.holding('GammaMSP', 'G-50', yen)).toEqual([1n, 0n]);
  });

  function tax(numerator: string, denominator: string, account: string) {
    return { rate: { numerator, denominator }, account };
  }

  test('a payer without the money pays no page in part; with the money the same page is paid', async () => {
    await announce(day, { ...dividend, rate: { numerator: '9000', denominator: '1' } });
    await throughRecordDate(day);
    const refused = [];
    for (const page of await pages(day)) {
      const before = books();
      const answer = await pay(day, [page]);
      if (!('code' in answer)) continue;
      expect(answer).toMatchObject({ code: 'HoldingInsufficient', account: 'TREASURY-2', unit: yen });
      expect(books()).toEqual(before);
      refused.push(page);
    }
    expect(refused).not.toEqual([]);
    await day.openDay('2023-03-03');
    await day.record('TrustBankMSP', 'MoneyTokens:Mint', {
      ...{ id: 'more', currency: 'JPY', amount: '9000000000', depositReference: 'More' },
      to: { institution: 'OtherIssuerMSP', account: 'TREASURY-2' },
    });
    await day.advance('closed');
    expect(await pay(day, refused)).toEqual({ outcome: 'created' });
    expect(await complete(day)).toEqual({ outcome: 'created' });
    expect(await day.holding('BetaMSP', 'B-2', yen)).toEqual([sampleMoney + 900_000_000n, 0n]);
  });

  /** What everybody holds, and what has been paid. */
  function books(): readonly unknown[] {
    return day.collections.flatMap((collection) =>
      day.market.ledger
        .contents(collection)
        .filter(({ key }) => /^(holding|supply|journal|corporate-action)/.test(key))
        .map((entry) => ({ collection, ...entry })),
    );
  }

  test('who buys after the record date buys without it', async () => {
    await announce(day, dividend);
    await throughRecordDate(day);
    await day.openDay('2023-03-03');
    await day.record('AlphaMSP', 'Securities:Transfer', {
      ...{ id: 't', isin: obayashi, from: 'A-1', to: 'A-2', quantity: '100000' },
    });
    await day.advance('closed');
    await pay(day, await pages(day));
    expect(await day.holding('AlphaMSP', 'A-1', yen)).toEqual([sampleMoney + 2_750_000n, 0n]);
  });

  test('not before the register of the record date is kept, nor for pages that it has not', async () => {
    await announce(day, dividend);
    await toRecordDate(day);
    await day.advance('closed');
    const page = { institution: 'AlphaMSP', page: 0, paid: 'no' };
    expect(await pay(day, [page])).toMatchObject({ code: 'SnapshotMissing', recordDate: '2023-03-02' });
    await day.record('CsdMSP', 'Registry:Snapshot', { isin: obayashi, institutions: ['AlphaMSP'] });
    expect(await pay(day, [page])).toMatchObject({ code: 'SnapshotMissing' });
    await day.record('CsdMSP', 'Registry:Snapshot', { isin: obayashi });
    expect(await pay(day, [page, { ...page, page: 3 }])).toEqual({ code: 'EventPageUnknown', field: 'pages[1]' });
    expect(await pay(day, [{ ...page, institution: 'OtherIssuerMSP' }])).toMatchObject({ code: 'EventPageUnknown' });
    expect(await pay(day, [page])).toEqual({ outcome: 'created' });
  });
});
