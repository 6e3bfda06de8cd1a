import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type Market, MarketError, UnknownOutcomeError } from '@kessai/gateway-client';
import { describeOnEngines, networkOf } from '../support/engines';
import { balanceOf, expectConserved } from '../support/market-day';
import { foundMarket, fund, yen } from '../support/market-network';
import { until } from '../support/until';

const killedWithinMs = 30;

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
   * Accounts are opened, some at once, and the process is killed while they are under way, until a call has met an error. Whether a kill
   * meets a call at its endorsement is chance: what is killed between two transactions comes back unnoticed.
   */
  async function openUntilFailed(member: Market, atOnce: number, kill: () => void): Promise<readonly Ended[]> {
    const ended: Ended[] = [];
    for (let round = 0; ended.every(({ error }) => error === undefined); round += 1) {
      const opening = Array.from({ length: atOnce }, async (_, opener): Promise<Ended> => {
        const account = `OPENER-${round.toString()}-${opener.toString()}`;
        const opened = member.registry.openAccount({ account, name: account, kind: 'client' }, { check: false });
        return opened.then(
          () => ({ account, error: undefined }),
          (error: unknown) => ({ account, error }),
        );
      });
      // Endorsing takes some milliseconds, at first or later in them.
      await wait(round % killedWithinMs);
      kill();
      ended.push(...(await Promise.all(opening)));
    }
    return ended;
  }

  test(
    'what was in flight fails with a typed error, and is on the ledger only where that was acknowledged',
    async () => {
      // It does not try again, so that each failure is seen.
      await using hasty = await network.current.connect(network.current.profile('AlphaMSP'), { attempts: 1 });
      const ended = await openUntilFailed(hasty, 6, () => {
        // The one that endorses what it seals.
        const pid = network.current.chaincodePid('AlphaMSP');
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
