import { describe, expect, test } from '@jest/globals';
import { quantile, resultsOf, resultsText } from './bench-result';
import { topologyWith } from './bench-topology';
import { runBench } from './run-bench';
import { chosen, noop, scenarioNames } from './scenarios';
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

describe('of what can be measured', () => {
  const all = scenarioNames.map((name) => scenario(name));
  const namesOf = (...names: readonly string[]) => chosen(all, names).map(({ name }) => name);

  test('all is, where nothing is named', () => {
    expect(namesOf()).toEqual(scenarioNames);
  });

  test('the no-op is beside what is named, and the full speed before half of it', () => {
    expect(namesOf('cycle-1')).toEqual([noop, 'cycle-1']);
    expect(namesOf('flow-half')).toEqual([noop, 'flow', 'flow-half']);
  });
});

describe('the market in which it is measured', () => {
  test('has institutions without a node beyond those that ship, hosted by the operators in turn', () => {
    const shipped = topologyWith(undefined);
    const { organisations } = topologyWith(shipped.organisations.length + 4);
    const beyond = organisations.slice(shipped.organisations.length);
    expect(beyond.map(({ role, peer, hostedBy }) => [role, peer, hostedBy])).toEqual(
      ['CsdMSP', 'CcpMSP', 'ExchangeMSP', 'CsdMSP'].map((host) => ['institution', undefined, host]),
    );
  });

  test('has no fewer than those that ship', () => {
    expect(() => topologyWith(9)).toThrow(expect.objectContaining({ code: 'UsageInvalid' }));
  });
});

// The embedded engine shows that a round does what it says; its speed is of no interest.
test('a round of every scenario does all of its work', async () => {
  const { results, setup } = await runBench({
    signal: new AbortController().signal,
    ...{ engine: 'embedded', scenarios: [], rounds: 1, members: 12 },
    sizes: { noop: 4, evaluate: 4, submissions: 3, cycles: 1, day: 40, flow: { seconds: 1, inFlight: 4 } },
    onStage: () => undefined,
    onProgress: () => undefined,
  });
  expect(results.map(({ scenario, failures, conflicts }) => [scenario, failures, conflicts])).toEqual(
    scenarioNames.map((name) => [name, {}, 0]),
  );
  expect(results.every(({ operations }) => operations > 0)).toBe(true);
  // Two collections of each hosted member beside those that ship.
  expect(setup).toMatchObject({ members: 12, collections: 21 });
  const flow = results.find(({ scenario }) => scenario === 'flow');
  expect(flow?.tradesSettledPerSecond).toBeGreaterThan(0);
}, 600_000);
