import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NetworkFiles } from '../../directory/network-files';
import { networkNodes, schedulerNodes } from '../../directory/network-nodes';
import type { NetworkNode, ProcessKind } from '../../directory/network-nodes';
import type { NetworkRecord } from '../../directory/network-record';
import { runningSchedulers } from '../schedulers/schedulers';
import { blockHeights } from './block-heights';
import { listProcesses, useWithDescendants } from './process-use';
import type { ListedProcess, ProcessUse } from './process-use';
import type { Running } from './running';

/** What a node uses. What is not known of it is left out, as of one that does not run all but its data. */
export interface NodeUse extends ProcessUse {
  /** Bytes of its ledger on disk; a chaincode service or a scheduler has none. */
  readonly dataBytes?: number;
  /** Blocks of the channel that it has, where it is a process of its own. */
  readonly blocks?: number;
}

export interface TotalUse {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly dataBytes: number;
}

export interface ResourceUse {
  /** By the names of `logs`. */
  readonly nodes: Readonly<Record<string, NodeUse>>;
  /** Of all processes of a kind together. */
  readonly groups: Readonly<Partial<Record<ProcessKind, TotalUse>>>;
  readonly totals: TotalUse;
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
  const schedulers = runningSchedulers(files);
  const [processes, heights] = await Promise.all([
    known || schedulers.size > 0 ? listProcesses() : [],
    blockHeights({ files, record }, running),
  ]);
  const ofNodes = known ? processes : [];
  const scheduled = schedulerNodes(record).filter(({ name }) => schedulers.has(name));
  const entries = await Promise.all(
    [...networkNodes(record), ...scheduled].map(async (node): Promise<[NetworkNode, NodeUse]> => {
      const data = dataOf(files, record, node);
      const dataBytes = data === undefined ? undefined : await sizeOf(data);
      const blocks = heights.get(node.name);
      const scheduler = schedulers.get(node.name)?.pid;
      return [
        node,
        {
          ...(scheduler === undefined ? useOf(node, running, ofNodes) : useWithDescendants(processes, scheduler)),
          ...(dataBytes === undefined ? {} : { dataBytes }),
          ...(blocks === undefined ? {} : { blocks }),
        },
      ];
    }),
  );
  const groups = new Map(
    entries.map(([{ kind }]) => [kind, totalOf(entries.filter(([node]) => node.kind === kind).map(([, use]) => use))]),
  );
  return {
    nodes: Object.fromEntries(entries.map(([{ name }, use]) => [name, use])),
    groups: Object.fromEntries(groups),
    totals: totalOf(entries.map(([, use]) => use)),
  };
}

function totalOf(uses: readonly NodeUse[]): TotalUse {
  const total = (of: keyof TotalUse): number => uses.reduce((sum, use) => sum + (use[of] ?? 0), 0);
  return { cpuSeconds: total('cpuSeconds'), residentBytes: total('residentBytes'), dataBytes: total('dataBytes') };
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
  if (kind === 'chaincode' || kind === 'scheduler') return undefined;
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
