import { createHash } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startScheduler } from '@kessai/cli';
import type { TraceFact } from '@kessai/gateway-client';
import { type Organisation, readTopology } from '@kessai/network';
import { type TestEngine, describeOnEngines, engines } from '../support/engines';
import { shinEtsu } from '../support/market-network';
import { headerHash } from './block-hash';
import { expectBooks, expectJournals, expectOrder, untilTold } from './books';
import { asError } from './as-error';
import { Chain } from './chain';
import { NativeMarket, chaincodeOf, peerOf } from './native-market';
import { openMarket } from './open-market';
import { OrderingService } from './ordering-service';
import { type Recovery, counted, recoveryTable } from './recovery-times';
import { seeded } from './seeded';
import {
  type AllParties,
  Trading,
  accountsOf,
  addTraded,
  alphaToBeta,
  everybody,
  lanes,
  nothingTraded,
} from './trading';
import { until } from '../support/until';

const nightly = process.env['KESSAI_NIGHTLY'] === '1';
const seed = Number(process.env['KESSAI_SEED'] ?? 20_230_330);

/** How often each fault strikes. */
const rounds = nightly
  ? { orderer: 20, leader: 7, peer: 20, chaincode: 20, hung: 5, wiped: 3, everything: 3 }
  : { orderer: 2, leader: 1, peer: 1, chaincode: 2, hung: 1, wiped: 1, everything: 1 };

const roundMs = 400_000;
const servesMs = 180_000;
/** A peer without its data fetches every block and its private data anew, while the others trade on: 45 to 60 ms each on two cores. */
const servesMsPerBlock = 150;
const restMs = 90_000;
/** Nodes that have not the same blocks after so long stand still. */
const stallMs = 45_000;
/** A hung chaincode is replaced after so long, that the test need not wait for the usual 20 s. */
const watchdogSeconds = '5';

/** By night three members trade with each other. */
const parties: AllParties = nightly ? everybody : [alphaToBeta];
const traders = [...new Set(parties.flatMap(({ seller, buyer }) => [seller, buyer]))];
const members = [
  ...['Exchange', 'Csd', 'Ccp', 'TrustBank', 'ShinEtsu', 'Auditor'].map((name) => `${name}MSP`),
  ...traders,
];
const organisations = readTopology().organisations.filter(({ mspId }) => members.includes(mspId));
const operators = organisations.filter(({ role }) => role === 'operator');
const keepers = [...operators.map(({ mspId }) => mspId), 'AuditorMSP'];

const title = `faults of a native network under delivery versus payment (seed ${seed.toString()}${nightly ? '' : '; KESSAI_NIGHTLY=1 strikes more often'})`;
const native = engines.filter(({ name }) => name === 'native');

