import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KeysNetwork, institution } from '../chaincode-service/keys-network';
import { describeOnFabric } from '../chaincode-service/on-fabric';
import { type Messages, gotBy, sentBy, streamLines } from './stream-messages';

const startMs = 240_000;
const testMs = 60_000;
/** Uses what its peer offers. */
const batching = 'ExchangeMSP';
/** Was told not to. */
const single = 'CsdMSP';

let network: KeysNetwork;

/** What the services of these operators sent for a transaction. */
function sentFor(id: string, organisations: readonly string[]): Readonly<Record<string, Messages>> {
  const sent: Record<string, Messages> = {};
  for (const operator of organisations) {
    const { COMPLETED, ...asked } = sentBy(network.serviceLog(operator), id);
    expect(COMPLETED).toBe(1);
    // What the service counts is what the peer, a program of others, has seen arrive.
    expect(gotBy(network.peerLog(operator), id)).toEqual(asked);
    sent[operator] = asked;
  }
  return sent;
}

/** A cycle that executes a change of so many keys, endorsed by both operators: what each of their services sent for it. */
async function changed(keys: number, collection?: string): Promise<Readonly<Record<string, Messages>>> {
  const request = collection === undefined ? { keys } : { keys, collection };
  const sealed = await network.seal(batching, [{ method: 'Keys:Change', request }]);
  return sentFor(await network.cycle([sealed]), [batching, single]);
}

/** What a cycle reads and writes beside what its instruction does. */
const pagesWritten = 4;
const parts = (keys: number): number => Math.ceil(keys / 1_000);
let nothing: Readonly<Record<string, Messages>>;

/** The messages of a cycle that changes so many keys more than the one that changes none. */
function expected(keys: number): Readonly<Record<string, Messages>> {
  const { GET_STATE = 0, GET_STATE_MULTIPLE = 0 } = nothing[batching] ?? {};
  const { GET_STATE: oneByOne = 0 } = nothing[single] ?? {};
  return {
    [batching]: {
      GET_STATE,
      GET_STATE_MULTIPLE: GET_STATE_MULTIPLE + parts(keys),
      WRITE_BATCH_STATE: parts(keys + pagesWritten),
    },
    [single]: { GET_STATE: oneByOne + keys, PUT_STATE: keys + pagesWritten },
  };
}

describeOnFabric('reads and writes of many keys on the stream to a peer of real Fabric', () => {
  beforeAll(async () => {
    const counted = { KESSAI_STREAM_COUNTS: 'on', FABRIC_LOGGING_SPEC: 'info:chaincode=debug' };
    network = await KeysNetwork.start(counted);
    await network.endService(single);
    await network.up({ ...counted, KESSAI_BATCHED_IO: 'off' });
  }, startMs);

  afterAll(async () => {
    await network[Symbol.asyncDispose]();
  }, testMs);

  test('the peer offers, with READY, a thousand keys a read and a thousand records a write', () => {
    expect(streamLines(network.serviceLog(batching))[0]).toEqual({
      offered: { keysPerRead: 1_000, recordsPerWrite: 1_000 },
    });
  });

  test('the market’s own transactions were written in one message each', () => {
    // The founding, what was sealed to admit members, the cycle that did so.
    const written = streamLines(network.serviceLog(batching)).filter(({ sent }) => sent?.['WRITE_BATCH_STATE'] === 1);
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(network.serviceLog(batching)).not.toContain('PUT_STATE');
  });

  test(
    'sealing reads nothing, however much is sealed',
    async () => {
      const change = { method: 'Keys:Change', request: { keys: 1_000 } };
      for (const [operator, written] of [
        [batching, { WRITE_BATCH_STATE: 1 }],
        [single, { PUT_STATE: 1 }],
      ] as const) {
        for (const count of [0, 1, 500]) {
          const proposal = network.sealing(
            operator,
            Array.from({ length: count }, () => change),
          );
          await proposal.endorse();
          expect(sentFor(proposal.getTransactionId(), [operator])).toEqual({ [operator]: written });
        }
      }
    },
    testMs,
  );

  test(
    'a cycle that changes nothing writes its own pages and those of its members’ advices',
    async () => {
      nothing = await changed(0);
      expect(nothing).toMatchObject({
        [batching]: { WRITE_BATCH_STATE: 1 },
        [single]: { PUT_STATE: pagesWritten },
      });
      expect(nothing[batching]).not.toHaveProperty('PUT_STATE');
      expect(nothing[single]).not.toHaveProperty('GET_STATE_MULTIPLE');
    },
    testMs,
  );

  test.each([100, 1_000])(
    'a change of %i public keys is one read more and no further write as far as a message holds them, or two for each key',
    async (keys) => {
      expect(await changed(keys)).toEqual(expected(keys));
    },
    testMs,
  );

  test.each([100, 1_000])(
    'so is one of %i private keys: the collection’s secret was needed anyhow',
    async (keys) => {
      expect(await changed(keys, institution)).toEqual(expected(keys));
    },
    testMs,
  );

  test(
    'more keys than the peer takes in a message go in parts',
    async () => {
      expect(await changed(2_500)).toEqual(expected(2_500));
    },
    testMs,
  );

  test(
    'what was written either way is the same, and is read the same',
    async () => {
      for (const operator of [batching, single]) {
        expect(await network.evaluate(operator, 'Keys:Total', { keys: 2_500 })).toEqual({
          changes: 100 + 1_000 + 2_500,
        });
        expect(await network.evaluate(operator, 'Keys:Total', { keys: 1_000, collection: institution })).toEqual({
          changes: 100 + 1_000,
        });
      }
    },
    testMs,
  );
});
