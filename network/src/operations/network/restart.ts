import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import { dockerRestarter } from '../../engines/docker';
import type { NodeRestarter } from '../../engines/fabric';
import { findFabricPrograms, nativeRestarter } from '../../engines/native';
import { uninterrupted } from '../../interruption';
import { endNodes } from './down';
import { startEngineProcess } from './start-engine-process';

/** How nodes of a network of real Fabric are restarted. @throws NetworkError `FabricMissing`, `FabricTooOld`. */
export async function restarterOf(network: OpenNetwork): Promise<NodeRestarter> {
  return network.record.engine === 'docker'
    ? dockerRestarter(network)
    : nativeRestarter(network, await findFabricPrograms());
}

/** Ends the embedded engine and starts it again, with the identities that are there now. */
export async function restartEngine(network: OpenNetwork, onProgress: OnProgress | undefined): Promise<void> {
  onProgress?.({ step: 'restarting-node', name: 'the engine' });
  await uninterrupted(async () => {
    await endNodes(network);
    await startEngineProcess(network.files, undefined);
  });
}
