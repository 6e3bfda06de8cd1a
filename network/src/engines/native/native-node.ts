import type { ProcessOptions } from './node-process';

/** A process of a native network: an orderer, a peer, or an organisation's chaincode service. */
export interface NativeNode {
  /** The node's host name, or `chaincode.` and the organisation's domain. */
  readonly name: string;
  readonly kind: 'orderer' | 'peer' | 'chaincode';
  readonly mspId: string;
  /** Its ports on the loopback interface, by the names of the network's record. */
  readonly ports: ReadonlyMap<string, number>;
  readonly process: ProcessOptions;
  /** Writes what the process reads when it starts. */
  readonly prepare: () => Promise<void>;
  /** Whether it serves. */
  readonly isHealthy: () => Promise<boolean>;
}
