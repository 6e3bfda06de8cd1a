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

/** Both operators endorse one proposal; it is on the ledger when this ends. What each of their services sent for it. */
async function changed(keys: number, collection?: string): Promise<Readonly<Record<string, Messages>>> {
  const proposal = network.proposal(
    batching,
    'Keys:Change',
    collection === undefined ? { keys } : { keys, collection },
  );
  const id = proposal.getTransactionId();
  // The gateway refuses two endorsements that differ in anything: reads, writes, private hashes, response.
  const submitted = await (await proposal.endorse()).submit();
  expect((await submitted.getStatus()).successful).toBe(true);
  const sent: Record<string, Messages> = {};
  for (const operator of [batching, single]) {
    const { COMPLETED, ...asked } = sentBy(network.serviceLog(operator), id);
    expect(COMPLETED).toBe(1);
    // What the service counts is what the peer, a program of others, has seen arrive.
    expect(gotBy(network.peerLog(operator), id)).toEqual(asked);
    sent[operator] = asked;
  }
  return sent;
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
    // The founding of the market and the admission of its members.
    const written = streamLines(network.serviceLog(batching)).filter(({ sent }) => sent?.['WRITE_BATCH_STATE'] === 1);
    expect(written.length).toBeGreaterThanOrEqual(network.organisations.length - 1);
    expect(network.serviceLog(batching)).not.toContain('PUT_STATE');
  });

  test(
    'a transaction that does nothing reads the market and the clock',
    async () => {
      expect(await changed(0)).toEqual({
        [batching]: { GET_STATE_MULTIPLE: 1 },
        [single]: { GET_STATE: 2 },
      });
    },
    testMs,
  );

  test.each([100, 1_000])(
    'a change of %i public keys is one read and one write, or two for each key',
    async (keys) => {
      expect(await changed(keys)).toEqual({
        [batching]: { GET_STATE_MULTIPLE: 2, WRITE_BATCH_STATE: 1 },
        [single]: { GET_STATE: 2 + keys, PUT_STATE: keys },
      });
    },
    testMs,
  );

  test.each([100, 1_000])(
    'so is one of %i private keys, with a read of the collection’s secret',
    async (keys) => {
      expect(await changed(keys, institution)).toEqual({
        [batching]: { GET_STATE: 1, GET_STATE_MULTIPLE: 2, WRITE_BATCH_STATE: 1 },
        [single]: { GET_STATE: 3 + keys, PUT_STATE: keys },
      });
    },
    testMs,
  );

  test(
    'more keys than the peer takes in a message go in parts',
    async () => {
      expect(await changed(2_500)).toEqual({
        [batching]: { GET_STATE_MULTIPLE: 1 + 3, WRITE_BATCH_STATE: 3 },
        [single]: { GET_STATE: 2 + 2_500, PUT_STATE: 2_500 },
      });
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
