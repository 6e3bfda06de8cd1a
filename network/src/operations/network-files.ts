import { join } from 'node:path';

/** Where a network's files lie in its directory. */
export class NetworkFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Topology and ports. Its presence says that the directory was made whole. */
  get record(): string {
    return join(this.directory, 'network.json');
  }

  /** The running engine process. */
  get process(): string {
    return join(this.directory, 'process.json');
  }

  /** The running processes of a network that has one for each node. */
  get processes(): string {
    return join(this.directory, 'processes');
  }

  /** Held while an operation changes what runs. */
  get lock(): string {
    return join(this.directory, 'operation.lock');
  }

  /** The engine's ledger, state and installed packages. */
  get data(): string {
    return join(this.directory, 'data');
  }

  get engineLog(): string {
    return join(this.directory, 'logs', 'engine.log');
  }

  get chaincodeLog(): string {
    return join(this.directory, 'logs', 'chaincode.log');
  }

  /** The output of a node that is a process of its own. */
  nodeLog(name: string): string {
    return join(this.directory, 'logs', `${name}.log`);
  }

  /** A node's generated configuration. */
  nodeConfiguration(name: string): string {
    return join(this.directory, 'configuration', name);
  }

  /** A node's ledger. */
  nodeData(name: string): string {
    return join(this.data, name);
  }

  /** Block 0 of the channel, with which nodes join it. */
  get genesisBlock(): string {
    return join(this.directory, 'configuration', 'genesis.block');
  }
}
