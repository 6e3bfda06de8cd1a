import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parsePolicyText } from '../policy';
import type { Simulator } from '../ports';
import { TestChannel } from './test-support';
import { code } from './validation-code';

let channel: TestChannel;
const onlyC = new Map([['VALIDATION_PARAMETER', parsePolicyText("OR('C.peer')").serializeBinary()]]);

beforeAll(async () => {
  channel = await TestChannel.create();
  await channel.define({ name: 'trade', collections: [{ name: 'ab', members: "OR('A.member','B.member')" }] });
});
afterAll(() => channel.remove());

const put = (simulator: Simulator): void => {
  simulator.put('trade', 'k', Buffer.from('v'));
};
const putPrivate = (simulator: Simulator): void => {
  simulator.putPrivate('trade', 'ab', 'k', Buffer.from('v'));
};

describe("a key's own policy", () => {
  test("takes the place of the chaincode's once the transaction that sets it is in a block", async () => {
    expect(await channel.submit(put)).toBe(code.VALID);
    const setPolicy = await channel.invoke((simulator) => {
      simulator.putMetadata('trade', 'k', onlyC);
    });
    const sameBlock = await channel.invoke(put);
    // While the policy is changing nobody may write the key: which policy holds is known only after the block.
    expect((await channel.ledger.commit([setPolicy.envelope, sameBlock.envelope])).validationCodes).toEqual([
      code.VALID,
      code.ENDORSEMENT_POLICY_FAILURE,
    ]);
    expect(await channel.submit(put)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await channel.submit(put, { endorsers: ['C'] })).toBe(code.VALID);
    expect(await channel.read('A', (simulator) => simulator.getMetadata('trade', 'k'))).toEqual(onlyC);
  });

  test('guards its own change', async () => {
    const lift = (simulator: Simulator): void => {
      simulator.putMetadata('trade', 'k', new Map());
    };
    expect(await channel.submit(lift)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await channel.submit(lift, { endorsers: ['C'] })).toBe(code.VALID);
    expect(await channel.submit(put)).toBe(code.VALID);
  });

  test('holds for a private key, by its hash; the value stays readable though only its metadata changed', async () => {
    expect(await channel.submit(putPrivate)).toBe(code.VALID);
    expect(
      await channel.submit((simulator) => {
        simulator.putPrivateMetadata('trade', 'ab', 'k', onlyC);
      }),
    ).toBe(code.VALID);
    expect(await channel.submit(putPrivate)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await channel.read('B', (simulator) => simulator.getPrivate('trade', 'ab', 'k'))).toEqual(Buffer.from('v'));
    expect(await channel.read('C', (simulator) => simulator.getPrivateMetadata('trade', 'ab', 'k'))).toEqual(onlyC);
  });

  test('that is set on a key that does not exist is dropped', async () => {
    await channel.submit((simulator) => {
      simulator.putMetadata('trade', 'absent', onlyC);
    });
    expect(await channel.read('A', (simulator) => simulator.get('trade', 'absent'))).toBeUndefined();
    expect((await channel.read('A', (simulator) => simulator.getMetadata('trade', 'absent'))).size).toBe(0);
  });
});
