import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import { safePoint, uninterrupted } from '../../interruption';
import { chaincodeProgram } from '../fabric/chaincode-program';
import type { FabricNode } from '../fabric/fabric-node';
import type { NodeRestarter } from '../fabric/restart-in-turn';
import { settlePorts, startNodes } from '../fabric/start-nodes';
import type { FabricPrograms } from './fabric-programs';
import { endProcesses, runningProcesses, startProcess } from '../../directory/node-process';
import type { NodeProcess, ProcessOptions } from '../../directory/node-process';

export interface StartNativeRequest {
  readonly programs: FabricPrograms;
  /** Another chaincode program than Kessai's. */
  readonly chaincodeProgram?: string;
  readonly onProgress?: OnProgress;
}

/**
 * Starts what does not run of the network's processes, and returns when all of it serves.
 *
 * @param organisation the MSP id of an organisation whose nodes alone are started, joined and waited for, while the others serve.
 * @returns the names of the nodes that were started.
 * @throws what `startNodes` does, and NetworkError `ChaincodeProgramMissing`.
 */
export async function startNative(
  network: OpenNetwork,
  request: StartNativeRequest,
  organisation?: string,
): Promise<readonly string[]> {
  const { files } = network;
  const chaincode = request.chaincodeProgram ?? chaincodeProgram();
  const started: NodeProcess[] = [];
  return startNodes(network, new Set(runningProcesses(files).keys()), {
    start: async (nodes) => {
      for (const node of nodes) {
        safePoint();
        started.push(await startProcess(files, node.name, processOf(node, request.programs, chaincode)));
      }
    },
    undo: async () => endProcesses(files, started),
    restart: nativeRestarter(network, request.programs).restart,
    organisation,
  });
}

/** The process that is a node. */
export function processOf(
  { kind, environment }: Pick<FabricNode, 'kind' | 'environment'>,
  programs: FabricPrograms,
  chaincode: string,
): ProcessOptions {
  switch (kind) {
    case 'orderer':
      return { program: programs.orderer.path, args: ['start'], environment };
    case 'peer':
      return { program: programs.peer.path, args: ['node', 'start'], environment };
    case 'chaincode':
      return { program: process.execPath, args: [chaincode], environment };
  }
}

/** Ends the processes that the network's directory has on record, and only those; of them those of the names alone, where any is given. */
export async function stopNative({ files }: OpenNetwork, names?: readonly string[]): Promise<void> {
  const running = [...runningProcesses(files).values()];
  await endProcesses(
    files,
    running.filter(({ name }) => names === undefined || names.includes(name)),
  );
}

/** Restarts a node by ending its process and starting another one; both, or neither. */
export function nativeRestarter({ files }: OpenNetwork, programs: FabricPrograms): NodeRestarter {
  return {
    restart: async (node) =>
      uninterrupted(async () => {
        const running = runningProcesses(files).get(node.name);
        if (running !== undefined) await endProcesses(files, [running]);
        await settlePorts([node]);
        await node.prepare();
        await startProcess(files, node.name, processOf(node, programs, chaincodeProgram()));
      }),
  };
}
