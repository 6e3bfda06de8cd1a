import { presentOrganisations, presentPeers } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { chaincodeNode } from './chaincode-node';
import { NODE_KINDS } from './fabric-node';
import type { FabricNode, NodeKind } from './fabric-node';
import { nodeReady } from './node-waiting';
import { ordererNode } from './orderer-node';
import { peerNode } from './peer-node';

/** Every node of the network that the directory has, in the order in which they are started. */
export function fabricNodes(network: OpenNetwork): readonly FabricNode[] {
  const peers = presentPeers(network.record);
  return [
    ...presentOrganisations(network.record).flatMap((organisation) => ordererNode(network, organisation) ?? []),
    ...peers.map((organisation) => peerNode(network, organisation)),
    ...peers.map((organisation) => chaincodeNode(network, organisation)),
  ];
}

/** Writes what the nodes read when they start. */
export async function prepareNodes(nodes: readonly FabricNode[]): Promise<void> {
  // A peer's builder needs what its chaincode service's preparation makes.
  for (const wanted of [...NODE_KINDS].reverse()) {
    const found = nodes.filter(({ kind }) => kind === wanted);
    await Promise.all(found.map(async (node) => node.prepare()));
  }
}

/** Returns when every node of the kind serves. @throws NetworkError `NodeNotReady`. */
export async function nodesHealthy(
  network: OpenNetwork,
  nodes: readonly FabricNode[],
  wanted: NodeKind,
): Promise<void> {
  const found = nodes.filter(({ kind }) => kind === wanted);
  await Promise.all(found.map(async (node) => nodeReady(network, node.name, 'become healthy', node.isHealthy)));
}
