import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Market } from '@kessai/gateway-client';
import type { OutcomeAdvice } from '@kessai/interface';
import { describeOnEngines, engines } from '../support/engines';
import { expectConserved } from '../support/market-day';
import { type MarketNetwork, foundMarketAs } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { until } from '../support/until';
import { expectOrder } from './books';
import { cyclesPassed } from './cycles-passed';
import { untilTaken } from './until-taken';
import { account, call, notSealed, poisons } from './poisons';

const startMs = 240_000;
const testMs = 240_000;
/** A chaincode that gives no sign of life for so long is replaced. */
const watchdogSeconds = '3';
/** A cycle that was being made already, and one that came to nothing or went to somebody else. */
const mostPassed = 2;

/** What else others may wait, on a machine that has much to do: a few cycles. */
const fewCyclesMs = 5_000;

const nightly = process.env['KESSAI_NIGHTLY'] === '1';
const [one, several] = [['ExchangeMSP'], ['ExchangeMSP', 'CsdMSP', 'CcpMSP']];
const enders = nightly
  ? ['Poison:Loop', 'Poison:End'].flatMap((method) => [one, several].map((schedulers) => ({ method, schedulers })))
  : [{ method: 'Poison:End', schedulers: one }];

/** Blocks among which are those just sealed. */
const recently = 5n;

/** It is in the network, and no member of the market. */
const stranger = 'KeyenceMSP';

const onEngines = engines.filter(({ name }) => name !== 'docker');

