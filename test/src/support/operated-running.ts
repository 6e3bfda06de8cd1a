import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Profile } from '@kessai/gateway-client';
import {
  type Engine,
  type Organisation,
  type UpRequest,
  deployMarket,
  down,
  exportProfile,
  openNetwork,
  readTopology,
  runningOf,
  up,
} from '@kessai/network';
import { PeerHeights } from './peer-heights';
import type { RunningNetwork } from './running-network';

const endMs = 30_000;

type ChaincodeChoice = Pick<UpRequest, 'chaincodeProgram'>;

/** A network whose nodes are processes of their own, run by the same operations as an administrator's. */
export class OperatedRunning implements RunningNetwork {
  readonly #engine: Engine;
  readonly #directory: string;
  readonly #chaincode: ChaincodeChoice;
  #heights: PeerHeights | undefined;

  private constructor(engine: Engine, directory: string, chaincode: ChaincodeChoice) {
    this.#engine = engine;
    this.#directory = directory;
    this.#chaincode = chaincode;
  }

  /** @param chaincodeProgram another one than the market's. */
  static async start(
    engine: Engine,
    directory: string,
    organisations?: readonly Organisation[],
    chaincodeProgram?: string,
  ): Promise<OperatedRunning> {
    const topology = organisations === undefined ? {} : { topology: { ...readTopology(), organisations } };
    const chaincode = chaincodeProgram === undefined ? {} : { chaincodeProgram };
    await up({ engine, directory, ...topology, ...chaincode });
    return new OperatedRunning(engine, directory, chaincode);
  }

  get organisations(): readonly Organisation[] {
    return openNetwork(this.#directory).record.topology.organisations;
  }

  profile(mspId: string, user?: string): Profile {
    return exportProfile({ directory: this.#directory, mspId, ...(user === undefined ? {} : { user }) });
  }

  async deploy(): Promise<void> {
    await deployMarket({ directory: this.#directory });
  }

  nodes(): Readonly<Record<string, number | null>> {
    const { files, record } = openNetwork(this.#directory);
    const running = runningOf(files, record)?.nodes;
    const names = record.topology.organisations.flatMap(({ domain, peer, orderer }) => [
      ...(orderer === undefined ? [] : [orderer.hostname]),
      ...(peer === undefined ? [] : [peer.hostname, chaincodeOf(domain)]),
    ]);
    return Object.fromEntries(names.map((name) => [name, running?.get(name) ?? null]));
  }

  // The node's own process keeps one that works, and replaces it when it ends.
  chaincodePid(mspId: string): number | undefined {
    const keeper = this.nodes()[this.#chaincodeOf(mspId)];
    if (keeper === undefined || keeper === null) return undefined;
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return rows.find(([, parent]) => parent === keeper)?.[0];
  }

  async caughtUp(height?: bigint): Promise<void> {
    this.#heights ??= new PeerHeights(this.#directory, (hostname) => typeof this.nodes()[hostname] === 'number');
    await this.#heights.reach(height);
  }

  async silence(mspId: string): Promise<void> {
    const name = this.#chaincodeOf(mspId);
    const pid = this.nodes()[name];
    if (pid === undefined || pid === null) throw new Error(`${name} does not run`);
    if (this.#engine === 'docker') this.#stopContainer(name);
    else process.kill(pid, 'SIGTERM');
    const until = performance.now() + endMs;
    while (this.nodes()[name] !== null) {
      if (performance.now() > until) throw new Error(`${name} has not ended after ${(endMs / 1000).toString()} s`);
      await wait(20);
    }
  }

  async mend(): Promise<void> {
    await this.open();
  }

  async close(): Promise<void> {
    this.#heights?.close();
    this.#heights = undefined;
    await down({ directory: this.#directory });
  }

  async open(): Promise<void> {
    await up({ engine: this.#engine, directory: this.#directory, ...this.#chaincode });
  }

  // Docker starts a container again unless it was Docker that stopped it.
  #stopContainer(name: string): void {
    const project = readFileSync(openNetwork(this.#directory).files.containerProject, 'utf8').trim();
    const labels = [`project=${project}`, `service=${name}`].flatMap((is) => [
      '--filter',
      `label=com.docker.compose.${is}`,
    ]);
    const id = execFileSync('docker', ['ps', '--quiet', ...labels], { encoding: 'utf8' }).trim();
    execFileSync('docker', ['stop', id]);
  }

  #chaincodeOf(mspId: string): string {
    const domain = this.organisations.find((organisation) => organisation.mspId === mspId)?.domain;
    if (domain === undefined) throw new Error(`${mspId} is not in this network`);
    return chaincodeOf(domain);
  }
}

function chaincodeOf(domain: string): string {
  return `chaincode.${domain}`;
}
