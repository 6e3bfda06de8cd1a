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
}
