import { describe, expect, test } from '@jest/globals';
import { quantile, resultsOf, resultsText } from './bench-result';
import { runBench } from './run-bench';
import { noop, scenarioNames } from './scenarios';
import { type Sample, type Scenario, measure } from './work';

const idle = { orderers: 0, operatorPeers: 0, memberPeers: 0, operatorChaincode: 0, memberChaincode: 0, client: 0 };

const scenario = (name: string, unitsEach = 1): Scenario => ({
  ...{ name, summary: `what ${name} does`, unit: 'transactions', unitsEach },
  prepare: async () => Promise.resolve([]),
});

function sample(name: string, round: number, done: number, elapsedMs: number): Sample {
  const latenciesMs = Array.from({ length: done }, (_, n) => n + 1);
  return {
    scenario: name,
    round,
    done,
    failures: new Map(),
    latenciesMs,
    elapsedMs,
    cpuSeconds: { ...idle, client: done / 100 },
  };
}

describe('what is measured', () => {
  test('is told as a ratio to the no-op of the same round, whatever else the machine did in another one', () => {
    const samples = [
      ...[sample(noop, 0, 100, 1_000), sample('batch', 0, 1, 1_000)],
      ...[sample(noop, 1, 100, 4_000), sample('batch', 1, 1, 4_000)],
    ];
    const [base, batch] = resultsOf([scenario(noop), scenario('batch', 500)], samples, new Map());
    expect(base).toMatchObject({ ratio: { median: 1, least: 1, most: 1 }, p50Ms: 50, p99Ms: 99, cpuMsEach: 10 });
    expect(batch).toMatchObject({ ratio: { median: 5, least: 5, most: 5 }, operations: 2 });
  });

  test('counts what failed by its code, and leaves it out of the speed', async () => {
    const failing = async (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'NoMoney' }));
    const lanes = [[async () => Promise.resolve(), failing], [failing]];
    const measured = await measure({ scenario: noop, round: 0, lanesAtOnce: 2 }, lanes, async () =>
      Promise.resolve(idle),
    );
    expect(measured).toMatchObject({ done: 1, failures: new Map([['NoMoney', 2]]) });
    const [result] = resultsOf([scenario(noop)], [measured], new Map([[noop, 3]]));
    expect(result).toMatchObject({ failures: { NoMoney: 2 }, conflicts: 3, operations: 1 });
    expect(resultsText(result === undefined ? [] : [result])).toContain('2 failed with NoMoney');
  });

  test.each([
    [[], 0.5, 0],
    [[7], 0.99, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.99, 4],
  ])('quantile of %j at %d: %d', (sorted, part, expected) => {
    expect(quantile(sorted, part)).toBe(expected);
  });
});

// The embedded engine shows that a round does what it says; its speed is of no interest.
test('a round of every scenario does all of its work', async () => {
  const { results } = await runBench({
    ...{ engine: 'embedded', scenarios: [], rounds: 1 },
    sizes: { noop: 4, evaluate: 4, submissions: 3, cycles: 1, day: 40, flow: { seconds: 1, inFlight: 4 } },
    onStage: () => undefined,
    onProgress: () => undefined,
  });
  expect(results.map(({ scenario, failures, conflicts }) => [scenario, failures, conflicts])).toEqual(
    scenarioNames.map((name) => [name, {}, 0]),
  );
  expect(results.every(({ operations }) => operations > 0)).toBe(true);
}, 600_000);
