import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Market, Submitted } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { kessaiAs } from '../support/kessai-command';
import { type Members, advance, expectConserved, membersOf, registerLines, rejectionOf } from '../support/market-day';
import { foundMarketAs, shinEtsu, yen } from '../support/market-network';

/** What creates value, admits members or changes the rules takes two operators, and of securities their issuer too. */
describeOnEngines('approvals', (engine) => {
  const network = networkOf(engine, async (started) => {
    // Gamma is in the network and not yet in the market.
    const admitted = started.organisations.filter(({ mspId }) => mspId !== 'GammaMSP');
    await foundMarketAs((mspId) => started.as(mspId), admitted);
  });
  let market: Members;

  beforeAll(async () => {
    market = await membersOf(network.current);
    await market.issuer.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' });
    await market.alpha.registry.openAccount({ account: 'HOUSE', name: 'House', kind: 'house' });
  });

  type Act = (member: Market) => Promise<Submitted>;

  /** What each is answered in turn: the outcome, and who is awaited then. */
  async function inTurn(act: Act, members: readonly Market[]): Promise<readonly unknown[]> {
    const answers = [];
    for (const member of members) {
      const { outcome, awaiting = [] } = await act(member);
      answers.push([outcome, ...awaiting]);
    }
    return answers;
  }

  describe('an issue', () => {
    const issue = { id: 'I-1', isin: shinEtsu, account: 'TREASURY', quantity: 1_000n };
    const act: Act = async ({ securities }) => securities.issue(issue);

    test('by one operator alone, however often, issues nothing', async () => {
      const { exchange, issuer } = market;
      expect(await inTurn(act, [exchange, exchange])).toEqual([
        ['created', 'operator', 'issuer'],
        ['exists', 'operator', 'issuer'],
      ]);
      expect(await registerLines(issuer)).toEqual([]);
    });

    test('of which the second operator says something else is refused, and the field is named', async () => {
      const other = market.csd.securities.issue({ ...issue, quantity: 1_001n });
      expect(await rejectionOf(other)).toEqual({ code: 'Conflict', field: 'quantity' });
    });

    test('by two operators issues nothing either; with the issuer it does, once', async () => {
      const { csd, ccp, issuer, exchange } = market;
      expect(await inTurn(act, [csd])).toEqual([['created', 'issuer']]);
      expect(await registerLines(issuer)).toEqual([]);
      expect(await inTurn(act, [issuer])).toEqual([['created']]);
      expect(await registerLines(issuer)).toEqual(['ShinEtsuMSP TREASURY 1000']);
      expect(await inTurn(act, [ccp, exchange, issuer])).toEqual([['exists'], ['exists'], ['exists']]);
      expect(await registerLines(issuer)).toEqual(['ShinEtsuMSP TREASURY 1000']);
      await expectConserved(market.auditor);
    });

    test('by the issuer and one operator issues nothing', async () => {
      const { issuer, ccp } = market;
      const more: Act = async ({ securities }) => securities.issue({ ...issue, id: 'I-2' });
      expect(await inTurn(more, [issuer, ccp])).toEqual([
        ['created', 'operator'],
        ['created', 'operator'],
      ]);
      expect(await registerLines(issuer)).toEqual(['ShinEtsuMSP TREASURY 1000']);
    });
  });

  test('an allotment likewise; whoever comes last makes it take effect', async () => {
    const { exchange, csd, issuer, otherIssuer } = market;
    const to = { institution: 'AlphaMSP', account: 'HOUSE' };
    const allot = { id: 'A-1', isin: shinEtsu, from: 'TREASURY', to, quantity: 400n };
    const act: Act = async ({ securities }) => securities.allot(allot);
    expect(await rejectionOf(act(otherIssuer))).toMatchObject({ code: 'NotYourInstrument' });
    expect(await inTurn(act, [issuer, exchange])).toEqual([
      ['created', 'operator'],
      ['created', 'operator'],
    ]);
    expect(await registerLines(issuer)).toEqual(['ShinEtsuMSP TREASURY 1000']);
    expect(await inTurn(act, [csd])).toEqual([['created']]);
    expect(await registerLines(issuer)).toEqual(['AlphaMSP HOUSE 400', 'ShinEtsuMSP TREASURY 600']);
  });

  test('an organisation is no member by the word of one operator', async () => {
    const { exchange, csd, gamma } = market;
    const act: Act = async ({ registry }) =>
      registry.admitMember({ mspId: 'GammaMSP', role: 'institution', name: 'Gamma Securities' });
    expect(await inTurn(act, [exchange])).toEqual([['created', 'operator']]);
    const account = { account: 'GOTO', name: 'Goto', kind: 'client' } as const;
    expect(await rejectionOf(gamma.registry.openAccount(account))).toMatchObject({ code: 'CallerUnknown' });
    expect(await inTurn(act, [csd])).toEqual([['created']]);
    await network.current.caughtUp();
    expect(await gamma.registry.openAccount(account)).toMatchObject({ outcome: 'created' });
  });

  test('an instrument, a money and the policy neither', async () => {
    const { exchange, csd, alpha } = market;
    const [known] = (await alpha.securities.instruments()).instruments;
    if (!known) throw new Error('There is an instrument');
    const instrument = { ...known, isin: 'JP3236200006', issuer: 'KeyenceMSP', name: 'Keyence' };
    const money = { unit: 'USD@TrustBankMSP', currency: 'USD', issuer: 'TrustBankMSP', decimals: 2, registerPages: 1 };
    const policy = { matching: 'continuous', settlement: 'by-operator' } as const;
    const acts: readonly Act[] = [
      async ({ securities }) => securities.registerInstrument(instrument),
      async ({ moneyTokens }) => moneyTokens.registerMoney(money),
      async ({ registry }) => registry.setPolicy({ id: 'P-1', policy }),
    ];
    const told = async (): Promise<unknown> => [
      (await alpha.securities.instruments()).instruments.map(({ isin }) => isin),
      (await alpha.moneyTokens.monies()).monies.map(({ unit }) => unit),
      await alpha.registry.policy(),
    ];
    const before = await told();
    for (const act of acts) expect(await inTurn(act, [exchange])).toEqual([['created', 'operator']]);
    await network.current.caughtUp();
    expect(await told()).toEqual(before);
    for (const act of acts) expect(await inTurn(act, [csd])).toEqual([['created']]);
    await network.current.caughtUp();
    expect(await told()).toEqual([[shinEtsu, 'JP3236200006'].sort(), [yen, 'USD@TrustBankMSP'].sort(), policy]);
  });

  describe('the calendar', () => {
    const holidays = ['2023-05-03', '2023-05-04', '2023-05-05'];
    const act: Act = async ({ registry }) => registry.setCalendar({ id: 'C-1', year: 2023, holidays });
    const week = ['calendar', '--from', '2023-05-01', '--to', '2023-05-08'] as const;

    test('is not named by one operator', async () => {
      expect(await inTurn(act, [market.ccp])).toEqual([['created', 'operator']]);
      expect(await rejectionOf(market.alpha.registry.calendar({}))).toMatchObject({
        code: 'CalendarMissing',
        year: 2023,
      });
      const { exitCode, out } = await kessaiAs(network.current, 'AlphaMSP', ...week, '--json');
      expect({ exitCode, ...(JSON.parse(out) as object) }).toMatchObject({
        exitCode: 1,
        error: { code: 'CalendarMissing' },
      });
    });

    test('named by two, it tells everybody the business days, and the clock keeps to it', async () => {
      expect(await inTurn(act, [market.exchange])).toEqual([['created']]);
      await network.current.caughtUp();
      const days = ['2023-05-01', '2023-05-02', '2023-05-08'];
      expect(await market.alpha.registry.calendar({ from: '2023-05-01', to: '2023-05-08' })).toEqual({
        days,
        years: [2023],
      });
      const { exitCode, out } = await kessaiAs(network.current, 'AlphaMSP', ...week);
      expect({ exitCode, out: out.trim() }).toEqual({ exitCode: 0, out: days.join('\n') });

      await advance(market.exchange, 'closed');
      const opening = (date: string): Promise<unknown> => rejectionOf(advance(market.exchange, 'open', date));
      for (const businessDate of ['2023-04-01', '2023-05-04']) {
        expect(await opening(businessDate)).toMatchObject({ code: 'NotABusinessDay', businessDate });
      }
      expect(await opening('2024-01-04')).toMatchObject({ code: 'CalendarMissing', year: 2024 });
      await advance(market.exchange, 'open', '2023-03-31');
    });
  });
});
