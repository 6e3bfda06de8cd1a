import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parsePolicyText } from '../policy';
import type { Simulator } from '../ports';
import { TestChannel } from './test-support';
import { code } from './validation-code';

// As in the market: A and B operate it and endorse together; each has an inbox that its own peer endorses alone.
let channel: TestChannel;
let sealed = 0;

const EVERYBODY = "OR('A.member','B.member','C.member')";
const OPERATORS = "AND('A.peer','B.peer')";
const WRITTEN = Buffer.from('sealed');

beforeAll(async () => {
  channel = await TestChannel.create(['A', 'B', 'C']);
  const collections = [
    { name: 'C', members: EVERYBODY, endorsement: OPERATORS },
    { name: 'C_inbox', members: EVERYBODY, endorsement: "OR('C.peer')" },
    { name: 'B_inbox', members: EVERYBODY, endorsement: "OR('B.peer')" },
    { name: 'A_inbox', members: EVERYBODY, endorsement: "OR('A.peer')" },
    { name: 'plain', members: EVERYBODY },
  ];
  await channel.define({ name: 'trade', policy: OPERATORS, collections });
  await channel.define({ name: 'other', policy: OPERATORS });
});
afterAll(() => channel.remove());

type Work = (simulator: Simulator) => Promise<void> | void;

/** Each seals under a key of its own, as transactions do. */
const seal =
  (collection: string): Work =>
  (simulator) => {
    sealed += 1;
    simulator.putPrivate('trade', collection, `sealed/${sealed.toString()}`, WRITTEN);
  };

async function submit(endorsers: readonly string[], ...works: readonly Work[]): Promise<number> {
  return channel.submit(
    async (simulator) => {
      for (const work of works) await work(simulator);
    },
    { endorsers, creator: channel.organisation('C').client },
  );
}

describe('a transaction that the owner’s peer endorses alone', () => {
  test('writes to the owner’s inbox, and every holder has the value', async () => {
    const key = 'sealed/first';
    const write: Work = (simulator) => {
      simulator.putPrivate('trade', 'C_inbox', key, WRITTEN);
    };
    expect(await submit(['C'], write)).toBe(code.VALID);
    for (const holder of ['A', 'B', 'C']) {
      const value = await channel.read(holder, async (simulator) => simulator.getPrivate('trade', 'C_inbox', key));
      expect(Buffer.from(value ?? []).toString()).toBe('sealed');
    }
    expect(await channel.ledger.missingPrivateData()).toEqual([]);
  });

  test('may write several keys there, read others, and be one of an operator', async () => {
    const read: Work = async (simulator) => {
      await simulator.get('trade', 'progress');
    };
    expect(await submit(['C'], seal('C_inbox'), seal('C_inbox'), read)).toBe(code.VALID);
    expect(await submit(['A'], seal('A_inbox'))).toBe(code.VALID);
  });

  const smuggled: readonly [string, Work][] = [
    ['a public key', (simulator) => simulator.put('trade', 'progress', WRITTEN)],
    ['the deletion of a public key', (simulator) => simulator.delete('trade', 'progress')],
    [
      'the policy of a public key',
      (simulator) => {
        const policy = parsePolicyText("OR('C.peer')").serializeBinary();
        simulator.putMetadata('trade', 'progress', new Map([['VALIDATION_PARAMETER', policy]]));
      },
    ],
    ['the owner’s own collection', (simulator) => simulator.putPrivate('trade', 'C', 'account', WRITTEN)],
    ['the deletion of a key there', (simulator) => simulator.deletePrivate('trade', 'C', 'account')],
    ['the purge of a key there', (simulator) => simulator.purgePrivate('trade', 'C', 'account')],
    ['a collection without a policy of its own', seal('plain')],
    ['another’s inbox', seal('B_inbox')],
    ['another chaincode', (simulator) => simulator.put('other', 'k', WRITTEN)],
    ['a chaincode’s definition', (simulator) => simulator.put('_lifecycle', 'namespaces/fields/trade/x', WRITTEN)],
  ];

  test.each(smuggled)('with %s is invalid, beside a write to the inbox and without one', async (_what, work) => {
    expect(await submit(['C'], seal('C_inbox'), work)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await submit(['C'], work, seal('C_inbox'))).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await submit(['C'], work)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
  });

  test('that writes nothing is invalid: then the chaincode’s own policy holds', async () => {
    expect(await submit(['C'], () => undefined)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    const read: Work = async (simulator) => {
      await simulator.getPrivateHash('trade', 'C_inbox', 'sealed/first');
    };
    expect(await submit(['C'], read)).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    expect(await submit(['A', 'B'], read)).toBe(code.VALID);
  });
});

describe('an inbox', () => {
  test.each([[['A', 'B']], [['A']], [['B']]])(
    'cannot be written without its owner’s peer, by those of %s',
    async (endorsers) => {
      expect(await submit(endorsers, seal('C_inbox'))).toBe(code.ENDORSEMENT_POLICY_FAILURE);
    },
  );

  test('can be written together with the market’s state only where owner and operators endorse', async () => {
    const write: Work = (simulator) => {
      simulator.put('trade', 'progress', WRITTEN);
    };
    expect(await submit(['A', 'B', 'C'], seal('C_inbox'), write)).toBe(code.VALID);
  });
});
