import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One private write that an organisation's peer keeps: Fabric's key and value. */
export interface StoredValue {
  readonly collection: string;
  readonly key: string;
  readonly value: string;
}

/** Bytes, by what keeps them. */
export type Kept = ReadonlyMap<string, Buffer>;

/** What a network that is down has on disk. */
export interface NetworkOnDisk {
  /** The blocks, for each node that keeps them. */
  blocks(): Promise<Kept>;
  /** Everything that the ordering nodes keep besides the blocks, for each of them. */
  orderers(): Promise<Kept>;
  /** Everything that an organisation's peer keeps and that is not for all, and where its database compresses, decompressed too. */
  peer(mspId: string): Promise<Buffer>;
  /** Every private write that an organisation's peer has committed, of all blocks; deletions have no value to keep. */
  privateWrites(mspId: string): Promise<readonly StoredValue[]>;
}

/** What every process of the network has written to its log, by file. */
export async function logsOf(networkDirectory: string): Promise<Kept> {
  const folder = join(networkDirectory, 'logs');
  const names = await readdir(folder);
  const logs = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
  return new Map(logs);
}
