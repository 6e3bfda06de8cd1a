import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { tellingDiskFull } from '../../directory/disk-space';
import { openOrMake } from '../../directory/make-directory';
import { NetworkFiles } from '../../directory/network-files';
import { withLock } from '../../directory/operation-lock';
import type { OnProgress } from '../../directory/progress';
import { requireConsenters } from '../../directory/require-consenters';
import { marketGenesis } from '../../engines/fabric/market-channel';
import { readTopology } from '../../topology';
import type { Topology } from '../../topology';

export interface PrepareRequest {
  readonly directory: string;
  /** Undefined takes the directory's own topology, and the market's for a new one. */
  readonly topology?: Topology;
  readonly onProgress?: OnProgress;
}

export interface PrepareResult {
  readonly directory: string;
  /** Whether the directory and its identities were made now. */
  readonly made: boolean;
  readonly organisations: readonly string[];
}

/**
 * Makes a network's directory for real Fabric, with every organisation's keys and the channel's first block, and starts nothing: for
 * whoever exports the organisations' parts. It needs no program of Fabric. Repeated, it does nothing.
 *
 * @throws NetworkError `ConsentersTooFew`, `NetworkDirectoryIncomplete`, `TopologyDiffers`, `EngineDiffers`, `DiskFull`.
 */
export async function prepare({ directory, topology, onProgress }: PrepareRequest): Promise<PrepareResult> {
  const files = new NetworkFiles(resolve(directory));
  return tellingDiskFull(files.directory, async () => {
    if (!existsSync(files.record)) {
      requireConsenters(topology ?? readTopology());
      onProgress?.({ step: 'making-identities' });
    }
    const { record, made } = await openOrMake(files.directory, topology, () => readTopology(), 'native');
    await withLock(files, async () => Promise.resolve(marketGenesis({ files, record })));
    return { directory: files.directory, made, organisations: record.topology.organisations.map(({ mspId }) => mspId) };
  });
}