function suite(engine: TestEngine): void {
  const random = seeded(seed);
  const traded = nothingTraded();
  const recoveries: Recovery[] = [];
  const watchdogBefore = process.env['KESSAI_WATCHDOG_SECONDS'];
  let market: NativeMarket;
  let ordering: OrderingService;
  let chain: Chain;

  beforeAll(async () => {
    process.env['KESSAI_WATCHDOG_SECONDS'] = watchdogSeconds;
    market = await NativeMarket.start(engine, organisations);
    await openMarket(async (mspId) => market.network.as(mspId), organisations, parties);
    const auditor = market.profile('AuditorMSP');
    ordering = new OrderingService(await market.orderers(), auditor);
    chain = new Chain(
      organisations.map(({ mspId }) => market.profile(mspId)),
      ordering,
      auditor,
    );
  }, 300_000);

  afterAll(async () => {
    if (watchdogBefore === undefined) delete process.env['KESSAI_WATCHDOG_SECONDS'];
    else process.env['KESSAI_WATCHDOG_SECONDS'] = watchdogBefore;
    chain[Symbol.dispose]();
    ordering[Symbol.dispose]();
    await market[Symbol.asyncDispose]();
    process.stdout.write(`\n${recoveryTable(recoveries)}\n`);
  }, 120_000);

  /** What is struck, and how the market becomes whole again. */
  interface Fault {
    readonly name: string;
    readonly strike: () => Promise<void>;
    /** After the first call that was acknowledged without what was struck; undefined: at once. */
    readonly mend: 'at once' | 'after the next commit';
    readonly repair: () => Promise<void>;
    /** Whether what was struck serves again, with all blocks that others have. */
    readonly serves: () => Promise<boolean>;
    /** How long that may take besides, in ms, for each block that there is. */
    readonly servesMsPerBlock?: number;
  }

  let struck = 0;

  /** Strikes once, under load, and holds the books against what was acknowledged. */
  async function endure({ name, strike, mend, repair, serves, servesMsPerBlock: each = 0 }: Fault): Promise<void> {
    struck += 1;
    const trading = new Trading(market.as, `R${struck.toString()}`, parties);
    try {
      await trading.acknowledged(2 * lanes, 0);
      const blocks = await chain.highest();
      const limitMs = servesMs + blocks * each;
      const struckAt = performance.now();
      await strike();
      const again = trading.acknowledged(1, struckAt);
      const [committedAt] = mend === 'at once' ? [again] : [await again];
      const serving = until(limitMs, `${name}: what was struck to serve`, serves).then(() => performance.now());
      await Promise.all([repair(), serving]);
      await trading.acknowledged(lanes, performance.now());
      recoveries.push({
        fault: name,
        blocks,
        commits_ms: (await committedAt) - struckAt,
        serves_ms: (await serving) - struckAt,
        failures: trading.failures.map(({ code }) => code),
      });
    } finally {
      await trading.stop();
      addTraded(traded, trading);
    }
    progress(trading);
    await expectWhole();
  }

  function progress({ told, failures }: Trading): void {
    const last = recoveries.at(-1);
    if (!last) return;
    const ids = counted(failures.map(({ member, code }) => `${member} ${code}`));
    process.stdout.write(
      `${struck.toString()} ${last.fault} at block ${last.blocks.toString()}: commits again after ${last.commits_ms.toFixed(0)} ms, serves after ${last.serves_ms.toFixed(0)} ms; ` +
        `${told.length.toString()} instructions, errors: ${ids}\n`,
    );
  }

  /** All nodes have the same blocks with the same effect, and the books are those that were acknowledged. */
  async function expectWhole(): Promise<void> {
    await untilTold(market.as, keepers);
    await mendWhatStandsStill();
    for (;;) {
      const height = await chain.atRest(restMs);
      await untilTold(market.as, keepers);
      const found = await expectBooks(market.as, traded, parties).catch(asError);
      // What nobody waits for any more may still be committed: then the books were read at different times.
      if ((await chain.atRest(restMs)) !== height) continue;
      if (found) throw found;
      const hashes = await chain.commitHashes(height - 1);
      expect(new Set(hashes.values()).size).toBe(1);
      expect([...hashes.values()][0]).not.toBe('');
      await expectOrder(market.profile('AuditorMSP'));
      return;
    }
  }

  /**
   * An orderer can run and stand still: Fabric's consensus waits without an end where a view is given up while a block of it is being
   * decided. Its keeper sees it by `kessai status`, and starts it again by `kessai up`.
   */
  async function mendWhatStandsStill(): Promise<void> {
    const begun = performance.now();
    const late = await chain.atRest(stallMs).then(
      () => undefined,
      (error: unknown) => asError(error),
    );
    if (late === undefined) return;
    if (!late.message.startsWith('Waited')) throw late;
    await market.up();
    const elapsed = performance.now() - begun;
    recoveries.push({ fault: 'an orderer stood still', blocks: 0, commits_ms: 0, serves_ms: elapsed, failures: [] });
  }

  function pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  }

  async function answersAsBefore({ mspId }: Organisation): Promise<boolean> {
    const highest = await chain.highest();
    if (((await chain.heightOf(mspId)) ?? 0) < highest) return false;
    return chaincodeAnswers(mspId);
  }

  async function chaincodeAnswers(mspId: string): Promise<boolean> {
    await using own = await market.connect(mspId, { attempts: 1, deadlines: { evaluateMs: 2_000 } });
    return await own.registry.clock().then(
      () => true,
      () => false,
    );
  }

  async function orders(hostname: string): Promise<boolean> {
    const highest = await chain.highest();
    return ((await chain.heightOfOrderer(hostname)) ?? 0) >= highest;
  }

  test(
    'kill -9 of an orderer, the leading one too',
    async () => {
      for (let round = 0; round < rounds.orderer; round += 1) {
        const leads = round < rounds.leader;
        let victim = '';
        await endure({
          name: leads ? 'the leading orderer killed' : 'another orderer killed',
          strike: async () => {
            const leader = (await ordering.leader()).hostname;
            const others = ordering.orderers.map(({ hostname }) => hostname).filter((hostname) => hostname !== leader);
            victim = leads ? leader : pick(others);
            await market.kill([market.pidOf(victim)]);
          },
          // A leader that is back at once has forgotten what it was given, and beats again.
          mend: round % 2 === 0 ? 'after the next commit' : 'at once',
          repair: async () => market.up(),
          serves: async () => orders(victim),
        });
      }
    },
    rounds.orderer * roundMs,
  );

  test(
    "kill -9 of an operator's peer",
    async () => {
      for (let round = 0; round < rounds.peer; round += 1) {
        const victim = pick(operators);
        await endure({
          name: "an operator's peer killed",
          strike: async () => market.kill([market.pidOf(peerOf(victim))]),
          mend: 'after the next commit',
          repair: async () => market.up(),
          serves: async () => answersAsBefore(victim),
        });
      }
    },
    rounds.peer * roundMs,
  );

  test(
    'kill -9 of a chaincode process, and of the one that watches it',
    async () => {
      for (let round = 0; round < rounds.chaincode; round += 1) {
        const victim = pick(operators);
        const watched = round % 2 === 0;
        await endure({
          name: watched ? 'a chaincode process killed' : "a chaincode's watching process killed",
          strike: async () => market.kill([watched ? market.workerOf(victim) : market.pidOf(chaincodeOf(victim))]),
          mend: 'after the next commit',
          repair: async () => (watched ? undefined : market.up()),
          serves: async () => chaincodeAnswers(victim.mspId),
        });
      }
    },
    rounds.chaincode * roundMs,
  );

  test(
    'a chaincode that hangs is replaced',
    async () => {
      for (let round = 0; round < rounds.hung; round += 1) {
        const victim = pick(operators);
        const worker = market.workerOf(victim);
        await endure({
          name: 'a chaincode hung',
          strike: async () => {
            process.kill(worker, 'SIGSTOP');
            return Promise.resolve();
          },
          mend: 'after the next commit',
          repair: async () => Promise.resolve(),
          serves: async () => chaincodeAnswers(victim.mspId),
        });
        expect(market.workerOf(victim)).not.toBe(worker);
      }
    },
    rounds.hung * roundMs,
  );

  test(
    'a peer without its data has it again, private data too, and endorses',
    async () => {
      for (let round = 0; round < rounds.wiped; round += 1) {
        const victim = operators[round % operators.length] ?? pick(operators);
        await endure({
          name: "an operator's peer wiped",
          strike: async () => {
            await market.kill([market.pidOf(peerOf(victim))]);
            await market.wipe(peerOf(victim));
          },
          mend: 'after the next commit',
          repair: async () => {
            await market.up();
            await market.network.deploy();
          },
          serves: async () => answersAsBefore(victim),
          servesMsPerBlock,
        });
        await expectEndorses(victim, `W${round.toString()}`);
      }
    },
    rounds.wiped * 3 * roundMs,
  );

  /** What it says of its private data is what another operator says: both endorse the cycles, or nobody does. */
  async function expectEndorses({ mspId }: Organisation, tradeId: string): Promise<void> {
    const both = [mspId, pick(operators.filter((other) => other.mspId !== mspId)).mspId].sort();
    const endorsers = new Set<string>();
    const trace = (fact: TraceFact): void => {
      if (fact.kind === 'endorsed') endorsers.add([...fact.organisations].sort().join(' '));
    };
    const { seller, buyer } = accountsOf(0);
    const terms = { tradeId, isin: shinEtsu, quantity: 1n, amount: 100n };
    const [alpha, beta, operator] = await Promise.all(['AlphaMSP', 'BetaMSP', mspId].map(market.as));
    if (!alpha || !beta || !operator) throw new Error('No connection');
    await market.network.rest();
    {
      await using own = await market.connect(mspId, { operators: both, trace });
      await using scheduler = startScheduler(own, { chaincode: market.profile(mspId).chaincode });
      const sale = { ...terms, counterparty: 'BetaMSP', side: 'sell', account: seller } as const;
      const { blockNumber: recorded } = await alpha.orders.recordTrade(sale);
      const purchase = { ...terms, recordedBy: 'AlphaMSP', side: 'buy', account: buyer } as const;
      const { blockNumber: after, cycle } = await beta.orders.affirmTrade(purchase, { after: recorded });
      await operator.settlement.settle({ id: tradeId, pages: [cycle.toString()] }, { after });
      expect(scheduler.status.cycles).toBeGreaterThan(2);
    }
    await market.network.operate();
    traded.trades.push({ ...terms, seller, buyer, acknowledged: 'settled' });
    expect([...endorsers]).toEqual([both.join(' ')]);
    await expectWhole();
  }

  test(
    'every process killed at once',
    async () => {
      for (let round = 0; round < rounds.everything; round += 1) {
        await endure({
          name: 'every process killed',
          strike: async () => market.kill(market.pids()),
          mend: 'at once',
          repair: async () => market.up(),
          serves: async () =>
            (await Promise.all(organisations.map(answersAsBefore))).every(Boolean) &&
            (await Promise.all(ordering.orderers.map(({ hostname }) => orders(hostname)))).every(Boolean),
        });
      }
    },
    rounds.everything * roundMs,
  );

  test('the journals tell each settlement once, and each chain verifies from its first block', async () => {
    await expectJournals(market.as, traders);
    const last = await Promise.all(keepers.map(verified));
    expect(new Set(last).size).toBe(1);
  }, 300_000);

  /** @returns the hash of a peer's last block, in hexadecimal. */
  async function verified(mspId: string): Promise<string> {
    let previous: Uint8Array = new Uint8Array();
    let number = 0;
    for await (const block of chain.blocks(mspId)) {
      const header = block.getHeader() ?? new common.BlockHeader();
      expect(header.getNumber()).toBe(number);
      expect(Buffer.from(header.getPreviousHash_asU8())).toEqual(Buffer.from(previous));
      const digest = createHash('sha256');
      for (const envelope of block.getData()?.getDataList_asU8() ?? []) digest.update(envelope);
      expect(Buffer.from(header.getDataHash_asU8())).toEqual(digest.digest());
      previous = headerHash(header);
      number += 1;
    }
    expect(number).toBeGreaterThan(traded.told.length / 16);
    return Buffer.from(previous).toString('hex');
  }
}

describeOnEngines(title, suite, native);
