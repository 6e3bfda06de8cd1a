import type { OpenNetwork } from '../../operations/open-network';
import { chaincodeNode } from './chaincode-node';
import type { FabricPrograms } from './fabric-programs';
import type { NativeNode } from './native-node';
import { ordererNode } from './orderer-node';
import { peerNode } from './peer-node';

/** Every process of the network, in the order in which they are started. */
export function nativeNodes(
  network: OpenNetwork,
  programs: FabricPrograms,
  chaincodeProgram?: string,
): readonly NativeNode[] {
  const { organisations } = network.record.topology;
  return [
    ...organisations.flatMap((organisation) => ordererNode(network, organisation, programs.orderer) ?? []),
    ...organisations.map((organisation) => peerNode(network, organisation, programs.peer)),
    ...organisations.map((organisation) => chaincodeNode(network, organisation, chaincodeProgram)),
  ];
}