describeOnEngines(
  'what one member seals harms nobody else',
  (engine) => {
    const watchdogBefore = process.env['KESSAI_WATCHDOG_SECONDS'];
    let network: MarketNetwork;
    let beta: Market;
    let alpha: PlainGateway;
    let bystanders = 0;
    const sealedByBeta: string[] = [];

    beforeAll(async () => {
      process.env['KESSAI_WATCHDOG_SECONDS'] = watchdogSeconds;
      const chaincode = join(__dirname, 'poison-chaincode.js');
      network = await engine.start(undefined, chaincode);
      const members = network.organisations.filter(({ mspId }) => mspId !== stranger);
      await foundMarketAs(async (mspId) => network.as(mspId), members);
      beta = await network.as('BetaMSP');
      alpha = new PlainGateway(network.profile('AlphaMSP'));
    }, startMs);

    afterAll(async () => {
      if (watchdogBefore === undefined) delete process.env['KESSAI_WATCHDOG_SECONDS'];
      else process.env['KESSAI_WATCHDOG_SECONDS'] = watchdogBefore;
      alpha[Symbol.dispose]();
      await network[Symbol.asyncDispose]();
    }, startMs);

    /** Somebody else's instruction, which has to go through. */
    async function bystander(): Promise<void> {
      bystanders += 1;
      const id = `BY-${bystanders.toString()}`;
      const { outcome, transactionId } = await beta.registry.openAccount({ account: id, name: id, kind: 'client' });
      expect(outcome).toBe('created');
      sealedByBeta.push(transactionId);
    }

    /** Where chaincode processes end, a query may have to be asked again. */
    async function becomes(sender: PlainGateway, transactionId: string): Promise<readonly string[]> {
      let outcomes: readonly OutcomeAdvice[] = [];
      await until(testMs, 'the submission to be executed', async () => {
        outcomes = await sender.outcomesOf(transactionId).catch(() => []);
        return outcomes.length > 0;
      });
      return outcomes.map(({ outcome, error }) => (error as { readonly code: string } | undefined)?.code ?? outcome);
    }

    /** How long after these schedulers have begun the submission, which has been sealed, is taken. */
    async function delayOf(
      transactionId: string,
      schedulers: readonly string[],
      begin: () => void = () => undefined,
    ): Promise<number> {
      const startBlock = (await alpha.height()) - recently;
      const begun = performance.now();
      begin();
      for (const mspId of schedulers) await network.operateAs(mspId);
      await untilTaken(network.profile('AuditorMSP'), transactionId, { startBlock, limitMs: testMs });
      return performance.now() - begun;
    }

    /** Ends what serves the operators' chaincode. */
    function killWorkers(): void {
      const pids = new Set(several.map((mspId) => network.chaincodePid(mspId)));
      for (const pid of pids) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }

    test.each(poisons)(
      'sealed: $what',
      async ({ instructions, become: expected }) => {
        const [transactionId] = await Promise.all([alpha.seal(instructions), bystander()]);
        if (expected.length > 0) expect(await becomes(alpha, transactionId)).toEqual(expected);
      },
      testMs,
    );

    test.each(notSealed)(
      'not sealed: $what',
      async ({ request }) => {
        const salted = { salt: '00'.repeat(32), ...request };
        await expect(alpha.endorse('Market:Instruct', salted, ['AlphaMSP'])).rejects.toThrow();
      },
      testMs,
    );

    test(
      'sealed by an organisation that is no member: taken, and refused',
      async () => {
        using gateway = new PlainGateway(network.profile(stranger));
        await gateway.seal([account('A-1')]);
        await bystander();
        const exchange = await network.as('ExchangeMSP');
        await until(testMs, 'the stranger’s submission to be taken', async () => {
          const { heads } = await exchange.market.progress();
          return heads.some(({ member }) => (member as string) === stranger);
        });
      },
      testMs,
    );

    test(
      'nobody else was later by more than a cycle, and the order was kept',
      async () => {
        const auditor = network.profile('AuditorMSP');
        const passed = await cyclesPassed(auditor, 'BetaMSP');
        const late = sealedByBeta.filter((transactionId) => (passed.get(transactionId) ?? Infinity) > mostPassed);
        expect(late.map((transactionId) => passed.get(transactionId))).toEqual([]);
        await expectOrder(auditor);
        await expectConserved(await network.as('AuditorMSP'));
        expect(await becomes(alpha, await alpha.seal([account('AFTER')]))).toEqual(['created']);
      },
      testMs,
    );

    test(
      'an instruction that throws is refused alone, in its place',
      async () => {
        const sealed = await alpha.seal([
          account('T-1'),
          call('Poison:Throw'),
          call('Poison:ThrowEarly'),
          account('T-2'),
        ]);
        await bystander();
        expect(await becomes(alpha, sealed)).toEqual(['created', 'InstructionFailed', 'InstructionFailed', 'created']);
      },
      testMs,
    );

    test.each(enders)(
      '$method ends chaincode processes until its submission is set aside, by schedulers of $schedulers; others hardly wait, and what stands before and behind it is executed',
      async ({ method, schedulers }) => {
        const name = `${method.replace('Poison:', '').toUpperCase()}-${schedulers.length.toString()}`;
        using other = new PlainGateway(network.profile('BetaMSP'));
        await network.rest();
        const recoveryMs = await delayOf(await other.seal([]), schedulers.slice(0, 1), killWorkers);
        await network.rest();
        const before = await alpha.seal([account(`${name}-1`)]);
        const poisoned = await alpha.seal([account(`${name}-2`), call(method)]);
        const behind = await alpha.seal([account(`${name}-3`)]);
        const bystanding = await other.seal([account(`${name}-4`)]);
        const begun = performance.now();
        const bystanderMs = await delayOf(bystanding, schedulers);
        // Silence until the processes are ended, and what it takes to replace them.
        expect(bystanderMs).toBeLessThan(
          (Number(watchdogSeconds) * 1_000 + 2 * recoveryMs + fewCyclesMs) * engine.patience,
        );
        expect(await becomes(other, bystanding)).toEqual(['created']);
        expect(await becomes(alpha, before)).toEqual(['created']);
        expect(await becomes(alpha, poisoned)).toEqual(['SubmissionQuarantined']);
        expect(await becomes(alpha, behind)).toEqual(['created']);
        const times = [bystanderMs, performance.now() - begun, recoveryMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
        process.stdout.write(
          `${engine.name}, ${method}, ${schedulers.length.toString()} schedulers: another member executed after ${times[0] ?? ''}, ` +
            `set aside and all executed after ${times[1] ?? ''}; after killed processes a cycle takes ${times[2] ?? ''}\n`,
        );
        await network.operate();
        await bystander();
        const { accounts } = await (await network.as('AlphaMSP')).registry.accounts();
        const ids = accounts.map(({ account: id }) => id as string).filter((id) => id.startsWith(`${name}-`));
        expect(ids.sort()).toEqual([`${name}-1`, `${name}-3`]);
        await expectOrder(network.profile('AuditorMSP'));
      },
      testMs,
    );
  },
  onEngines,
);
