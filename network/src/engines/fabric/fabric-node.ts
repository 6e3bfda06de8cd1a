import type { Organisation } from '../../topology';

export const NODE_KINDS = ['orderer', 'peer', 'chaincode'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/**
 * How soon after one ping a node takes the next; pings that come earlier end the connection, and the calls under way on it. A peer's
 * gateway pings its silent connections to orderers and other peers every ten seconds, which no setting changes, and Fabric's own limit
 * is a minute: so these connections ended again and again.
 */
export const SHORTEST_PING_INTERVAL = '5s';

/**
 * The largest message that a node takes, before anything of it is read; Fabric's own limit is 100 MiB. The gateway, endorsers and the
 * exchange of private data between peers share it, so it is not that of a request: a stored page may be 32 Mi characters long
 * (`maxStoredLength`), and a transaction 10 MiB.
 */
export const LARGEST_MESSAGE_BYTES = 48 * 1024 * 1024;

/** A node of a network of real Fabric: an orderer, a peer, or an organisation's chaincode service. */
export interface FabricNode {
  /** The node's host name, or `chaincode.` and the organisation's domain. */
  readonly name: string;
  readonly kind: NodeKind;
  readonly organisation: Organisation;
  /** Its ports, by the names of the network's record. */
  readonly ports: ReadonlyMap<string, number>;
  /** What it is started with, beside its configuration file. Paths are those that it sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folders of the network's directory that it reads. */
  readonly reads: readonly string[];
  /** The folder of the network's directory that it writes, if it does. */
  readonly writes: string | undefined;
  /** Writes what it reads when it starts. */
  readonly prepare: () => Promise<void>;
  /** Whether it serves. */
  readonly isHealthy: () => Promise<boolean>;
}
