import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Simulator } from '../ports';
import { TestChannel } from './test-support';
import { code } from './validation-code';

type Work = (simulator: Simulator) => Promise<void> | void;

let channel: TestChannel;
let keys = 0;
let key: string;
const value = (text: string) => Buffer.from(text);

beforeAll(async () => {
  channel = await TestChannel.create();
  await channel.define({ name: 'trade', collections: [{ name: 'ab', members: "OR('A.member','B.member')" }] });
});
afterAll(() => channel.remove());
beforeEach(() => {
  keys += 1;
  key = `key${keys.toString().padStart(3, '0')}`;
});

/** Simulates all on one state, then commits them in one block. */
async function inOneBlock(...works: readonly Work[]): Promise<readonly number[]> {
  const envelopes: Uint8Array[] = [];
  for (const work of works) envelopes.push((await channel.invoke(work)).envelope);
  return (await channel.ledger.commit(envelopes)).validationCodes;
}

async function valueOf(name: string): Promise<string | undefined> {
  const stored = await channel.read('A', (simulator) => simulator.get('trade', name));
  return stored && Buffer.from(stored).toString();
}

const put =
  (name: string, text: string): Work =>
  (simulator) => {
    simulator.put('trade', name, value(text));
  };
const readAndPut =
  (name: string, text: string): Work =>
  async (simulator) => {
    await simulator.get('trade', name);
    simulator.put('trade', name, value(text));
  };
const readRange =
  (from: string, to: string, limit = Number.POSITIVE_INFINITY): Work =>
  async (simulator) => {
    const range = simulator.range('trade', from, to);
    for (let i = 0; i < limit; i += 1) if ((await range.next()).done === true) break;
    simulator.put('trade', `${key}-after`, value('1'));
  };

describe('a simulation', () => {
  test('does not read its own writes', async () => {
    await channel.submit(put(key, 'old'));
    await channel.submit(async (simulator) => {
      simulator.put('trade', key, value('new'));
      expect(await simulator.get('trade', key)).toEqual(value('old'));
    });
    expect(await valueOf(key)).toBe('new');
  });

  test('sees one state from beginning to end, whatever is committed meanwhile', async () => {
    await channel.submit(put(key, 'before'));
    const simulator = channel.ledger.simulate('open', 'A');
    await channel.submit(put(key, 'after'));
    expect(await simulator.get('trade', key)).toEqual(value('before'));
    simulator.discard();
    expect(await valueOf(key)).toBe('after');
  });

  test('is over once its result is taken', async () => {
    const simulator = channel.ledger.simulate('done', 'A');
    simulator.finish();
    await expect(simulator.get('trade', key)).rejects.toThrow('this instance should not be used after calling Done()');
  });

  test('that only reads commits as valid', async () => {
    expect(
      await channel.submit(async (simulator) => {
        await simulator.get('trade', key);
      }),
    ).toBe(code.VALID);
  });
});

