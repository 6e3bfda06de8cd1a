import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { common } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { judgeBlock } from './block-validation';
import { Definitions } from './definitions';
import { reading, readingAll } from './ledger-error';
import { beneathPem, mutationOf, withUnreadableKey, type Mutation } from './test-mutations';
import { TestChannel, type InvokeOptions } from './test-support';
import { code } from './validation-code';

let channel: TestChannel;

beforeAll(async () => {
  channel = await TestChannel.create();
  await channel.define({ name: 'trade', collections: [{ name: 'ab', members: "OR('A.member','B.member')" }] });
});
afterAll(() => channel.remove());

let written = 0;

async function anEnvelope(options: InvokeOptions = {}): Promise<Uint8Array> {
  written += 1;
  const key = `k${written.toString()}`;
  const { envelope } = await channel.invoke(async (simulator) => {
    await simulator.get('trade', 'k');
    for await (const entry of simulator.range('trade', 'a', 'b')) expect(entry.key).not.toBe('');
    simulator.put('trade', key, Buffer.from('v'));
    simulator.putPrivate('trade', 'ab', key, Buffer.from('secret'));
    simulator.putMetadata('trade', key, new Map([['VALIDATION_PARAMETER', Buffer.from('no policy')]]));
  }, options);
  return envelope;
}

// A fraction of tens of thousandths: numbers of all sizes would be mostly next to nothing.
const place = fc.nat(9_999).map((tenThousandths) => tenThousandths / 10_000);
const edit = fc.oneof(
  fc.record({ at: place, cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) }),
  // One byte for another leaves the lengths around it right, and so gets further.
  fc.record({ at: place, cut: fc.constant(1), put: fc.uint8Array({ minLength: 1, maxLength: 1 }) }),
);
const mutation: fc.Arbitrary<Mutation> = fc.array(edit, { minLength: 1, maxLength: 2 }).map(mutationOf);

function withCreator(change: Mutation): InvokeOptions {
  const { client } = channel.organisation('A');
  return { creator: { ...client, creator: change(client.creator), sign: (message) => client.sign(message) } };
}

describe('no envelope stops commits', () => {
  test('endorsed by one whose key cannot be read', async () => {
    const hostile = await anEnvelope({ endorserBytes: withUnreadableKey });
    const { validationCodes } = await channel.ledger.commit([hostile, await anEnvelope()]);
    expect(validationCodes).toEqual([code.ENDORSEMENT_POLICY_FAILURE, code.VALID]);
  });

  test('created by one whose key cannot be read', async () => {
    const hostile = await anEnvelope(withCreator(withUnreadableKey));
    const { validationCodes } = await channel.ledger.commit([hostile, await anEnvelope()]);
    expect(validationCodes).toEqual([code.BAD_CREATOR_SIGNATURE, code.VALID]);
  });

  test('with anything changed in endorsers, creator, endorsed results, or the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 10, maxLength: 10 }), async (changes) => {
        const envelopes: Uint8Array[] = [];
        for (const change of changes) {
          envelopes.push(await anEnvelope({ endorserBytes: change }));
          envelopes.push(await anEnvelope({ endorserBytes: beneathPem(change) }));
          envelopes.push(await anEnvelope(withCreator(change)));
          envelopes.push(await anEnvelope(withCreator(beneathPem(change))));
          envelopes.push(await anEnvelope({ results: change }));
          envelopes.push(change(await anEnvelope()));
          envelopes.push(await resigned(change));
        }
        envelopes.push(await anEnvelope());
        const { validationCodes } = await channel.ledger.commit(envelopes);
        expect(validationCodes).toHaveLength(envelopes.length);
        expect(validationCodes.at(-1)).toBe(code.VALID);
      }),
      { numRuns: 20 },
    );
    const { height } = channel.ledger;
    await channel.reopen();
    expect(channel.ledger.height).toBe(height);
    expect((await channel.ledger.commit([await anEnvelope()])).validationCodes).toEqual([code.VALID]);
  }, 120_000);

  /** The payload changed, and signed as it then is: what any client of the channel may send. */
  async function resigned(change: Mutation): Promise<Uint8Array> {
    const envelope = common.Envelope.deserializeBinary(await anEnvelope());
    envelope.setPayload(change(envelope.getPayload_asU8()));
    envelope.setSignature(channel.organisation('A').client.sign(envelope.getPayload_asU8()));
    return envelope.serializeBinary();
  }
});

describe('a state that cannot be read', () => {
  const broken = (): never => {
    throw new Error('the disk is gone');
  };

  test('is no judgement of a transaction: the block is given up', async () => {
    const state = { read: broken, scan: broken, metadata: broken, hasTransaction: () => reading<boolean>(broken) };
    const judged = judgeBlock(1, [await anEnvelope()], channel.ledger.channel, new Definitions([], []), state);
    await expect(judged).rejects.toMatchObject({
      code: 'LedgerUnreadable',
      message: 'the state cannot be read: the disk is gone',
    });
  });

  test('is told as that, also in the middle of a range', async () => {
    async function* keys(): AsyncGenerator<string> {
      yield await Promise.resolve('a');
      broken();
    }
    const seen: string[] = [];
    const all = async (): Promise<void> => {
      for await (const key of readingAll(keys())) seen.push(key);
    };
    await expect(all()).rejects.toMatchObject({ code: 'LedgerUnreadable' });
    expect(seen).toEqual(['a']);
  });
});
