import { posix, relative, sep } from 'node:path';
import { LOOPBACK } from '../../operations/free-ports';
import type { NetworkFiles } from '../../operations/network-files';
import type { OpenNetwork } from '../../operations/open-network';

/** The place where the nodes of a network run, as they see it: what else they are is the same in every place. */
export interface NodeSite {
  /** The address on which a node listens. */
  readonly listenAddress: string;
  /** The host by which nodes call the node of the name. */
  readonly hostOf: (name: string) => string;
  /** A file of the network's directory by the path that its nodes know it by. */
  readonly pathOf: (file: string) => string;
}

/** Where a container finds the network's directory: of its content, what the container's node may see. */
const IN_CONTAINER = '/network';

/** Where the network's nodes run. */
export function siteOf({ files, record }: OpenNetwork): NodeSite {
  return record.engine === 'docker' ? containers(files) : THIS_MACHINE;
}

/** Processes beside this one. */
const THIS_MACHINE: NodeSite = {
  listenAddress: LOOPBACK,
  hostOf: () => LOOPBACK,
  pathOf: (file) => file,
};

/** Containers on a network of their own, where each has its node's name. */
function containers({ directory }: NetworkFiles): NodeSite {
  return {
    listenAddress: '0.0.0.0',
    hostOf: (name) => name,
    pathOf: (file) => posix.join(IN_CONTAINER, ...relative(directory, file).split(sep)),
  };
}
