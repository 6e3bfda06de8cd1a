import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Market, connect } from '@kessai/gateway-client';
import { deployMarket, down, exportProfile, readTopology, status, up } from '@kessai/network';
import { describeOnEngines } from '../support/engines';
import { expectConserved, registerLines } from '../support/market-day';
import { OperatedRunning } from '../support/operated-running';
import { type As, foundMarketAs, fundAs, shinEtsu } from '../support/market-network';
import { PlainGateway } from '../support/plain-gateway';
import { Schedulers } from '../support/schedulers';
import { untilEverywhere } from '../support/until-everywhere';

/** Two small markets: of each kind of member only who is needed to trade. */
const absent = ['CcpMSP', 'GammaMSP', 'KeyenceMSP'];
const organisations = readTopology().organisations.filter(({ mspId }) => !absent.includes(mspId));

const names = ['tokyo', 'osaka'] as const;
type Name = (typeof names)[number];

/** Two markets on one machine know nothing of each other, and each is after a rest what it was before. */
describeOnEngines('two networks side by side', (engine) => {
  let directory: string;
  const running = new Map<Name, OperatedRunning>();
  const schedulers = new Map(names.map((name) => [name, new Schedulers((mspId) => profileOf(name, mspId))]));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kessai-two-'));
    await Promise.all(
      names.map(async (name) => {
        running.set(name, await OperatedRunning.start(engine.name, at(name), organisations));
      }),
    );
    await Promise.all(names.map((name) => deployMarket({ directory: at(name) })));
    for (const name of names) await operate(name);
    await Promise.all(
      names.map((name, index) =>
        withMarkets(name, async (as) => {
          await foundMarketAs(as, organisations);
          const securities = 1_000n * BigInt(index + 1);
          await fundAs(as, 'fund', [
            { institution: 'AlphaMSP', account: 'AOKI', name: `Aoki of ${name}`, securities },
            { institution: 'AlphaMSP', account: 'ABE', name: `Abe of ${name}` },
          ]);
        }),
      ),
    );
  }, 120_000 * engine.patience);

  afterAll(async () => {
    for (const one of schedulers.values()) await one.rest();
    for (const network of running.values()) await network.close();
    await rm(directory, { recursive: true, force: true });
  }, 60_000 * engine.patience);

  async function operate(name: Name): Promise<void> {
    for (const operator of ['ExchangeMSP', 'CsdMSP']) await schedulers.get(name)?.operateAs(operator);
  }

  function at(name: Name): string {
    return join(directory, name);
  }

  function profileOf(name: Name, mspId: string): ReturnType<typeof exportProfile> {
    return exportProfile({ directory: at(name), mspId });
  }

  async function member(name: Name, mspId: string): Promise<Market> {
    const market = await connect(profileOf(name, mspId));
    return untilEverywhere(market, async (height) => running.get(name)?.caughtUp(height));
  }

  async function withMarkets<T>(name: Name, use: (as: As) => Promise<T>): Promise<T> {
    const markets = new Map<string, Promise<Market>>();
    const as: As = async (mspId) => {
      const market = markets.get(mspId) ?? member(name, mspId);
      markets.set(mspId, market);
      return market;
    };
    try {
      return await use(as);
    } finally {
      for (const market of markets.values()) await (await market).close();
    }
  }

  async function register(name: Name): Promise<readonly string[]> {
    return withMarkets(name, async (as) => registerLines(await as('AlphaMSP')));
  }

  /** Everything that a market is: its register, its clock, its journal, its chain. */
  async function all(name: Name): Promise<unknown> {
    using plain = new PlainGateway(profileOf(name, 'AuditorMSP'));
    const height = await plain.height();
    return await withMarkets(name, async (as) => {
      const [alpha, auditor] = await Promise.all([as('AlphaMSP'), as('AuditorMSP')]);
      await expectConserved(auditor);
      return {
        height,
        register: await registerLines(auditor),
        clock: await alpha.registry.clock(),
        statement: await alpha.registry.statement(),
        supply: await auditor.registry.supply(),
      };
    });
  }

  test('each runs on ports of its own', async () => {
    const states = await Promise.all(names.map((name) => status({ directory: at(name) })));
    expect(states.map(({ state }) => state)).toEqual(['running', 'running']);
    const endpoints = states.flatMap(({ organisations }) =>
      organisations.flatMap(({ peer, orderer }) => [peer, orderer]),
    );
    const given = endpoints.filter((endpoint) => endpoint !== undefined);
    expect(new Set(given).size).toBe(given.length);
  });

  test('the same request has its own effect in each', async () => {
    const transfer = { id: 'T-1', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 10n };
    for (const name of names) {
      const { outcome } = await withMarkets(name, async (as) => (await as('AlphaMSP')).securities.transfer(transfer));
      expect(outcome).toBe('created');
    }
    expect(await register('tokyo')).toEqual(['AlphaMSP ABE 10', 'AlphaMSP AOKI 990']);
    expect(await register('osaka')).toEqual(['AlphaMSP ABE 10', 'AlphaMSP AOKI 1990']);
  });

  test('a member of the one is nobody in the other', async () => {
    const { endpoint, tlsRootCert } = profileOf('osaka', 'AlphaMSP');
    await using stranger = await connect({ ...profileOf('tokyo', 'AlphaMSP'), endpoint, tlsRootCert }, { attempts: 1 });
    await expect(stranger.registry.holdings()).rejects.toMatchObject({ code: 'IdentityRefused' });
    // With the certificates of its own network it does not even speak to the other's peers.
    await using lost = await connect({ ...profileOf('tokyo', 'AlphaMSP'), endpoint }, { attempts: 1 });
    await expect(lost.registry.holdings()).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test(
    'one goes down while the other trades on, and comes up with everything that it had',
    async () => {
      const before = await all('tokyo');
      const tokyo = profileOf('tokyo', 'AlphaMSP');
      await schedulers.get('tokyo')?.rest();
      expect(await down({ directory: at('tokyo') })).toEqual({ state: 'stopped' });
      expect(await status({ directory: at('tokyo') })).toMatchObject({ state: 'stopped' });
      await using early = await connect(tokyo, { attempts: 1 });
      await expect(early.registry.holdings()).rejects.toMatchObject({ code: 'Unavailable', endpoint: tokyo.endpoint });

      const transfer = { id: 'T-2', isin: shinEtsu, from: 'ABE', to: 'AOKI', quantity: 4n };
      await withMarkets('osaka', async (as) => (await as('AlphaMSP')).securities.transfer(transfer));
      expect(await register('osaka')).toEqual(['AlphaMSP ABE 6', 'AlphaMSP AOKI 1994']);

      await up({ engine: engine.name, directory: at('tokyo') });
      expect(profileOf('tokyo', 'AlphaMSP')).toEqual(tokyo);
      expect(await all('tokyo')).toEqual(before);
      await operate('tokyo');
    },
    60_000 * engine.patience,
  );

  test('after its rest it goes on where it was: what was done exists, and what is new is new', async () => {
    await withMarkets('tokyo', async (as) => {
      const { securities } = await as('AlphaMSP');
      const first = { id: 'T-1', isin: shinEtsu, from: 'AOKI', to: 'ABE', quantity: 10n };
      expect((await securities.transfer(first)).outcome).toBe('exists');
      expect((await securities.transfer({ ...first, id: 'T-3' })).outcome).toBe('created');
    });
    expect(await register('tokyo')).toEqual(['AlphaMSP ABE 20', 'AlphaMSP AOKI 980']);
  });
});
