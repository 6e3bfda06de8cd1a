import { join } from 'node:path';
import { ledger } from '@hyperledger/fabric-protos';
import { ClassicLevel } from 'classic-level';

/** One private write that an organisation's peer keeps: Fabric's key and value. */
export interface StoredValue {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
}

/** Everything in the files of an organisation's private values, decompressed. */
export async function storeBytes(directory: string, mspId: string): Promise<Buffer> {
  return withStore(directory, mspId, async (store) => {
    const parts: Buffer[] = [];
    for await (const [key, value] of store.iterator()) parts.push(key, value);
    return Buffer.concat(parts);
  });
}

/** Every private write of a chaincode that was committed, of all blocks; deletions have no value to keep. */
export async function organisationStore(
  directory: string,
  mspId: string,
  chaincode: string,
): Promise<readonly StoredValue[]> {
  return withStore(directory, mspId, async (store) => {
    const found: StoredValue[] = [];
    for await (const [place, writeSet] of store.iterator({ gte: Buffer.from('d'), lt: Buffer.from('e') })) {
      // block, transaction, namespace, zero, collection
      const [namespace, collection = ''] = place.toString('utf8', 13).split('\0');
      if (namespace !== chaincode) continue;
      for (const write of ledger.rwset.kvrwset.KVRWSet.deserializeBinary(writeSet).getWritesList()) {
        if (write.getIsDelete()) continue;
        const value = Buffer.from(write.getValue_asU8()).toString('utf8');
        found.push({ collection, key: write.getKey(), value });
      }
    }
    return found;
  });
}

async function withStore<T>(
  directory: string,
  mspId: string,
  use: (store: ClassicLevel<Buffer, Buffer>) => Promise<T>,
): Promise<T> {
  const path = join(directory, 'network', 'data', 'ledger', 'private', mspId);
  const store = new ClassicLevel<Buffer, Buffer>(path, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  await store.open();
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
