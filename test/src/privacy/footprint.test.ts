import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { publicBlocks } from '@kessai/gateway-client';
import { type MspId, collectionOf, inboxOf, inboxProbeKey } from '@kessai/interface';
import { describeOnEngines, networkOf, withEveryNode } from '../support/engines';
import { foundMarket } from '../support/market-network';
import { aLittleDay } from './little-day';
import { type SeenTransaction, seenIn } from './seen';

const overseers = ['ExchangeMSP', 'CsdMSP', 'CcpMSP', 'AuditorMSP'];
const chaincode = 'market';
const inbox = (mspId: string): string => inboxOf(mspId as MspId);

/** What a day of a market leaves in blocks, for whoever may read them. */
describeOnEngines('the footprint of a day', (engine) => {
  let all: SeenTransaction[];
  let instructs: readonly SeenTransaction[];
  let cycles: readonly SeenTransaction[];
  /** Organisations that keep accounts. */
  let members: readonly string[];
  const network = networkOf(withEveryNode(engine), async (started) => {
    await foundMarket(started);
    await aLittleDay(started);
  });

  beforeAll(async () => {
    members = network.current.organisations.map(({ mspId }) => mspId).filter((mspId) => !overseers.includes(mspId));
    all = [];
    for await (const block of publicBlocks(network.current.profile('GammaMSP'))) all.push(...seenIn(block));
    const valid = all.filter((one) => one.valid && one.chaincode === chaincode);
    instructs = valid.filter(({ functionName }) => functionName === 'Market:Instruct');
    cycles = valid.filter(({ functionName, event }) => functionName === 'Market:Cycle' && event !== undefined);
  }, 60_000 * engine.patience);

  const stateOf = ({ states }: SeenTransaction) => {
    const [own] = states.filter(({ namespace }) => namespace === chaincode);
    if (!own) throw new Error('The transaction has nothing to do with the market');
    return own;
  };

  test('is of three kinds of transactions', () => {
    const called = all.filter((one) => one.valid && one.chaincode === chaincode);
    expect([...new Set(called.map(({ functionName }) => functionName))].sort()).toEqual([
      ...['Market:Cycle', 'Market:Instruct', 'Registry:Found'],
    ]);
    expect(called.every(({ furtherArguments }) => furtherArguments === 0)).toBe(true);
    expect(instructs.length).toBeGreaterThan(30);
    expect(cycles.length).toBeGreaterThan(10);
    // Nothing else of the chaincode's state is touched, by whichever way.
    const others = all.filter(
      ({ chaincode: name, states }) => name !== chaincode && states.some((one) => one.namespace === chaincode),
    );
    expect(others).toEqual([]);
  });

  test('a member’s transaction reads nothing, and writes one key in its own inbox', () => {
    expect(new Set(instructs.map(({ creator }) => creator)).size).toBeGreaterThan(6);
    for (const one of instructs) {
      const { reads, writes, ranges, metadata, collections } = stateOf(one);
      expect({ reads, writes, ranges, metadata }).toEqual({ reads: [], writes: [], ranges: 0, metadata: 0 });
      expect(collections).toEqual([
        { collection: inbox(one.creator), reads: [], writes: [expect.any(String)], removed: [], metadata: 0 },
      ]);
      // The peer's own look at what is deployed.
      expect(one.states.map(({ namespace }) => namespace).filter((name) => name !== chaincode)).toEqual(['_lifecycle']);
      expect(one.endorsers).toEqual([one.creator]);
    }
  });

  test('no key of a member’s transaction occurs in another one', () => {
    const keys = instructs.flatMap((one) => stateOf(one).collections.flatMap(({ writes }) => writes));
    expect(new Set(keys).size).toBe(instructs.length);
  });

  test('a member’s transactions have one shape, whatever they ask for', () => {
    const shapes = new Map<string, Set<string>>();
    for (const { creator, states, response, event, functionName, endorsers, bytes } of instructs) {
      const shape = JSON.stringify({
        functionName,
        endorsers,
        response,
        event,
        bytes,
        states: states.map(({ namespace }) => namespace),
      });
      shapes.set(creator, (shapes.get(creator) ?? new Set()).add(shape));
    }
    expect([...shapes].filter(([, found]) => found.size !== 1)).toEqual([]);
  });

  test('nobody is told by an event or a response what was asked for', () => {
    expect(instructs.every(({ event }) => event === undefined)).toBe(true);
    expect(new Set(instructs.map(({ response }) => response.payload))).toEqual(new Set(['{"outcome":"created"}']));
    expect(cycles.map(({ event }) => event)).toEqual(
      cycles.map((_, index) => ({ name: 'cycle', payload: `{"number":${(index + 1).toString()}}` })),
    );
    expect(new Set(cycles.map(({ response }) => response.payload))).toEqual(new Set(['{"outcome":"created"}']));
  });

  test('every cycle writes in the collection of every member that keeps accounts', () => {
    const admitted = cycles.findIndex((one) => writtenIn(one).includes(collectionOf('AlphaMSP' as MspId)));
    const after = cycles.slice(admitted + 1);
    expect(after.length).toBeGreaterThan(10);
    for (const one of after) expect(writtenIn(one)).toEqual(expect.arrayContaining([...members]));
    // And in nobody's inbox, where only its owner writes.
    for (const one of cycles) expect(writtenIn(one).filter((name) => name.endsWith('_inbox'))).toEqual([]);
  });

  test('what is written publicly is the market’s own state', () => {
    const kinds = new Set(cycles.flatMap((one) => stateOf(one).writes.map((key) => key.split('/', 1)[0])));
    expect([...kinds].sort()).toEqual(['clock', 'clock-tick', 'instrument', 'market', 'money', 'progress']);
  });

  describe('a cycle', () => {
    test('reads of inboxes what it takes, and each once', () => {
      // Whoever is admitted has an inbox: that is found out by looking for a key that nobody seals.
      const probe = createHash('sha256').update(inboxProbeKey).digest('hex');
      const reads = cycles
        .flatMap((one) => stateOf(one).collections)
        .filter(({ collection }) => collection.endsWith('_inbox'))
        .flatMap((use) =>
          use.reads.filter(({ key }) => key !== probe).map(({ version }) => `${use.collection} ${version}`),
        );
      const sealed = instructs.map((one) => `${inbox(one.creator)} ${one.block.toString()}/${one.index.toString()}`);
      expect(reads.sort()).toEqual(sealed.sort());
    });

    test('is endorsed by two operators', () => {
      for (const { endorsers } of cycles) {
        expect(endorsers).toHaveLength(2);
        expect(['CcpMSP', 'CsdMSP', 'ExchangeMSP']).toEqual(expect.arrayContaining([...endorsers]));
      }
    });
  });

  function writtenIn(one: SeenTransaction): readonly string[] {
    return stateOf(one)
      .collections.filter(({ writes }) => writes.length > 0)
      .map(({ collection }) => collection);
  }
});
