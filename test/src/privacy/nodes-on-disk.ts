import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ledger } from '@hyperledger/fabric-protos';
import { type Organisation, hasPeer } from '@kessai/network';
import { writesIn } from './embedded-on-disk';
import { bytesOf, levelEntries } from './level-folder';
import type { Kept, NetworkOnDisk, StoredValue } from './network-on-disk';

/** Of what begins the key of a private write in a peer's store of private data (core/ledger/pvtdatastorage). */
const privateWrite = Buffer.from([2]);
const nothingMore = Buffer.from([3]);

/** Fabric's own files: each peer and each orderer has a folder of its own. */
export class NodesOnDisk implements NetworkOnDisk {
  readonly #data: string;
  readonly #organisations: readonly Organisation[];
  readonly #channel: string;
  readonly #chaincode: string;

  constructor(
    networkDirectory: string,
    organisations: readonly Organisation[],
    { channel, chaincode }: { readonly channel: string; readonly chaincode: string },
  ) {
    this.#data = join(networkDirectory, 'data');
    this.#organisations = organisations;
    this.#channel = channel;
    this.#chaincode = chaincode;
  }

  async blocks(): Promise<Kept> {
    const chains = [
      ...this.#organisations
        .filter(hasPeer)
        .map(({ peer }) => [peer.hostname, this.#ledgers(peer.hostname, 'chains', 'chains')]),
      ...this.#ordererNames().map((name) => [name, join(this.#data, name, 'chains')]),
    ] as const;
    return byName(chains, async (chain = '') => {
      const folder = join(chain, this.#channel);
      const names = (await readdir(folder)).filter((name) => name.startsWith('blockfile_')).sort();
      return Buffer.concat(await Promise.all(names.map(async (name) => readFile(join(folder, name)))));
    });
  }

  async orderers(): Promise<Kept> {
    const names = this.#ordererNames().map((name) => [name, name] as const);
    return byName(names, async (name = '') => everythingIn(join(this.#data, name)));
  }

  async peer(mspId: string): Promise<Buffer> {
    return everythingIn(join(this.#data, this.#peerOf(mspId)));
  }

  async privateWrites(mspId: string): Promise<readonly StoredValue[]> {
    const folder = this.#ledgers(this.#peerOf(mspId), 'pvtdataStore');
    const found = await levelEntries(folder);
    return found.flatMap(({ key, value }) => {
      // Of one database for all channels: the channel, zero, the key of its ledger.
      const place = key.subarray(key.indexOf(0) + 1);
      if (place.compare(privateWrite) < 0 || place.compare(nothingMore) >= 0) return [];
      const [namespace, collection = ''] = afterHeight(place).toString('utf8').split('\0');
      if (namespace !== this.#chaincode) return [];
      const set = ledger.rwset.CollectionPvtReadWriteSet.deserializeBinary(value);
      return writesIn(collection, set.getRwset_asU8());
    });
  }

  #ordererNames(): readonly string[] {
    return this.#organisations.flatMap(({ orderer }) => (orderer === undefined ? [] : [orderer.hostname]));
  }

  #peerOf(mspId: string): string {
    const found = this.#organisations.find((organisation) => organisation.mspId === mspId);
    if (found?.peer === undefined) throw new Error(`${mspId} has no peer in this network`);
    return found.peer.hostname;
  }

  #ledgers(hostname: string, ...names: readonly string[]): string {
    return join(this.#data, hostname, 'ledgersData', ...names);
  }
}

/** What follows the block and the transaction, each a number after the count of its bytes. */
function afterHeight(place: Buffer): Buffer {
  const block = 1 + 1 + place.readUInt8(1);
  return place.subarray(block + 1 + place.readUInt8(block));
}

async function byName(
  places: readonly (readonly string[])[],
  read: (place: string | undefined) => Promise<Buffer>,
): Promise<Kept> {
  return new Map(await Promise.all(places.map(async ([name = '', place]) => [name, await read(place)] as const)));
}

// Not by `recursive`: Node.js from version 24 on follows links then, wherever they lead.
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Every file in a folder as it is, and every database in it decompressed. */
async function everythingIn(folder: string): Promise<Buffer> {
  const files = await filesBelow(folder);
  const raw = await Promise.all(files.map(async (file) => readFile(file)));
  const databases = files.filter((file) => basename(file) === 'CURRENT').map(dirname);
  const parts: Buffer[] = [];
  for (const database of databases) parts.push(bytesOf(await levelEntries(database)));
  return Buffer.concat([...raw, ...parts]);
}
