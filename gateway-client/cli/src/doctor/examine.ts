import { type Topology, readTopology } from '@kessai/network';
import { certificates } from './certificates';
import type { Check } from './check';
import { dockerChecks, fabricProgram, topologyPorts } from './fabric-checks';
import { machinesInReach } from './other-machines';
import { disk, fileHandles, loopback, memory, networkInterface, node, shell } from './machine-checks';

export interface ExamineRequest {
  /** Where a network would lie. */
  readonly directory: string;
  /** Undefined takes the market's that ships. */
  readonly topology?: Topology;
}

/** Everything that matters to a network on this machine; nothing is changed. */
export async function examine({ directory, topology }: ExamineRequest): Promise<readonly Check[]> {
  const [all, native, docker, machines] = await Promise.all([
    Promise.all([loopback(), topologyPorts(topology ?? readTopology()), disk(directory)]),
    Promise.all([fabricProgram('peer'), fabricProgram('orderer'), fileHandles()]),
    dockerChecks(),
    machinesInReach(directory),
  ]);
  return [
    node(process.versions.node),
    ...all,
    memory(),
    ...native,
    shell(),
    networkInterface(),
    ...docker,
    ...certificates(directory),
    ...machines,
  ];
}
