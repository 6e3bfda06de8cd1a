import { join } from 'node:path';

const LOCK = 'operation.lock';
const SNAPSHOTS = 'snapshots';
const RESTORING = '.restoring';
const REPLACED = '.replaced';
const EXCHANGE = 'restore.json';
const PROCESS = 'process.json';
const PROCESSES = 'processes';
const LOGS = 'logs';
const STAYING = [SNAPSHOTS, RESTORING, REPLACED, LOGS, PROCESSES];
// Of these there are drafts, whose names begin alike.
const STAYING_WITH_DRAFTS = [LOCK, EXCHANGE, PROCESS];

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
    return join(this.directory, PROCESS);
  }

  /** The running processes of a network that has one for each node. */
  get processes(): string {
    return join(this.directory, PROCESSES);
  }

  /** The running schedulers of operators, whatever the engine is. */
  get schedulers(): string {
    return join(this.processes, 'schedulers');
  }

  /** Copies of the whole network, by name. */
  get snapshots(): string {
    return join(this.directory, SNAPSHOTS);
  }

  /** Present while a restored snapshot takes the place of what was there: says what is exchanged. */
  get exchange(): string {
    return join(this.directory, EXCHANGE);
  }

  /** A snapshot on its way back. */
  get restoring(): string {
    return join(this.directory, RESTORING);
  }

  /** What a restored snapshot has replaced, until all of it is. */
  get replaced(): string {
    return join(this.directory, REPLACED);
  }

  /** Whether an entry of the directory is about the network and no part of it: a snapshot neither holds nor replaces it. */
  staysInPlace(entry: string): boolean {
    return STAYING.includes(entry) || STAYING_WITH_DRAFTS.some((name) => entry.startsWith(name));
  }

  /** Held while an operation changes what runs. */
  get lock(): string {
    return join(this.directory, LOCK);
  }

  /** The engine's ledger, state and installed packages. */
  get data(): string {
    return join(this.directory, 'data');
  }

  get engineLog(): string {
    return join(this.directory, LOGS, 'engine.log');
  }

  get chaincodeLog(): string {
    return join(this.directory, LOGS, 'chaincode.log');
  }

  /** The output of a node that is a process of its own, or of a scheduler. */
  nodeLog(name: string): string {
    return join(this.directory, LOGS, `${name}.log`);
  }

  /** A node's generated configuration. */
  nodeConfiguration(name: string): string {
    return join(this.directory, 'configuration', name);
  }

  /** A node's ledger. */
  nodeData(name: string): string {
    return join(this.data, name);
  }

  /** The network as a file for Docker Compose. */
  get composeFile(): string {
    return join(this.directory, 'compose.yaml');
  }

  /** The name by which Docker knows what belongs to the network. */
  get containerProject(): string {
    return join(this.processes, 'docker-project');
  }

  /** Block 0 of the channel, with which nodes join it. */
  get genesisBlock(): string {
    return join(this.directory, 'configuration', 'genesis.block');
  }
}
