import { join } from 'node:path';
import { ledger } from '@hyperledger/fabric-protos';
import { bytesOf, levelEntries } from './level-folder';
import type { Kept, NetworkOnDisk, StoredValue } from './network-on-disk';

/** The embedded engine keeps what is for all in one database, and what is private in one for each organisation. */
export class EmbeddedOnDisk implements NetworkOnDisk {
  readonly #ledger: string;
  readonly #chaincode: string;

  constructor(networkDirectory: string, chaincode: string) {
    this.#ledger = join(networkDirectory, 'data', 'ledger');
    this.#chaincode = chaincode;
  }

  async blocks(): Promise<Kept> {
    return new Map([['the engine', bytesOf(await levelEntries(join(this.#ledger, 'main')))]]);
  }

  async orderers(): Promise<Kept> {
    return Promise.resolve(new Map());
  }

  async peer(mspId: string): Promise<Buffer> {
    return bytesOf(await levelEntries(this.#store(mspId)));
  }

  async privateWrites(mspId: string): Promise<readonly StoredValue[]> {
    const entries = await levelEntries(this.#store(mspId), { gte: Buffer.from('d'), lt: Buffer.from('e') });
    return entries.flatMap(({ key: place, value: writeSet }) => {
      // block, transaction, namespace, zero, collection
      const [namespace, collection = ''] = place.toString('utf8', 13).split('\0');
      return namespace === this.#chaincode ? writesIn(collection, writeSet) : [];
    });
  }

  #store(mspId: string): string {
    return join(this.#ledger, 'private', mspId);
  }
}

/** The private writes of one collection in one transaction. */
export function writesIn(collection: string, writeSet: Uint8Array): readonly StoredValue[] {
  const writes = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(writeSet).getWritesList();
  return writes
    .filter((write) => !write.getIsDelete())
    .map((write) => ({
      collection,
      key: write.getKey(),
      value: Buffer.from(write.getValue_asU8()).toString('utf8'),
    }));
}
