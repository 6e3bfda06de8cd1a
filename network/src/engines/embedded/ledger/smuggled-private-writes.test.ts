import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from './bytes';
import { TestChannel, type Invocation } from './test-support';
import { code } from './validation-code';

const { rwset } = ledger;
const { HashedRWSet, KVRWSet } = rwset.kvrwset;

let channel: TestChannel;

beforeEach(async () => {
  channel = await TestChannel.create();
  await channel.define({ name: 'trade', collections: [{ name: 'b', members: "OR('B.member','C.member')" }] });
  await channel.submit((simulator) => {
    simulator.putPrivate('trade', 'b', 'money', Buffer.from('500'));
  });
});
afterEach(() => channel.remove());

/** Simulated at one peer, which hands the private writes to the members, and never submitted. */
async function simulateOnly(nonce: Uint8Array): Promise<Invocation> {
  return channel.invoke(
    (simulator) => {
      simulator.putPrivate('trade', 'b', 'money', Buffer.from('900'));
    },
    { nonce, endorsers: ['A'] },
  );
}

function collectionsOf(results: Uint8Array): readonly ledger.rwset.CollectionHashedReadWriteSet[] {
  const namespaces = rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList();
  return namespaces.flatMap((namespace) => namespace.getCollectionHashedRwsetList());
}

async function money(mspId: string): Promise<string> {
  const value = await channel.read(mspId, (simulator) => simulator.getPrivate('trade', 'b', 'money'));
  return Buffer.from(value ?? []).toString();
}

async function openWithoutStore(mspId: string): Promise<void> {
  await channel.ledger.close();
  await rm(join(channel.directory, 'private', mspId), { recursive: true });
  await channel.reopen();
}

describe('a transaction that names a private write set of a collection to which it writes nothing', () => {
  async function smuggle(): Promise<number> {
    const nonce = randomBytes(24);
    const { result } = await simulateOnly(nonce);
    const privateHash = collectionsOf(result.publicResults)[0]?.getPvtRwsetHash_asU8() ?? new Uint8Array();
    // One organisation alone may write to its own implicit collection, and so get a transaction of the same id endorsed.
    return channel.submit(
      (simulator) => {
        simulator.putPrivate('_lifecycle', '_implicit_org_A', 'k', Buffer.from('v'));
      },
      {
        nonce,
        endorsers: ['A'],
        chaincode: '_lifecycle',
        version: 'syscc',
        results: (simulated) => {
          const sets = rwset.TxReadWriteSet.deserializeBinary(simulated);
          const collection = new rwset.CollectionHashedReadWriteSet();
          collection.setCollectionName('b');
          collection.setHashedRwset(new HashedRWSet().serializeBinary());
          collection.setPvtRwsetHash(privateHash);
          const namespace = sets.addNsRwset();
          namespace.setNamespace('trade');
          namespace.setRwset(new KVRWSet().serializeBinary());
          namespace.setCollectionHashedRwsetList([collection]);
          return sets.serializeBinary();
        },
      },
    );
  }

  test('is valid, as on a peer, and changes nothing in that collection, at once or when a store is made anew', async () => {
    expect(await smuggle()).toBe(code.VALID);
    expect([await money('B'), await money('C')]).toEqual(['500', '500']);
    const block = channel.ledger.height - 1n;
    expect((await channel.ledger.privateDataOf(block, 'B')).size).toBe(0);
    await openWithoutStore('B');
    expect(await money('B')).toBe('500');
    expect((await channel.ledger.privateDataOf(block, 'B')).size).toBe(0);
    expect(await channel.ledger.missingPrivateData()).toEqual([]);
  });
});

describe('private writes that are not the hashed writes of their transaction', () => {
  type HashedWrite = ledger.rwset.kvrwset.KVWriteHash;

  function changed(write: HashedWrite, change: (copy: HashedWrite) => unknown): HashedWrite {
    const copy = write.cloneMessage();
    change(copy);
    return copy;
  }

  test.each<[string, (write: HashedWrite) => HashedWrite[]]>([
    ['of another value', (write) => [changed(write, (copy) => copy.setValueHash(sha256('700')))]],
    ['of another key', (write) => [changed(write, (copy) => copy.setKeyHash(sha256('other')))]],
    ['of a deletion', (write) => [changed(write, (copy) => copy.setIsDelete(true))]],
    ['of one key more', (write) => [write, changed(write, (copy) => copy.setKeyHash(sha256('more')))]],
    ['of one key twice', (write) => [write, write.cloneMessage()]],
  ])(
    '%s are not taken in, and are recorded as missing, at once and when a store is made anew',
    async (_what, change) => {
      const validationCode = await channel.submit(
        (simulator) => {
          simulator.putPrivate('trade', 'b', 'money', Buffer.from('900'));
        },
        { results: (simulated) => withHashedWrites(simulated, change) },
      );
      expect(validationCode).toBe(code.VALID);
      const place = { block: 3, transaction: 0, namespace: 'trade', collection: 'b' };
      const missing = [
        { mspId: 'B', ...place },
        { mspId: 'C', ...place },
      ];
      expect((await channel.ledger.privateDataOf(3n, 'B')).size).toBe(0);
      expect(await channel.ledger.missingPrivateData()).toEqual(missing);
      await openWithoutStore('B');
      expect((await channel.ledger.privateDataOf(3n, 'B')).size).toBe(0);
      expect(await channel.ledger.missingPrivateData()).toEqual(missing);
    },
  );

  function withHashedWrites(simulated: Uint8Array, change: (write: HashedWrite) => HashedWrite[]): Uint8Array {
    const sets = rwset.TxReadWriteSet.deserializeBinary(simulated);
    for (const namespace of sets.getNsRwsetList()) {
      for (const collection of namespace.getCollectionHashedRwsetList()) {
        const hashed = HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
        hashed.setHashedWritesList(hashed.getHashedWritesList().flatMap(change));
        collection.setHashedRwset(hashed.serializeBinary());
      }
    }
    return sets.serializeBinary();
  }
});
