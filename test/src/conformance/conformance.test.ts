import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allMethods } from '@kessai/interface';
import { seeded } from '../faults/seeded';
import { compareBlocks } from './block-streams';
import { Differences } from './differences';
import { compareInvalid } from './envelopes';
import { compareEvents, compareRefusedEvents } from './event-streams';
import { nativeMissing } from './fabric-programs';
import { Lockstep } from './lockstep';
import { type RunningMachine, machine, startMachine } from './machine-deployment';
import { Choice } from './machine-operations';
import { MachineWorkload } from './machine-workload';
import { MarketInLockstep } from './market-in-lockstep';
import { MarketWorkload } from './market-workload';
import { compareProposals, compareSystemChaincodes } from './protocol';
import { TwinNetworks } from './twin-networks';

/**
 * Does the same on the embedded engine and on real Fabric, and compares every byte that is not random. KESSAI_SEED replays a run;
 * KESSAI_NIGHTLY=1 runs two more seeds, each of 1,000 transactions; KESSAI_TRANSACTIONS makes a run shorter or longer.
 */
const defaultSeed = 20_230_330;
const nightlySeeds = [4_063, 6_861];
const seed = Number(process.env['KESSAI_SEED'] ?? defaultSeed);
const seeds = process.env['KESSAI_NIGHTLY'] === '1' ? [seed, ...nightlySeeds] : [seed];
const usual = process.env['KESSAI_NIGHTLY'] === '1' ? 1_000 : 200;
const transactions = Number(process.env['KESSAI_TRANSACTIONS'] ?? usual);
// Of the chaincode that does what markets do not; enough for all that its workload always does.
const ofMachine = Math.max(50, Math.ceil(transactions * 0.3));
// So many meet every code and every method, whatever the seed.
const many = 1_000;

const startMs = 300_000;
const runMs = 30 * 60_000;

const missing = nativeMissing();
const define = missing === undefined ? describe : describe.skip;
const named = `the embedded engine and real Fabric${missing === undefined ? '' : ` (not run: ${missing})`}`;

define.each(seeds)(`${named}, seed %i`, (ownSeed) => {
  let machineProcess: RunningMachine | undefined;
  let twins: TwinNetworks;
  let parts = 0;

  /** Each part has transaction ids of its own. */
  const part = (): Lockstep => {
    parts += 1;
    return new Lockstep(twins, new Differences(ownSeed), ownSeed * 10 + parts);
  };

  /** What was found before the run broke off tells more than how it broke off. */
  const whole = async (lockstep: Lockstep, run: Promise<unknown>): Promise<void> => {
    await run.catch((error: unknown) => {
      throw new Error(`The run broke off. ${lockstep.differences.report()}`, { cause: error });
    });
    expect(lockstep.differences.report()).toBe('');
  };

  beforeAll(async () => {
    machineProcess = await startMachine();
    twins = await TwinNetworks.start([machineProcess.deployment]);
  }, startMs);

  afterAll(async () => {
    await (twins as TwinNetworks | undefined)?.[Symbol.asyncDispose]();
    await machineProcess?.stop();
  }, startMs);

  test(
    'do the same with weeks of a market',
    async () => {
      const lockstep = part();
      const market = new MarketInLockstep(lockstep);

      await whole(lockstep, new MarketWorkload(market, lockstep, seeded(ownSeed)).run(transactions));

      expect(lockstep.transactions).toBeGreaterThanOrEqual(transactions);
      const methods = allMethods().map(({ fullName }) => fullName);
      const counts = (method: string): { accepted: number; refused: number } =>
        market.methods.get(method) ?? { accepted: 0, refused: 0 };
      expect(methods.filter((method) => counts(method).refused === 0)).toEqual([]);
      if (transactions >= many) expect(methods.filter((method) => counts(method).accepted === 0)).toEqual([]);
      // Some were valid, some came too late.
      expect([...lockstep.codes.keys()].sort()).toEqual(['MVCC_READ_CONFLICT', 'VALID']);
      tell(lockstep, 'market', { methods: methods.length, rejections: market.rejections.size });
    },
    runMs,
  );

  test(
    'do the same with ranges and phantoms, pages, histories, policies of keys, private data and its purge',
    async () => {
      const lockstep = part();

      await whole(lockstep, new MachineWorkload(lockstep, new Choice(seeded(ownSeed + 1))).run(ofMachine));

      const codes = ['ENDORSEMENT_POLICY_FAILURE', 'MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT', 'VALID'];
      expect([...lockstep.codes.keys()].sort()).toEqual(codes);
      tell(lockstep, machine);
    },
    runMs,
  );

  test(
    'refuse the same proposals in the same words, and find the same transactions invalid',
    async () => {
      const lockstep = part();

      await whole(lockstep, refusals(lockstep));

      expect([...lockstep.codes.keys()].sort()).toEqual(['ENDORSEMENT_POLICY_FAILURE', 'INVALID_ENDORSER_TRANSACTION']);
      tell(lockstep, 'refusals');
    },
    runMs,
  );

  test(
    'tell the same blocks and events to those who may ask, and the others why not',
    async () => {
      const lockstep = part();
      const told = { blocks: 0, marketEvents: 0, machineEvents: 0 };
      const streams = async (): Promise<void> => {
        told.blocks = await compareBlocks(lockstep, ['ExchangeMSP', 'AuditorMSP', 'AlphaMSP']);
        told.marketEvents = await compareEvents(lockstep, 'market', 'AlphaMSP');
        told.machineEvents = await compareEvents(lockstep, machine, 'CsdMSP');
        await compareRefusedEvents(lockstep);
      };

      await whole(lockstep, streams());

      expect(told.blocks).toBeGreaterThan(lockstep.height);
      expect(Math.min(told.marketEvents, told.machineEvents)).toBeGreaterThan(0);
      tell(lockstep, 'streams', told);
    },
    runMs,
  );
});

async function refusals(lockstep: Lockstep): Promise<void> {
  await compareProposals(lockstep);
  await compareSystemChaincodes(lockstep);
  await compareInvalid(lockstep);
}

function tell(lockstep: Lockstep, part: string, further: Readonly<Record<string, number>> = {}): void {
  const { calls, codes, differences, outOfSight, transactions: done } = lockstep;
  const asked = outOfSight === 0 ? {} : { 'asked again, peers out of sight': outOfSight };
  const counts = {
    ...Object.fromEntries(calls),
    ...asked,
    transactions: done,
    ...Object.fromEntries(codes),
    ...further,
  };
  const listed = Object.entries(counts).map(([kind, count]) => `${count.toString()} ${kind}`);
  process.stderr.write(`conformance, ${part}: ${differences.compared.toString()} comparisons; ${listed.join(', ')}\n`);
}
