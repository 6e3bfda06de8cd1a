import { availableParallelism, loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@kessai/interface';
import { KeysNetwork, institution, operators } from '../chaincode-service/keys-network';
import { describeOnFabric } from '../chaincode-service/on-fabric';
import { Latencies } from './latencies';

const startMs = 300_000;
const measureMs = 1_800_000;
const nightly = process.env['KESSAI_NIGHTLY'] === '1';
/** Of each half; in the second one the operators change places. */
const rounds = 30;
const warmUps = 3;

interface Work {
  readonly name: string;
  readonly keys: number;
  readonly collection?: string;
}

const nothing: Work = { name: 'no keys', keys: 0 };
const works: readonly Work[] = [
  nothing,
  ...[100, 1_000].flatMap((keys): Work[] => [
    { name: `${keys.toString()} public keys`, keys },
    { name: `${keys.toString()} private keys`, keys, collection: institution },
  ]),
];

interface Measured {
  readonly work: Work;
  readonly batched: Latencies;
  readonly single: Latencies;
}

let network: KeysNetwork;
const measured: readonly Measured[] = works.map((work) => ({
  work,
  batched: new Latencies(),
  single: new Latencies(),
}));

/** The cycle that would execute each work; none is ordered, so each of them stays the next. */
const cycles = new Map<Work, JsonObject>();

/** From the proposal that is sent to the endorsement of the sender's own peer, in milliseconds. Nothing is ordered. */
async function endorsed(operator: string, work: Work): Promise<number> {
  const proposal = network.proposal(operator, 'Market:Cycle', cycles.get(work) ?? {}, [operator]);
  const startedAt = performance.now();
  await proposal.endorse();
  return performance.now() - startedAt;
}

/** Starts the services anew: that of one operator uses what its peer offers, that of the other does not. */
async function arrange(batching: string, single: string): Promise<void> {
  for (const [operator, setting] of [
    [batching, 'on'],
    [single, 'off'],
  ] as const) {
    await network.endService(operator);
    await network.up({ KESSAI_BATCHED_IO: setting });
  }
  for (const { work } of measured) {
    for (let i = 0; i < warmUps; i += 1) for (const operator of operators) await endorsed(operator, work);
  }
}

/** One after the other: each transaction with and without, the first of the two in turn. */
async function measureHalf(batching: string, single: string): Promise<void> {
  await arrange(batching, single);
  for (let round = 0; round < rounds; round += 1) {
    for (const one of measured) {
      const withBatches = async (): Promise<void> => one.batched.add(await endorsed(batching, one.work));
      const without = async (): Promise<void> => one.single.add(await endorsed(single, one.work));
      for (const turn of round % 2 === 0 ? [withBatches, without] : [without, withBatches]) await turn();
    }
  }
}

function table(): string {
  const ms = (value: number): string => value.toFixed(1).padStart(8);
  const rows = measured.map(({ work, batched, single }) => {
    const ratio = (single.median / batched.median).toFixed(2).padStart(6);
    const numbers = [batched.median, batched.p95, single.median, single.p95].map(ms).join(' ');
    return `${work.name.padEnd(20)} ${numbers} ${ratio}`;
  });
  const load = loadavg()[0]?.toFixed(1) ?? '';
  return [
    `Endorsement at one peer in ms, ${(2 * rounds).toString()} each, interleaved; ${availableParallelism().toString()} processors, load ${load} at the end`,
    `${''.padEnd(20)} ${['batched', 'p95', 'single', 'p95'].map((title) => title.padStart(8)).join(' ')}  ratio`,
    ...rows,
    '',
  ].join('\n');
}

const define = nightly ? describeOnFabric : describe.skip;

define(`the endorsement of many keys on real Fabric${nightly ? '' : ' (measured with KESSAI_NIGHTLY=1)'}`, () => {
  beforeAll(async () => {
    network = await KeysNetwork.start();
    const [operator] = operators;
    const instructionOf = ({ keys, collection }: Work) => ({
      method: 'Keys:Change',
      request: collection === undefined ? { keys } : { keys, collection },
    });
    // What the works read is there already.
    await network.cycle([await network.seal(operator, works.map(instructionOf))]);
    for (const work of works) {
      const sealed = await network.seal(operator, [instructionOf(work)]);
      for (const one of operators) cycles.set(work, await network.cycleOf([sealed], one));
    }
  }, startMs);

  afterAll(async () => {
    await network[Symbol.asyncDispose]();
  }, startMs);

  test(
    'takes less time in batches than key by key, the more so the more keys there are',
    async () => {
      const [one, other] = operators;
      await measureHalf(one, other);
      await measureHalf(other, one);
      process.stdout.write(table());
      const ratioOf = (keys: number, collection?: string): number => {
        const found = measured.find(({ work }) => work.keys === keys && work.collection === collection);
        return found === undefined ? Number.NaN : found.single.median / found.batched.median;
      };
      for (const collection of [undefined, institution]) {
        expect(ratioOf(100, collection)).toBeGreaterThan(1);
        expect(ratioOf(1_000, collection)).toBeGreaterThan(ratioOf(100, collection));
      }
    },
    measureMs,
  );
});
