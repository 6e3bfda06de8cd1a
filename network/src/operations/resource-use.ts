import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { blockHeights } from './block-heights';
import type { NetworkFiles } from './network-files';
import { networkNodes } from './network-nodes';
import type { NetworkNode } from './network-nodes';
import type { NetworkRecord } from './network-record';
import { listProcesses, useWithDescendants } from './process-use';
import type { ListedProcess, ProcessUse } from './process-use';
import type { Running } from './running';

/** What a node uses. What is not known of it is left out, as of one that does not run all but its data. */
export interface NodeUse extends ProcessUse {
  /** Bytes of its ledger on disk; a chaincode service has none. */
  readonly dataBytes?: number;
  /** Blocks of the channel that it has, where it is a process of its own. */
  readonly blocks?: number;
}

export interface ResourceUse {
  /** By the names of `logs`. */
  readonly nodes: Readonly<Record<string, NodeUse>>;
  readonly totals: { readonly cpuSeconds: number; readonly residentBytes: number; readonly dataBytes: number };
}

const DISK_BLOCK_BYTES = 512;

/** What a network's processes use, and its data. */
export async function resourceUse(
  files: NetworkFiles,
  record: NetworkRecord,
  running: Running | undefined,
): Promise<ResourceUse> {
  // Elsewhere than on Linux, Docker's processes are those of a machine within this one.
  const known = running !== undefined && (record.engine !== 'docker' || process.platform === 'linux');
  const [processes, heights] = await Promise.all([
    known ? listProcesses() : [],
    blockHeights({ files, record }, running),
  ]);
  const entries = await Promise.all(
    networkNodes(record).map(async (node): Promise<[string, NodeUse]> => {
      const data = dataOf(files, record, node);
      const dataBytes = data === undefined ? undefined : await sizeOf(data);
      const blocks = heights.get(node.name);
      return [
        node.name,
        {
          ...useOf(node, running, processes),
          ...(dataBytes === undefined ? {} : { dataBytes }),
          ...(blocks === undefined ? {} : { blocks }),
        },
      ];
    }),
  );
  const total = (of: keyof ResourceUse['totals']): number => entries.reduce((sum, [, use]) => sum + (use[of] ?? 0), 0);
  return {
    nodes: Object.fromEntries(entries),
    totals: {
      cpuSeconds: total('cpuSeconds'),
      residentBytes: total('residentBytes'),
      dataBytes: total('dataBytes'),
    },
  };
}

function useOf(
  { name, kind }: NetworkNode,
  running: Running | undefined,
  processes: readonly ListedProcess[],
): ProcessUse {
  const engine = running?.pid;
  if (engine === undefined) return useWithDescendants(processes, running?.nodes?.get(name) ?? 0);
  // The chaincode service of an embedded network is all that the engine starts.
  const service = processes.find(({ parent }) => parent === engine);
  if (kind === 'chaincode') return useWithDescendants(processes, service?.pid ?? 0);
  const own = processes.filter(({ pid }) => pid === engine);
  return useWithDescendants(own, engine);
}

function dataOf(files: NetworkFiles, { engine }: NetworkRecord, { name, kind }: NetworkNode): string | undefined {
  if (kind === 'chaincode') return undefined;
  return engine === 'embedded' ? files.data : files.nodeData(name);
}

// What a running node removes meanwhile takes no room; undefined where there is nothing at all.
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory()) return found.blocks * DISK_BLOCK_BYTES;
    const sizes = await Promise.all((await readdir(path)).map(async (name) => sizeOf(join(path, name))));
    return sizes.reduce((sum: number, size) => sum + (size ?? 0), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
