import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ledger as messages } from '@hyperledger/fabric-protos';
import type { Simulator } from '../ports';
import { sha256 } from './bytes';
import { TestChannel } from './test-support';
import { code } from './validation-code';

let channel: TestChannel;

beforeEach(async () => {
  channel = await TestChannel.create();
  await channel.define({
    name: 'trade',
    collections: [
      { name: 'ab', members: "OR('A.member','B.member')" },
      { name: 'c', members: "OR('C.member')" },
    ],
  });
});
afterEach(() => channel.remove());

const put =
  (collection: string, key: string, value: string) =>
  (simulator: Simulator): void => {
    simulator.putPrivate('trade', collection, key, Buffer.from(value));
  };

async function valueFor(mspId: string, collection: string, key: string): Promise<string | undefined> {
  const value = await channel.read(mspId, (simulator) => simulator.getPrivate('trade', collection, key));
  return value && Buffer.from(value).toString();
}

async function filesContain(directory: string, text: string): Promise<boolean> {
  const names = await readdir(directory);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  return contents.some((content) => content.includes(text));
}

function privateWrites(bytes: Uint8Array | undefined): readonly string[] {
  return messages.rwset.TxPvtReadWriteSet.deserializeBinary(bytes ?? new Uint8Array())
    .getNsPvtRwsetList()
    .flatMap((namespace) =>
      namespace.getCollectionPvtRwsetList().flatMap((collection) =>
        messages.rwset.kvrwset.KVRWSet.deserializeBinary(collection.getRwset_asU8())
          .getWritesList()
          .map((write) => `${collection.getCollectionName()}/${write.getKey()}`),
      ),
    );
}

describe('a private value', () => {
  test("is read by the collection's members, and by nobody else, while its hash is for all", async () => {
    expect(await channel.submit(put('ab', 'k', 'secret'))).toBe(code.VALID);
    expect(await valueFor('A', 'ab', 'k')).toBe('secret');
    expect(await valueFor('B', 'ab', 'k')).toBe('secret');
    await expect(valueFor('C', 'ab', 'k')).rejects.toThrow(
      'private data matching public hash version is not available. Public hash version = {BlockNum: 2, TxNum: 0}, Private data version = <nil>',
    );
    expect(await channel.read('C', (simulator) => simulator.getPrivateHash('trade', 'ab', 'k'))).toEqual(
      sha256('secret'),
    );
  });

  test("is on the disk of the members' stores only: not with others, nor in the channel's own files", async () => {
    await channel.submit((simulator) => {
      put('ab', 'k', 'the secret of A and B')(simulator);
      put('c', 'k', 'the secret of C')(simulator);
    });
    await channel.ledger.close();
    const holds = (directory: string, text: string) => filesContain(join(channel.directory, directory), text);
    expect(await holds('private/A', 'the secret of A and B')).toBe(true);
    expect(await holds('private/C', 'the secret of A and B')).toBe(false);
    expect(await holds('main', 'the secret of A and B')).toBe(false);
    expect(await holds('private/C', 'the secret of C')).toBe(true);
    expect(await holds('private/A', 'the secret of C')).toBe(false);
  });

  test('is kept from the endorsement until its transaction commits, also over a restart', async () => {
    const { envelope } = await channel.invoke(put('ab', 'k', 'secret'));
    await channel.reopen();
    await channel.ledger.commit([envelope]);
    expect(await valueFor('B', 'ab', 'k')).toBe('secret');
    expect(await channel.ledger.missingPrivateData()).toEqual([]);
  });

  test('that nobody kept is recorded as missing with each member, and reading it fails', async () => {
    const { envelope } = await channel.invoke(put('ab', 'k', 'lost'), { keepPrivate: false });
    expect((await channel.ledger.commit([envelope])).validationCodes).toEqual([code.VALID]);
    const place = { block: 2, transaction: 0, namespace: 'trade', collection: 'ab' };
    expect(await channel.ledger.missingPrivateData()).toEqual([
      { mspId: 'A', ...place },
      { mspId: 'B', ...place },
    ]);
    await expect(valueFor('A', 'ab', 'k')).rejects.toThrow(
      'private data matching public hash version is not available',
    );
  });

  test('of an organisation’s implicit collection is sent to nobody: it is held where that organisation’s own peer endorsed', async () => {
    const implicit = put('_implicit_org_A', 'k', 'secret');
    const byOther = await channel.invoke(implicit, { endorsers: ['B'] });
    const byOwn = await channel.invoke(put('_implicit_org_A', 'l', 'secret'), { endorsers: ['A'] });
    const { number } = await channel.ledger.commit([byOther.envelope, byOwn.envelope]);
    const forA = await channel.ledger.privateDataOf(number, 'A');
    expect([...forA].map(([index, bytes]) => [index, privateWrites(bytes)])).toEqual([[1, ['_implicit_org_A/l']]]);
    expect(await channel.ledger.privateDataOf(number, 'B')).toEqual(new Map());
  });

  test('can be deleted, and is then gone with its hash', async () => {
    await channel.submit(put('ab', 'k', 'secret'));
    await channel.submit((simulator) => {
      simulator.deletePrivate('trade', 'ab', 'k');
    });
    expect(await valueFor('A', 'ab', 'k')).toBeUndefined();
    expect(await channel.read('C', (simulator) => simulator.getPrivateHash('trade', 'ab', 'k'))).toBeUndefined();
  });

  test('of a block is told to a member as the write sets of its collections, also of an invalid transaction', async () => {
    const both = await channel.invoke((simulator) => {
      put('c', 'k', '1')(simulator);
      put('ab', 'k', '2')(simulator);
    });
    const unendorsed = await channel.invoke(put('ab', 'l', '3'), { endorsers: ['A'] });
    const { number } = await channel.ledger.commit([both.envelope, unendorsed.envelope]);
    const forA = await channel.ledger.privateDataOf(number, 'A');
    expect([...forA].map(([index, bytes]) => [index, privateWrites(bytes)])).toEqual([
      [0, ['ab/k']],
      [1, ['ab/l']],
    ]);
    expect(privateWrites((await channel.ledger.privateDataOf(number, 'C')).get(0))).toEqual(['c/k']);
    expect(await valueFor('A', 'ab', 'l')).toBeUndefined();
  });
});

