import { ChannelCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Market, MarketError } from '@kessai/gateway-client';
import type { Json } from '@kessai/interface';
import { KeysNetwork, institution, operators } from './keys-network';
import { describeOnFabric } from './on-fabric';
import { until } from '../support/until';
import { accepts, failureOf, textOf } from './observations';
import { showing, streamOpens } from './stream-client';

const startMs = 240_000;
const testMs = 150_000;
const watchdogSeconds = 5;
/** After which a peer gives a transaction up: what the watchdog ends has failed before. */
const peerGivesUpMs = 30_000;
const environment = { KESSAI_WATCHDOG_SECONDS: watchdogSeconds.toString() };
const keys = 50;
const [operator] = operators;

let network: KeysNetwork;
const times: string[] = [];

async function timed<T>(what: string, happens: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const startedAt = performance.now();
  const result = await happens;
  const ms = Math.round(performance.now() - startedAt);
  times.push(`${what}: ${ms.toString()} ms`);
  return { result, ms };
}

/** What each operator's peer has, which must stay equal. */
async function totals(): Promise<readonly Json[]> {
  return Promise.all(operators.map(async (mspId) => network.evaluate(mspId, 'Keys:Total', { keys })));
}

/** Ends when the operator's own peer has an answer from its service again. */
async function back(): Promise<void> {
  await until(60_000, `the chaincode service of ${operator} to answer`, async () =>
    network.evaluate(operator, 'Keys:Total', { keys }).then(
      () => true,
      () => false,
    ),
  );
}

const change = { method: 'Keys:Change', request: { keys } };

