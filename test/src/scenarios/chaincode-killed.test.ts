import { expect, test } from '@jest/globals';
import { type Market, MarketError, UnknownOutcomeError } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { balanceOf, expectConserved } from '../support/market-day';
import { foundMarket, fund, yen } from '../support/market-network';
import { until } from '../support/until';

/** The chaincode's process is not the ledger: killed at any moment, it takes no value with it and comes back by itself. */
describeOnEngines('kill -9 of the chaincode process under load', (engine) => {
  const network = networkOf(engine, async (started) => {
    await foundMarket(started);
    await fund(started, 'fund', [
      { institution: 'AlphaMSP', account: 'PAYER', name: 'Payer', money: 1_000_000n },
      { institution: 'BetaMSP', account: 'PAYEE', name: 'Payee', money: 1n },
    ]);
  });

  const to = { institution: 'BetaMSP', account: 'PAYEE' };
  const payment = (id: string) => ({ id, unit: yen, from: 'PAYER', to, amount: 1n });

  interface Ended {
    readonly account: string;
    readonly error: unknown;
  }

  /**
   * Accounts are opened side by side until one of the openers has met an error; the others end the call that they are at. Whether a kill meets
   * a call at its endorsement is chance, so it is repeated until it does.
   */
  async function openUntilFailed(member: Market, openers: number, kill: () => void): Promise<readonly Ended[]> {
    const ended: Ended[] = [];
    let failed = false;
    const open = async (opener: number): Promise<void> => {
      for (let i = 0; !failed; i += 1) {
        const account = `OPENER-${opener.toString()}-${i.toString()}`;
        try {
          await member.registry.openAccount({ account, name: account, kind: 'client' });
          ended.push({ account, error: undefined });
          if (ended.length % 12 === 0) kill();
        } catch (error) {
          failed = true;
          ended.push({ account, error });
        }
      }
    };
    await Promise.all(Array.from({ length: openers }, (_, opener) => open(opener)));
    return ended;
  }

  test(
    'what was in flight fails with a typed error, and is on the ledger only where that was acknowledged',
    async () => {
      // It does not try again, so that each failure is seen.
      await using hasty = await network.current.connect(network.current.profile('AlphaMSP'), { attempts: 1 });
      const ended = await openUntilFailed(hasty, 6, () => {
        const pid = network.current.chaincodePid('ExchangeMSP');
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      });

      const failed = ended.filter(({ error }) => error !== undefined);
      expect(failed.length).toBeGreaterThan(0);
      for (const { error } of failed) expect(error).toBeInstanceOf(MarketError);
      const codes = failed.map(({ error }) => (error as MarketError).code);
      expect(['ChaincodeFailed', 'EndorsementFailed', 'GatewayRefused', 'Unavailable', 'UnknownOutcome']).toEqual(
        expect.arrayContaining([...new Set(codes)]),
      );
      const alpha = await network.current.as('AlphaMSP');
      await back(alpha);
      const { accounts } = await alpha.registry.accounts();
      const there = new Set<string>(accounts.map(({ account }) => account));
      for (const { account, error } of ended) {
        if (error instanceof UnknownOutcomeError) continue;
        expect([account, there.has(account)]).toEqual([account, error === undefined]);
      }
    },
    60_000 * engine.patience,
  );

  test(
    'the service comes back as another process, and a patient member notices nothing',
    async () => {
      const before = await pidOf();
      const alpha = await network.current.as('AlphaMSP');
      const opening = Promise.all(
        ['A', 'B', 'C'].map(async (lane) => {
          for (let n = 0; n < 5; n += 1) await alpha.registry.openAccount(account(`${lane}-${n.toString()}`));
        }),
      );
      process.kill(before, 'SIGKILL');
      await opening;
      expect(await pidOf()).not.toBe(before);
      const { accounts } = await alpha.registry.accounts();
      expect(accounts.filter(({ name }) => name === 'Patient')).toHaveLength(15);
    },
    60_000 * engine.patience,
  );

  test(
    'a payment is made once, however often its process was killed, and every unit is conserved',
    async () => {
      const [alpha, beta] = await Promise.all(['AlphaMSP', 'BetaMSP'].map((mspId) => network.current.as(mspId)));
      if (!alpha || !beta) throw new Error('No connection');
      for (let round = 0; round < 2; round += 1) {
        const paying = back(alpha, async () => alpha.moneyTokens.transfer(payment(`P-${round.toString()}`)));
        process.kill(await pidOf(), 'SIGKILL');
        await paying;
      }
      expect((await alpha.moneyTokens.transfer(payment('P-0'))).outcome).toBe('exists');
      expect(await balanceOf(beta, 'PAYEE', yen)).toEqual({ available: 3n, locked: 0n });
      expect(await balanceOf(alpha, 'PAYER', yen)).toEqual({ available: 999_998n, locked: 0n });
      await expectConserved(await network.current.as('AuditorMSP'));
    },
    60_000 * engine.patience,
  );

  const account = (name: string) => ({ account: `PATIENT-${name}`, name: 'Patient', kind: 'client' as const });

  /** Other operators may have endorsed while it was away, so it may not be back yet. */
  async function pidOf(): Promise<number> {
    let pid: number | undefined;
    await until(60_000, 'the chaincode process of the exchange', () => {
      pid = network.current.chaincodePid('ExchangeMSP');
      return pid !== undefined;
    });
    return pid ?? 0;
  }

  /** Repeats a harmless call until the service answers. */
  async function back(
    member: Market,
    call: () => Promise<unknown> = async () => member.registry.clock(),
  ): Promise<void> {
    await until(60_000 * engine.patience, 'an answer of the market', async () => {
      try {
        await call();
        return true;
      } catch (error) {
        if (!(error instanceof MarketError) || neverPassing.has(error.code)) throw error;
        return false;
      }
    });
  }
});

/** The second is that of a test which has ended meanwhile. */
const neverPassing: ReadonlySet<string> = new Set(['RoleNotAllowed', 'Closed']);
