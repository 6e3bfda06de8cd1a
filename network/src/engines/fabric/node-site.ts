import { posix, relative, sep } from 'node:path';
import type { NetworkFiles } from '../../directory/network-files';
import type { OpenNetwork } from '../../directory/open-network';
import { hostOf, listenAddressOf, LOOPBACK } from '../../topology';
import type { Organisation } from '../../topology';

/** The place where the nodes of a network run, as they see it: what else they are is the same in every place. */
export interface NodeSite {
  /** The address on which an organisation's node listens for others. */
  readonly listenAddress: (organisation: Organisation) => string;
  /** The address on which a node listens for its keeper, and a chaincode service for its peer. */
  readonly keeperAddress: string;
  /** The host by which others call the organisation's node of the name. */
  readonly hostOf: (organisation: Organisation, name: string) => string;
  /** The host by which a peer calls its chaincode service of the name. */
  readonly serviceHostOf: (name: string) => string;
  /** A file of the network's directory by the path that its nodes know it by. */
  readonly pathOf: (file: string) => string;
}

/** Where a container finds the network's directory: of its content, what the container's node may see. */
const IN_CONTAINER = '/network';
const EVERY_ADDRESS = '0.0.0.0';

/** Where the network's nodes run. */
export function siteOf({ files, record }: OpenNetwork): NodeSite {
  return record.engine === 'docker' ? containers(files) : THIS_MACHINE;
}

/** Processes beside this one. */
const THIS_MACHINE: NodeSite = {
  listenAddress: listenAddressOf,
  keeperAddress: LOOPBACK,
  hostOf,
  serviceHostOf: () => LOOPBACK,
  pathOf: (file) => file,
};

/** Containers on a network of their own, where each has its node's name. */
function containers({ directory }: NetworkFiles): NodeSite {
  return {
    listenAddress: () => EVERY_ADDRESS,
    keeperAddress: EVERY_ADDRESS,
    hostOf: (_, name) => name,
    serviceHostOf: (name) => name,
    pathOf: (file) => posix.join(IN_CONTAINER, ...relative(directory, file).split(sep)),
  };
}
