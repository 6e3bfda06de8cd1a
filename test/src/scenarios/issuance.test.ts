import { beforeAll, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import { describeOnEngines, embeddedByDay, networkOf } from '../support/engines';
import { type Members, expectConserved, membersOf, registerLines, rejectionOf } from '../support/market-day';
import { approved, foundMarket, shinEtsu } from '../support/market-network';

/** A security comes into being, reaches its underwriters and their clients, and each member sees its part of the register. */
describeOnEngines(
  'issuance to investors',
  (engine) => {
    const network = networkOf(engine, foundMarket);
    let market: Members;

    beforeAll(async () => {
      market = await membersOf(network.current);
      const { issuer, alpha, beta } = market;
      await issuer.registry.openAccount({ account: 'TREASURY', name: 'Treasury', kind: 'treasury' });
      await alpha.registry.openAccount({ account: 'HOUSE', name: 'Alpha itself', kind: 'house' });
      await alpha.registry.openAccount({ account: 'AOKI', name: 'Aoki', kind: 'client' });
      await beta.registry.openAccount({ account: 'HOUSE', name: 'Beta itself', kind: 'house' });
    });

    const issue = { isin: shinEtsu, account: 'TREASURY' };

    /** Asked for by two operators and the issuer. */
    async function together(act: (member: Market) => Promise<unknown>): Promise<void> {
      await approved((mspId) => network.current.as(mspId), act, ['ShinEtsuMSP']);
    }

    test('what is issued up to the authorised quantity stands in the treasury; one more is refused', async () => {
      const { exchange, issuer } = market;
      await together(async ({ securities }) => securities.issue({ ...issue, id: 'I-1', quantity: 60_000_000n }));
      await together(async ({ securities }) => securities.issue({ ...issue, id: 'I-2', quantity: 40_000_000n }));
      expect(await rejectionOf(exchange.securities.issue({ ...issue, id: 'I-3', quantity: 1n }))).toEqual({
        code: 'SupplyCapExceeded',
        field: 'quantity',
        cap: 100_000_000n,
        issued: 100_000_000n,
      });
      expect(await registerLines(issuer)).toEqual(['ShinEtsuMSP TREASURY 100000000']);
    });

    test('the issue that is sent again is the first issue', async () => {
      const again = await market.csd.securities.issue({ ...issue, id: 'I-1', quantity: 60_000_000n });
      expect(again.outcome).toBe('exists');
      expect(await registerLines(market.issuer)).toEqual(['ShinEtsuMSP TREASURY 100000000']);
    });

    test('it is allotted to underwriters, and each gives its clients their part', async () => {
      const { alpha, issuer } = market;
      const allotment = { isin: shinEtsu, from: 'TREASURY' };
      const toHouse = (institution: string) => ({ institution, account: 'HOUSE' });
      const toAlpha = { ...allotment, id: 'A-1', to: toHouse('AlphaMSP'), quantity: 50_000_000n };
      const toBeta = { ...allotment, id: 'A-2', to: toHouse('BetaMSP'), quantity: 30_000_000n };
      await together(async ({ securities }) => Promise.all([securities.allot(toAlpha), securities.allot(toBeta)]));
      await alpha.securities.transfer({ id: 'D-1', isin: shinEtsu, from: 'HOUSE', to: 'AOKI', quantity: 1_234_567n });
      expect(await registerLines(issuer)).toEqual([
        'AlphaMSP AOKI 1234567',
        'AlphaMSP HOUSE 48765433',
        'BetaMSP HOUSE 30000000',
        'ShinEtsuMSP TREASURY 20000000',
      ]);
      await expectConserved(market.auditor);
    });

    test('more than the treasury holds cannot be allotted, nor more than a house holds be distributed', async () => {
      const { exchange, alpha } = market;
      const to = { institution: 'BetaMSP', account: 'HOUSE' };
      const allotment = { id: 'A-3', isin: shinEtsu, from: 'TREASURY', to, quantity: 20_000_001n };
      expect(await rejectionOf(exchange.securities.allot(allotment))).toEqual({
        code: 'HoldingInsufficient',
        field: 'quantity',
        account: 'TREASURY',
        unit: shinEtsu,
        needed: 20_000_001n,
        available: 20_000_000n,
      });
      const distribution = { id: 'D-2', isin: shinEtsu, from: 'AOKI', to: 'HOUSE', quantity: 1_234_568n };
      expect(await rejectionOf(alpha.securities.transfer(distribution))).toMatchObject({
        code: 'HoldingInsufficient',
        account: 'AOKI',
      });
    });

    test.each(['exchange', 'csd', 'ccp', 'auditor', 'issuer'] as const)(
      'the whole register and the issued quantity are told to: %s',
      async (reader) => {
        const { rows, total, issued } = await market[reader].registry.register({ isin: shinEtsu });
        expect(rows).toHaveLength(4);
        expect(total).toBe(100_000_000n);
        expect(issued).toBe(100_000_000n);
      },
    );

    test('an institution sees its own accounts and no total but theirs', async () => {
      const { rows, total, issued } = await market.alpha.registry.register({ isin: shinEtsu });
      expect(rows.map(({ account, name, quantity }) => [account, name, quantity])).toEqual([
        ['AOKI', 'Aoki', 1_234_567n],
        ['HOUSE', 'Alpha itself', 48_765_433n],
      ]);
      expect(total).toBe(50_000_000n);
      expect(issued).toBeUndefined();
      expect(await registerLines(market.gamma)).toEqual([]);
    });

    test('a bank and the issuer of another security see nothing of it', async () => {
      expect(await rejectionOf(market.bank.registry.register({ isin: shinEtsu }))).toMatchObject({
        code: 'RoleNotAllowed',
        role: 'settlement-bank',
      });
      expect(await rejectionOf(market.otherIssuer.registry.register({ isin: shinEtsu }))).toEqual({
        code: 'NotYourInstrument',
        field: 'isin',
        isin: shinEtsu,
      });
    });

    test('an institution neither issues nor allots, nor does the issuer of another security', async () => {
      const { otherIssuer, alpha } = market;
      const to = { institution: 'AlphaMSP', account: 'HOUSE' };
      const allotment = { id: 'A-4', isin: shinEtsu, from: 'TREASURY', to, quantity: 1n };
      for (const foreign of [
        otherIssuer.securities.issue({ ...issue, id: 'I-4', quantity: 1n }),
        otherIssuer.securities.allot(allotment),
      ]) {
        expect(await rejectionOf(foreign)).toEqual({ code: 'NotYourInstrument', field: 'isin', isin: shinEtsu });
      }
      expect(await rejectionOf(alpha.securities.allot(allotment))).toMatchObject({
        code: 'RoleNotAllowed',
        role: 'institution',
      });
      await expectConserved(market.auditor);
    });
  },
  embeddedByDay,
);