describeOnFabric('the chaincode service of an operator on real Fabric', () => {
  beforeAll(async () => {
    network = await KeysNetwork.start(environment);
    await network.operate();
  }, startMs);

  afterAll(async () => {
    await network[Symbol.asyncDispose]();
    const lines = times.map((line) => `  ${line}\n`).join('');
    process.stdout.write(
      `A chaincode service that fails, with a watchdog of ${watchdogSeconds.toString()} s:\n${lines}`,
    );
  }, testMs);

  test(
    'opens its stream to the organisation’s own peer and to nobody else, and not in plaintext',
    async () => {
      const address = await network.serviceAddress(operator);
      const [own, foreign] = operators.map((mspId) => network.serviceFiles(mspId));
      if (!own || !foreign) throw new Error('unreachable');
      const shown = { certificate: own.clientCertificate, key: own.clientKey };
      expect(await streamOpens(address, showing(own, shown))).toBe('open');
      // The certificate with which another operator's peer calls its own service, this peer's own of the market's TLS, none at all.
      const another = { certificate: foreign.clientCertificate, key: foreign.clientKey };
      const node = network.peerFiles(operator);
      const ofNode = { certificate: node.tlsCertificate, key: node.tlsKey };
      for (const credentials of [showing(own, another), showing(own, ofNode), showing(own)]) {
        expect(await streamOpens(address, credentials)).not.toBe('open');
      }
      expect(await streamOpens(address, ChannelCredentials.createInsecure())).not.toBe('open');
      expect(await streamOpens(address, showing(own, shown))).toBe('open');
    },
    testMs,
  );

  test(
    'whose code never gives its event loop back is replaced, and its caller told before the peer gives up',
    async () => {
      const { worker } = network.serviceOf(operator);
      const { result: error, ms } = await timed('endless loop: the caller hears of it', failureOf(hang()));
      expect(textOf(error)).toContain('chaincode stream terminated');
      expect(ms).toBeLessThan(peerGivesUpMs);
      await timed('endless loop: serves again, after that', back());
      expect(network.serviceOf(operator).worker).not.toBe(worker);
      expect(network.serviceLog(operator)).toContain(`worker ${worker.toString()} was silent for 5000 ms: ending it`);
    },
    testMs,
  );

  test(
    'whose process stands still is replaced; what was in flight fails, and nothing of it is applied',
    async () => {
      const before = await totals();
      await using hasty = await network.as(operator, { attempts: 1 });
      process.kill(network.serviceOf(operator).worker, 'SIGSTOP');
      const inFlight = Promise.all([
        failureOf(network.sealing(operator, [change]).endorse()),
        failureOf(hasty.instruct([], { until: 'sealed' })),
      ]);
      const { result, ms } = await timed('stopped process: the callers hear of it', inFlight);
      expect(ms).toBeLessThan(peerGivesUpMs);
      const [plain, typed] = result;
      expect(textOf(plain)).toContain('chaincode stream terminated');
      expect(typed).toBeInstanceOf(MarketError);
      expect(typed).toMatchObject({
        code: 'EndorsementFailed',
        message: expect.stringContaining('Nothing was applied'),
      });
      await timed('stopped process: serves again, after that', back());
      expect(await totals()).toEqual(before);
    },
    testMs,
  );

  test(
    'stands still, and a member seals at its own peer all the same: it is executed when both operators serve again',
    async () => {
      await using member = await network.as(institution);
      process.kill(network.serviceOf(operator).worker, 'SIGSTOP');
      const account = { account: 'MEANWHILE', name: 'Meanwhile', kind: 'client' } as const;
      const sealed = member.registry.openAccount(account, { until: 'sealed' });
      expect((await timed('stopped process: another member has sealed', sealed)).result.outcome).toBe('sealed');
      const executed = until(
        100_000,
        'the account to be open',
        async () => (await accountsOf(member, 'MEANWHILE')) === 1,
      );
      await timed('stopped process: what was sealed is executed, after that', executed);
    },
    testMs,
  );

  test(
    'that died is there again, and its member, which tries again, is served once',
    async () => {
      await using patient = await network.as(institution, { attempts: 40 });
      process.kill(network.serviceOf(institution).worker, 'SIGKILL');
      const opening = patient.registry.openAccount({ account: 'PATIENT', name: 'Patient', kind: 'client' });
      const { result } = await timed('killed process: a member that tries again is served', opening);
      expect(result.outcome).toBe('created');
      expect(await accountsOf(patient, 'PATIENT')).toBe(1);
    },
    testMs,
  );

  test(
    'whose supervisor was killed leaves no process that holds its port, not even one that hangs, and up starts it again',
    async () => {
      const address = await network.serviceAddress(operator);
      for (const hanging of [false, true]) {
        const { supervisor } = network.serviceOf(operator);
        const call = hanging ? failureOf(hang()) : Promise.resolve();
        if (hanging) await hangs();
        process.kill(supervisor, 'SIGKILL');
        const freed = until(60_000, `${address} to be free`, async () => !(await accepts(address)));
        await timed(`killed supervisor of a ${hanging ? 'hanging' : 'serving'} process: the port is free`, freed);
        await call;
        await timed('up, until the service answers', network.up(environment).then(back));
      }
    },
    testMs,
  );

  test(
    'goes on as if nothing had been: both operators endorse the cycle, and their peers agree',
    async () => {
      const before = await totals();
      await network.seal(operator, [change]);
      await until(60_000, 'both operators to have the block', async () => {
        const [one, other] = await totals();
        return JSON.stringify(one) !== JSON.stringify(before[0]) && JSON.stringify(one) === JSON.stringify(other);
      });
    },
    testMs,
  );
});

/** How many accounts of this name the member has. */
async function accountsOf(member: Market, name: string): Promise<number> {
  const { accounts } = await member.registry.accounts();
  return accounts.filter(({ account }) => (account as string) === name).length;
}

function hang(): Promise<unknown> {
  return network.evaluate(operator, 'Keys:Hang');
}

/** Ends when the service does not answer any more. */
async function hangs(): Promise<void> {
  const patienceMs = 1_000;
  await until(60_000, `the chaincode service of ${operator} to hang`, async () => {
    const answer = network.evaluate(operator, 'Keys:Total', { keys }).then(
      () => true,
      () => true,
    );
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patienceMs));
    return !(await Promise.race([answer, late]));
  });
}
