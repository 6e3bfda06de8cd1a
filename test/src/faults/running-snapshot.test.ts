import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readTopology, restore, runningOf, openNetwork, snapshot } from '@kessai/network';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { type As, MarketNetwork } from '../support/market-network';
import { OperatedRunning } from '../support/operated-running';
import { expectBooks, expectJournals, expectOrder, untilTold } from './books';
import { openMarket } from './open-market';
import { Trading, type Traded, addTraded, lanes } from './trading';

const nightly = process.env['KESSAI_NIGHTLY'] === '1';
/** How often a copy is taken and a network is made of it. */
const rounds = nightly ? 10 : 1;
const startMs = 180_000;
const roundMs = 120_000;
/** What waits in the inboxes is executed within less. */
const restMs = 2_000;

const members = ['Exchange', 'Csd', 'Ccp', 'TrustBank', 'ShinEtsu', 'Auditor', 'Alpha', 'Beta'].map((n) => `${n}MSP`);
const organisations = readTopology().organisations.filter(({ mspId }) => members.includes(mspId));
const keepers = ['ExchangeMSP', 'CsdMSP', 'CcpMSP', 'AuditorMSP'];

/** Those on which a network's nodes are processes beside this one. */
const processes: readonly TestEngine[] = engines
  .filter(({ name }) => name !== 'docker')
  .map((engine) => ({
    ...engine,
    start: async (of) =>
      MarketNetwork.start(async (directory, those) => OperatedRunning.start(engine.name, directory, those), of),
  }));

function suite(engine: TestEngine): void {
  let network: MarketNetwork;
  const as: As = async (mspId) => network.as(mspId);
  const traded: Traded = { trades: [], orders: [], told: [] };

  beforeAll(async () => {
    network = await engine.start(organisations);
    await openMarket(as, organisations);
  }, startMs);

  afterAll(async () => {
    await network[Symbol.asyncDispose]();
  }, startMs);

  function pids(): unknown {
    const { files, record } = openNetwork(network.networkDirectory);
    const { pid, nodes } = runningOf(files, record) ?? {};
    return pid ?? nodes;
  }

  /** The number of the last cycle, when nothing more is executed. */
  async function atRest(): Promise<number> {
    const { market } = await as('ExchangeMSP');
    let number = -1;
    for (;;) {
      const { number: later } = await market.progress();
      if (later === number) return number;
      number = later;
      await wait(restMs);
    }
  }

  /** Of what was acknowledged that which stands at a cycle; of all else it is not known whether it does. */
  function standingAt(cycle: number, { trades, orders, told }: Traded): Traded {
    return {
      trades: trades.map((trade) => ({ ...trade, acknowledged: 'nothing' })),
      orders: orders.map((order) => ({ ...order, acknowledged: false })),
      told: told.filter((one) => one.cycle <= cycle),
    };
  }

  test.each(Array.from({ length: rounds }, (_, round) => round.toString()))(
    'the market goes on while it is copied, and what the copy brings back has whole books and goes on: %s',
    async (round) => {
      const name = `noon-${round}`;
      const directory = network.networkDirectory;
      const before = pids();
      const trading = new Trading(as, name);
      let acknowledged = 0;
      try {
        await trading.acknowledged(2 * lanes, 0);
        ({ number: acknowledged } = await (await as('ExchangeMSP')).market.progress());
        const began = performance.now();
        const { heldMs = 0, bytes = 0 } = await snapshot({ directory, name, whileRunning: true });
        const ended = performance.now();
        await trading.acknowledged(4 * lanes, ended);
        // Nobody had an error, no node was started anew, and instructions were executed meanwhile.
        expect(trading.failures).toEqual([]);
        expect(pids()).toEqual(before);
        const during = trading.answers.filter((answer) => answer.ended > began && answer.ended < ended).length;
        expect(during).toBeGreaterThan(0);
        expect(heldMs).toBeGreaterThan(0);
        process.stdout.write(
          `${engine.name}: nodes held for ${heldMs.toString()} ms of the ${(ended - began).toFixed(0)} ms that copying ${bytes.toString()} bytes took; ` +
            `${during.toString()} instructions executed meanwhile\n`,
        );
      } finally {
        await trading.stop();
      }
      const last = await atRest();

      await network.restart(async (at) => {
        await restore({ directory: at, name });
      });
      expect(await atRest()).toBeLessThan(last);
      addTraded(traded, trading);
      const standing = standingAt(acknowledged, traded);
      await untilTold(as, keepers);
      await expectBooks(as, standing);
      await expectJournals(as, ['AlphaMSP', 'BetaMSP']);
      await expectOrder(network.profile('AuditorMSP'));

      const further = new Trading(as, `after-${name}`);
      try {
        await further.acknowledged(2 * lanes, 0);
      } finally {
        await further.stop();
      }
      traded.told.splice(0, traded.told.length, ...standing.told);
      addTraded(traded, further);
      addTraded(standing, further);
      await atRest();
      await untilTold(as, keepers);
      await expectBooks(as, standing);
    },
    roundMs * engine.patience,
  );
}

describeOnEngines('a snapshot of a market that runs', suite, processes);
