import { isFree, requireFree } from '../../operations/free-ports';
import type { OpenNetwork } from '../../operations/open-network';
import { poll } from '../../operations/poll';
import type { OnProgress } from '../../operations/progress';
import type { FabricPrograms } from './fabric-programs';
import { joinOrderers, joinPeers, peersInTouch } from './join-channel';
import { marketGenesis } from './market-channel';
import type { NativeNode } from './native-node';
import { nativeNodes } from './native-nodes';
import { endProcesses, runningProcesses, startProcess } from './node-process';
import type { NodeProcess } from './node-process';
import { nodeReady } from './node-waiting';

export interface StartNativeRequest {
  readonly programs: FabricPrograms;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
  /** The MSP id of an organisation whose nodes alone are started, joined and waited for, while the others serve. */
  readonly organisation?: string;
}

const PORTS_MS = 5_000;

/**
 * Starts what does not run of the network's processes, and returns when all of it serves. A network that was cut off while it
 * started, or lost some of its processes, is made whole; what runs goes on undisturbed.
 *
 * @returns the names of the nodes that were started.
 * @throws NetworkError `PortInUse`, `NodeNotReady`, `ConsentersTooFew`; AdministrationError. What was started is ended then.
 */
export async function startNative(network: OpenNetwork, request: StartNativeRequest): Promise<readonly string[]> {
  const { organisation } = request;
  const all = nativeNodes(network, request.programs, request.chaincodeProgram);
  const nodes = all.filter(({ mspId }) => organisation === undefined || mspId === organisation);
  const running = runningProcesses(network.files);
  const absent = nodes.filter(({ name }) => !running.has(name));
  const started: NodeProcess[] = [];
  try {
    await settlePorts(absent);
    const genesis = marketGenesis(network);
    await prepare(absent);
    const start = async (kinds: readonly NativeNode['kind'][]): Promise<void> => {
      for (const { name, kind, process } of absent) {
        if (kinds.includes(kind)) started.push(await startProcess(network.files, name, process));
      }
    };
    await start(['orderer', 'peer']);
    await Promise.all([
      healthy(network, nodes, 'orderer').then(async () => joinOrderers(network, genesis, organisation)),
      healthy(network, nodes, 'peer').then(async () => joinPeers(network, genesis, organisation)),
    ]);
    // Chaincode services come last: they would slow the others' start, and are not called before.
    await start(['chaincode']);
    await Promise.all([peersInTouch(network), healthy(network, nodes, 'chaincode')]);
    return absent.map(({ name }) => name);
  } catch (error) {
    await endProcesses(network.files, started);
    throw error;
  }
}

// The ports of a process that was killed a moment ago come free by themselves.
async function settlePorts(nodes: readonly NativeNode[]): Promise<void> {
  const ports = new Map(nodes.flatMap((node) => [...node.ports]));
  await poll(PORTS_MS, async () => (await Promise.all([...ports.values()].map(isFree))).every(Boolean));
  await requireFree(ports);
}

async function prepare(nodes: readonly NativeNode[]): Promise<void> {
  const kinds: readonly NativeNode['kind'][] = ['chaincode', 'orderer', 'peer'];
  // A peer's builder needs what its chaincode service's preparation makes.
  for (const wanted of kinds) {
    await Promise.all(nodes.filter(({ kind }) => kind === wanted).map(async (node) => node.prepare()));
  }
}

async function healthy(network: OpenNetwork, nodes: readonly NativeNode[], wanted: NativeNode['kind']): Promise<void> {
  const found = nodes.filter(({ kind }) => kind === wanted);
  await Promise.all(found.map(async (node) => nodeReady(network.files, node.name, 'become healthy', node.isHealthy)));
}

/** Ends the processes that the network's directory has on record, and only those. */
export async function stopNative({ files }: OpenNetwork): Promise<readonly string[]> {
  const running = [...runningProcesses(files).values()];
  await endProcesses(files, running);
  return running.map(({ name }) => name);
}
