import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allMethods } from '@kessai/interface';
import { seeded } from '../faults/seeded';
import { Differences } from './differences';
import { compareInvalid } from './envelopes';
import { nativeMissing } from './fabric-programs';
import { Lockstep } from './lockstep';
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

const startMs = 300_000;
const runMs = 20 * 60_000;

const missing = nativeMissing();
const define = missing === undefined ? describe : describe.skip;
const named = `the embedded engine and real Fabric${missing === undefined ? '' : ` (not run: ${missing})`}`;

define.each(seeds)(`${named}, seed %i`, (ownSeed) => {
  let twins: TwinNetworks;

  beforeAll(async () => {
    twins = await TwinNetworks.start();
  }, startMs);

  afterAll(async () => {
    await (twins as TwinNetworks | undefined)?.[Symbol.asyncDispose]();
  }, startMs);

  test(
    'do the same with weeks of a market',
    async () => {
      const differences = new Differences(ownSeed);
      const lockstep = new Lockstep(twins, differences, ownSeed);
      const market = new MarketInLockstep(lockstep);

      const run = new MarketWorkload(market, lockstep, seeded(ownSeed)).run(transactions);
      await run.catch((error: unknown) => {
        throw new Error(`The run broke off. ${differences.report()}`, { cause: error });
      });

      expect(differences.report()).toBe('');
      expect(lockstep.transactions).toBeGreaterThanOrEqual(transactions);
      expect([...market.methods.keys()].sort()).toEqual(
        allMethods()
          .map(({ fullName }) => fullName)
          .sort(),
      );
      // Some were valid, some came too late.
      expect([...lockstep.codes.keys()].sort()).toEqual(['MVCC_READ_CONFLICT', 'VALID']);
      process.stderr.write(`${summary(lockstep, market)}\n`);
    },
    runMs,
  );

  test(
    'refuse the same proposals in the same words, and find the same transactions invalid',
    async () => {
      const differences = new Differences(ownSeed);
      // Ids of its own: the market's are used up.
      const lockstep = new Lockstep(twins, differences, ownSeed + 1);

      await compareProposals(lockstep);
      await compareSystemChaincodes(lockstep);
      await compareInvalid(lockstep);

      expect(differences.report()).toBe('');
      expect([...lockstep.codes.keys()].sort()).toEqual(['ENDORSEMENT_POLICY_FAILURE', 'INVALID_ENDORSER_TRANSACTION']);
    },
    runMs,
  );
});

function summary({ codes, differences, transactions: done }: Lockstep, { rejections }: MarketInLockstep): string {
  const counted = [...codes].map(([code, count]) => `${count.toString()} ${code}`).join(', ');
  return `conformance: ${done.toString()} transactions (${counted}), ${rejections.size.toString()} kinds of refusals, ${differences.compared.toString()} comparisons`;
}
