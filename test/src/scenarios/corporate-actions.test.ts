import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import {
  type Members,
  advance,
  balanceOf,
  expectConserved,
  membersOf,
  now,
  outcomesOf,
  registerLines,
  rejectionOf,
} from '../support/market-day';
import { approved, foundMarket, fund, nextDate as recordDate, shinEtsu, yen } from '../support/market-network';

/** A dividend with tax and a 5:1 split, both from the register at the record date. */
describeOnEngines(
  'corporate actions',
  (engine) => {
    const network = networkOf(engine, async (started) => {
      await foundMarket(started);
      await fund(started, 'fund', [
        { institution: 'AlphaMSP', account: 'AOKI', name: 'Aoki', securities: 1_003n },
        { institution: 'AlphaMSP', account: 'ABE', name: 'Abe', securities: 1n },
        { institution: 'BetaMSP', account: 'BABA', name: 'Baba', securities: 500n },
        { institution: 'GammaMSP', account: 'GOTO', name: 'Goto', money: 1n },
      ]);
      const [issuer, bank] = await Promise.all(['ShinEtsuMSP', 'TrustBankMSP'].map((mspId) => started.as(mspId)));
      await issuer?.registry.openAccount({ account: 'TAX', name: 'Tax kept back', kind: 'house' });
      const treasury = { institution: 'ShinEtsuMSP', account: 'TREASURY' };
      const deposit = { id: 'deposit', currency: 'JPY', to: treasury, amount: 1_000_000n, depositReference: 'D-1' };
      await bank?.moneyTokens.mint(deposit);
      const own = { id: 'own', isin: shinEtsu, account: 'TREASURY', quantity: 96n };
      await approved(
        (mspId) => started.as(mspId),
        async ({ securities }) => securities.issue(own),
        ['ShinEtsuMSP'],
      );
    });
    let market: Members;

    beforeAll(async () => {
      market = await membersOf(network.current);
    });

    // 275 yen a share; the two taxes that Japan keeps back from individuals, national and local.
    const dividend = {
      kind: 'cash-dividend',
      isin: shinEtsu,
      recordDate,
      rate: { numerator: 275n, denominator: 1n },
      unit: yen,
      payer: 'TREASURY',
      withholding: [
        { rate: { numerator: 15_315n, denominator: 100_000n }, account: 'TAX' },
        { rate: { numerator: 5n, denominator: 100n }, account: 'TAX' },
      ],
    } as const;
    const split = {
      kind: 'stock-split',
      isin: shinEtsu,
      recordDate,
      ratio: { numerator: 5n, denominator: 1n },
      supplyCap: 500_000_000n,
      residue: 'TREASURY',
    } as const;
    const own = { issuer: 'ShinEtsuMSP' };

    async function pagesOf(operator: Market, eventId: string) {
      const { pages } = await operator.corporateActions.pages({ ...own, eventId });
      return pages.map(({ institution, page }) => ({ institution, page }));
    }

    describe('announced by its issuer', () => {
      test('an event moves nothing, and it cannot be run before the day has closed', async () => {
        const { issuer, exchange } = market;
        await issuer.corporateActions.announce({ eventId: 'DIV', terms: dividend });
        await issuer.corporateActions.announce({ eventId: 'SPLIT', terms: split });
        const { events } = await issuer.corporateActions.events();
        expect(events.map(({ eventId, status }) => [eventId, status])).toEqual([
          ['DIV', 'announced'],
          ['SPLIT', 'announced'],
        ]);
        const early = exchange.corporateActions.pay({
          ...own,
          eventId: 'DIV',
          pages: [{ institution: 'AlphaMSP', page: 0 }],
        });
        expect(await rejectionOf(early)).toMatchObject({ code: 'PhaseClosed', phase: 'open' });
      });

      test("another issuer cannot announce for it, nor see its events' entitlements", async () => {
        const { otherIssuer } = market;
        const foreign = otherIssuer.corporateActions.announce({ eventId: 'DIV', terms: dividend });
        expect(await rejectionOf(foreign)).toMatchObject({ code: 'NotIssuerOf', field: 'terms.isin' });
        const asked = otherIssuer.corporateActions.entitlements({ ...own, eventId: 'DIV' });
        expect(await rejectionOf(asked)).toMatchObject({ code: 'NotYours', field: 'issuer' });
      });
    });

    describe('a dividend', () => {
      test('waits for the register of the record date', async () => {
        const { exchange } = market;
        await advance(exchange, 'closed');
        await advance(exchange, 'open', recordDate);
        await advance(exchange, 'closed');
        expect(await rejectionOf(pagesOf(exchange, 'DIV'))).toEqual({
          code: 'SnapshotMissing',
          field: 'eventId',
          isin: shinEtsu,
          recordDate,
        });
        await exchange.registry.snapshot({ isin: shinEtsu });
        expect((await market.csd.registry.snapshot({ isin: shinEtsu })).outcome).toBe('exists');
        // Two pages of Alpha's holders and two of Beta's; the issuer's own shares earn nothing.
        expect(await pagesOf(exchange, 'DIV')).toHaveLength(4);
      });

      test('of two operators that both found it unpaid one pays, and each holder is paid once', async () => {
        const { exchange, csd } = market;
        const pages = await pagesOf(exchange, 'DIV');
        const pay = { method: 'CorporateActions:Pay', request: { ...own, eventId: 'DIV', pages } };
        // Both are sealed before a cycle has executed either.
        await network.current.rest();
        const sealed = [
          await exchange.instruct([pay], { until: 'sealed' }),
          await csd.instruct([pay], { until: 'sealed' }),
        ];
        await network.current.operate();
        const outcomes = await Promise.all(
          [exchange, csd].map(async (operator, index) => outcomesOf(operator, sealed[index]?.[0]?.transactionId ?? '')),
        );
        expect(outcomes.map(([one]) => one?.outcome)).toEqual(['created', 'exists']);

        const { alpha, beta } = market;
        expect(await balanceOf(alpha, 'AOKI', yen)).toEqual({ available: 275_825n - 56_033n, locked: 0n });
        expect(await balanceOf(alpha, 'ABE', yen)).toEqual({ available: 275n - 55n, locked: 0n });
        expect(await balanceOf(beta, 'BABA', yen)).toEqual({ available: 137_500n - 27_933n, locked: 0n });
        await expectConserved(market.auditor);
      });

      test('leaves the issuer with what it paid and the tax that it keeps for the office', async () => {
        const { issuer, exchange } = market;
        await exchange.corporateActions.complete({ ...own, eventId: 'DIV' });
        expect((await balanceOf(issuer, 'TAX', yen)).available).toBe(56_033n + 55n + 27_933n);
        expect((await balanceOf(issuer, 'TREASURY', yen)).available).toBe(1_000_000n - 1_504n * 275n);
        const { events } = await issuer.corporateActions.events();
        expect(events[0]).toMatchObject({
          status: 'completed',
          holders: 3,
          held: 1_504n,
          gross: 413_600n,
          tax: 84_021n,
        });
      });

      test('shows each institution its clients, the issuer all, and a holder of nothing nothing', async () => {
        const rows = async (reader: Market) => {
          const { entitlements } = await reader.corporateActions.entitlements({ ...own, eventId: 'DIV' });
          return entitlements.map(({ account, net }) => [account, net]);
        };
        expect(await rows(market.alpha)).toEqual([
          ['ABE', 220n],
          ['AOKI', 219_792n],
        ]);
        expect(await rows(market.gamma)).toEqual([]);
        expect(await rows(market.issuer)).toHaveLength(3);
      });
    });

    describe('a split of 5 for 1', () => {
      let before: string;

      test('multiplies every holding once, though two operators run it at the same time, and the authorised quantity', async () => {
        const { exchange, csd, issuer } = market;
        const lines = await registerLines(issuer);
        expect(lines).toEqual(['AlphaMSP ABE 1', 'AlphaMSP AOKI 1003', 'BetaMSP BABA 500', 'ShinEtsuMSP TREASURY 96']);
        // An instant of its own, after all that was posted and before the split.
        await advance(exchange, 'closed');
        before = now();
        await advance(exchange, 'closed');

        const pages = await pagesOf(exchange, 'SPLIT');
        const paid = await Promise.all(
          [exchange, csd].map((operator) => operator.corporateActions.pay({ ...own, eventId: 'SPLIT', pages })),
        );
        expect(paid.map(({ outcome }) => outcome).sort()).toEqual(['created', 'exists']);
        await exchange.corporateActions.complete({ ...own, eventId: 'SPLIT' });
        expect(await registerLines(issuer)).toEqual([
          'AlphaMSP ABE 5',
          'AlphaMSP AOKI 5015',
          'BetaMSP BABA 2500',
          'ShinEtsuMSP TREASURY 480',
        ]);
        const { instruments } = await issuer.securities.instruments();
        expect(instruments[0]?.supplyCap).toBe(500_000_000n);
        await expectConserved(market.auditor);
      });

      test('is in the register as of after it and not in the one as of before', async () => {
        const { issuer, exchange, alpha } = market;
        await advance(exchange, 'closed');
        const after = now();
        const past = await issuer.registry.register({ isin: shinEtsu, asOf: before });
        expect([past.final, past.total, past.issued]).toEqual([true, 1_600n, 1_600n]);
        const present = await issuer.registry.register({ isin: shinEtsu, asOf: after });
        expect([present.total, present.issued]).toEqual([8_000n, 8_000n]);
        expect(await registerLines(alpha, before)).toEqual(['AlphaMSP ABE 1', 'AlphaMSP AOKI 1003']);
        expect(await registerLines(alpha, after)).toEqual(['AlphaMSP ABE 5', 'AlphaMSP AOKI 5015']);
      });

      test('run again, neither event pays anything', async () => {
        const { ccp, issuer } = market;
        const before = await registerLines(issuer);
        for (const eventId of ['DIV', 'SPLIT']) {
          const pages = await pagesOf(ccp, eventId);
          expect((await ccp.corporateActions.pay({ ...own, eventId, pages })).outcome).toBe('exists');
          expect((await ccp.corporateActions.complete({ ...own, eventId })).outcome).toBe('exists');
        }
        expect(await registerLines(issuer)).toEqual(before);
        expect((await balanceOf(market.alpha, 'ABE', yen)).available).toBe(220n);
      });
    });
  },
  embeddedByDay,
);