describe('reads', () => {
  test('of a key that another transaction of the block has written first: conflict', async () => {
    await channel.submit(put(key, '0'));
    expect(await inOneBlock(readAndPut(key, '1'), readAndPut(key, '2'))).toEqual([code.VALID, code.MVCC_READ_CONFLICT]);
    expect(await valueOf(key)).toBe('1');
  });

  test('of a key that a block in between has written: conflict', async () => {
    const { envelope } = await channel.invoke(readAndPut(key, '1'));
    await channel.submit(put(key, '0'));
    expect((await channel.ledger.commit([envelope])).validationCodes).toEqual([code.MVCC_READ_CONFLICT]);
  });

  test('of a key that has been deleted in between: conflict', async () => {
    await channel.submit(put(key, '0'));
    const { envelope } = await channel.invoke(readAndPut(key, '1'));
    await channel.submit((simulator) => {
      simulator.delete('trade', key);
    });
    expect((await channel.ledger.commit([envelope])).validationCodes).toEqual([code.MVCC_READ_CONFLICT]);
    expect(await valueOf(key)).toBeUndefined();
  });

  test('are not in the way of writes that follow in the block, nor are blind writes of each other', async () => {
    expect(await inOneBlock(readAndPut(`${key}a`, '1'), put(key, '1'), put(key, '2'))).toEqual([0, 0, 0]);
    expect(await valueOf(key)).toBe('2');
  });

  test("an invalid transaction changes nothing and is in nobody's way", async () => {
    const stale = await channel.invoke(readAndPut(key, 'stale'));
    const blind = await channel.invoke(put(`${key}b`, 'x'));
    await channel.submit(put(key, '0'));
    const reader = await channel.invoke(readAndPut(key, 'fresh'));
    const { validationCodes } = await channel.ledger.commit([stale.envelope, reader.envelope, blind.envelope]);
    expect(validationCodes).toEqual([code.MVCC_READ_CONFLICT, code.VALID, code.VALID]);
    expect(await valueOf(key)).toBe('fresh');
  });

  test('of hashed private keys conflict as public ones do', async () => {
    const work: Work = async (simulator) => {
      await simulator.getPrivate('trade', 'ab', key);
      simulator.putPrivate('trade', 'ab', key, value('1'));
    };
    expect(await inOneBlock(work, work)).toEqual([code.VALID, code.MVCC_READ_CONFLICT]);
  });
});

describe('a range query', () => {
  beforeEach(async () => {
    await channel.submit((simulator) => {
      for (const suffix of ['1', '3', '5']) simulator.put('trade', `${key}-${suffix}`, value(suffix));
    });
  });
  const all: Work = (simulator) => readRange(`${key}-0`, `${key}-9`)(simulator);

  test('stands while nothing in its range changes', async () => {
    expect(await inOneBlock(put(`${key}-9`, 'beyond the end'), put(key, 'before'), all)).toEqual([0, 0, 0]);
  });

  test.each([
    ['a key appears in its range', '2'],
    ['a key in its range changes', '3'],
  ])('fails as a phantom when %s, in the same block or another', async (_, suffix) => {
    const later = await channel.invoke(all);
    expect(await inOneBlock(put(`${key}-${suffix}`, 'new'), all)).toEqual([0, code.PHANTOM_READ_CONFLICT]);
    expect((await channel.ledger.commit([later.envelope])).validationCodes).toEqual([code.PHANTOM_READ_CONFLICT]);
  });

  test('fails when a key in its range is deleted', async () => {
    const remove: Work = (simulator) => {
      simulator.delete('trade', `${key}-5`);
    };
    expect(await inOneBlock(remove, all)).toEqual([0, code.PHANTOM_READ_CONFLICT]);
  });

  test('that was not read to its end reaches only as far as it was read', async () => {
    const firstTwo: Work = (simulator) => readRange(`${key}-0`, `${key}-9`, 2)(simulator);
    expect(await inOneBlock(put(`${key}-4`, 'not seen'), firstTwo)).toEqual([0, 0]);
    expect(await inOneBlock(put(`${key}-2`, 'seen'), firstTwo)).toEqual([0, code.PHANTOM_READ_CONFLICT]);
  });

  test('of more than fifty keys is checked by its hashes', async () => {
    await channel.submit((simulator) => {
      for (let i = 100; i < 220; i += 1) simulator.put('trade', `${key}-${i.toString()}`, value('x'));
    });
    expect(await inOneBlock(all)).toEqual([0]);
    expect(await inOneBlock(put(`${key}-2195`, 'new'), all)).toEqual([0, code.PHANTOM_READ_CONFLICT]);
  });
});

test('history is told newest first, deletions too, valid transactions only', async () => {
  await channel.submit(put(key, 'one'));
  await inOneBlock(readAndPut(key, 'two'), readAndPut(key, 'refused'));
  await channel.submit((simulator) => {
    simulator.delete('trade', key);
  });
  const told = await channel.read('B', async (simulator) => {
    const all: string[] = [];
    for await (const entry of simulator.history('trade', key))
      all.push(entry.getIsDelete() ? 'deleted' : Buffer.from(entry.getValue_asU8()).toString());
    return all;
  });
  expect(told).toEqual(['deleted', 'two', 'one']);
});
