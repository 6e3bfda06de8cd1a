import { organisationsElsewhere } from '../../directory/network-part';
import { openNetwork } from '../../directory/open-network';
import { nodesInReach } from '../../engines/fabric';
import type { ReachedNode } from '../../engines/fabric';

/**
 * Tries to connect to the nodes of organisations whose parts are on other machines; none where all are in the directory.
 *
 * @throws NetworkError `NetworkDirectoryAbsent`, `NetworkDirectoryIncomplete`.
 */
export async function otherMachines({ directory }: { readonly directory: string }): Promise<readonly ReachedNode[]> {
  const network = openNetwork(directory);
  return nodesInReach(network, organisationsElsewhere(network.record));
}