describe('a purge', () => {
  test('removes the value and every trace of it from the write sets of the blocks before', async () => {
    await channel.submit((simulator) => {
      put('ab', 'k', 'to be forgotten')(simulator);
      put('ab', 'other', 'stays')(simulator);
    });
    await channel.submit(put('ab', 'k', 'also to be forgotten'));
    expect(
      await channel.submit((simulator) => {
        simulator.purgePrivate('trade', 'ab', 'k');
      }),
    ).toBe(code.VALID);
    expect(await valueFor('A', 'ab', 'k')).toBeUndefined();
    expect(await valueFor('A', 'ab', 'other')).toBe('stays');
    const told = await Promise.all(
      [2n, 3n, 4n].map(async (number) => privateWrites((await channel.ledger.privateDataOf(number, 'B')).get(0))),
    );
    expect(told).toEqual([['ab/other'], [], []]);
  });

  test('leaves what is written after it, even in the same block', async () => {
    await channel.submit(put('ab', 'k', 'old'));
    const purge = await channel.invoke((simulator) => {
      simulator.purgePrivate('trade', 'ab', 'k');
    });
    const after = await channel.invoke(put('ab', 'k', 'new'));
    await channel.ledger.commit([purge.envelope, after.envelope]);
    expect(await valueFor('B', 'ab', 'k')).toBe('new');
  });
});

describe('a private range query', () => {
  async function keysFor(mspId: string): Promise<readonly string[]> {
    return channel.read(mspId, async (simulator) => {
      const keys: string[] = [];
      for await (const { key } of simulator.privateRange('trade', 'ab', 'k', 'l')) keys.push(key);
      return keys;
    });
  }

  test("finds a member's keys in order, and nothing for others", async () => {
    await channel.submit((simulator) => {
      for (const key of ['k2', 'k1', 'j', 'l']) put('ab', key, 'x')(simulator);
    });
    expect(await keysFor('A')).toEqual(['k1', 'k2']);
    expect(await keysFor('C')).toEqual([]);
  });

  test('is refused together with a write, whichever comes first', () => {
    const writer = channel.ledger.simulate('tx', 'A');
    put('ab', 'k', 'v')(writer);
    expect(() => writer.privateRange('trade', 'ab', '', '')).toThrow(
      'txid [tx]: unsuppored transaction. Queries on pvt data is supported only in a read-only transaction',
    );
    const reader = channel.ledger.simulate('tx', 'A');
    reader.privateRange('trade', 'ab', '', '');
    expect(() => {
      reader.put('trade', 'k', Buffer.from('v'));
    }).toThrow('Transaction has already performed queries on pvt data. Writes are not allowed');
    writer.discard();
    reader.discard();
  });
});

describe('a collection', () => {
  test.each([
    ['trade', 'zz', 'collection [zz] not defined in the collection config for chaincode [trade]'],
    ['none', 'ab', 'collection config not defined for chaincode [none]'],
  ])('that is not defined is refused: %s/%s', async (chaincode, collection, message) => {
    const simulator = channel.ledger.simulate('tx', 'A');
    await expect(simulator.getPrivate(chaincode, collection, 'k')).rejects.toThrow(message);
    expect(() => {
      simulator.putPrivate(chaincode, collection, 'k', Buffer.from('v'));
    }).toThrow(message);
    simulator.discard();
  });

  test('that should forget after some blocks is refused when it is defined', async () => {
    await expect(
      channel.define({ name: 'other', collections: [{ name: 'x', members: "OR('A.member')", blockToLive: 5 }] }),
    ).rejects.toMatchObject({ code: 'Unsupported' });
    expect(channel.ledger.definition('other')).toBeUndefined();
  });

  test('is told with its chaincode, its members by name', () => {
    const definition = channel.ledger.definition('trade');
    expect([definition?.version, definition?.sequence]).toEqual(['1', 1n]);
    expect([...(definition?.collections.values() ?? [])].map(({ name, members }) => [name, members])).toEqual([
      ['ab', ['A', 'B']],
      ['c', ['C']],
    ]);
    expect(channel.ledger.definitions().map(({ name }) => name)).toEqual(['trade']);
    expect(channel.ledger.definition('_lifecycle')?.version).toBe('syscc');
  });
});
