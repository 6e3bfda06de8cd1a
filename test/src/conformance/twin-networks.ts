import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  type ChaincodeDefinition,
  type ChaincodePackage,
  ChannelClient,
  type EmbeddedNetwork,
  LifecycleClient,
  type OpenNetwork,
  administratorOf,
  deployMarket,
  down,
  marketDefinition,
  marketPackage,
  nodesOf,
  openNetwork,
  startEmbedded,
  up,
} from '@kessai/network';
import { until } from '../support/until';
import { Side } from './side';
import { twinTopology } from './twin-topology';

const knownMs = 60_000;

/** What a network directory holds besides who its members are. */
const own = ['data', 'logs', 'configuration', 'processes', 'operation.lock'];

/** A native and an embedded network of the same organisations, with the same keys and certificates. */
export class TwinNetworks implements AsyncDisposable {
  /** The first block after the deployment: before it both have as many. */
  readonly firstBlock: number;
  readonly #directory: string;
  readonly #embeddedNetwork: EmbeddedNetwork;

  private constructor(
    readonly embedded: Side,
    readonly native: Side,
    firstBlock: number,
    directory: string,
    embeddedNetwork: EmbeddedNetwork,
  ) {
    this.firstBlock = firstBlock;
    this.#directory = directory;
    this.#embeddedNetwork = embeddedNetwork;
  }

  /** Both up, with the market's chaincode in the same blocks. Transactions follow one by one: see `Lockstep`. */
  static async start(further: readonly Deployment[] = []): Promise<TwinNetworks> {
    const directory = await mkdtemp(join(tmpdir(), 'kessai-conformance-'));
    const [native, embedded] = [join(directory, 'native'), join(directory, 'embedded')];
    let embeddedNetwork: EmbeddedNetwork | undefined;
    try {
      await up({ engine: 'native', directory: native, topology: twinTopology() });
      await copyMembers(native, embedded);
      embeddedNetwork = await startEmbedded({ directory: embedded });
      await Promise.all([native, embedded].map(async (one) => deployAll(openNetwork(one), further)));
      // Nothing is left to deploy, but it returns when the chaincode's services can be called.
      const network = embeddedNetwork;
      await Promise.all([network.deploy(), deployMarket({ directory: native })]);
      await knownEverywhere(openNetwork(native), further);
      network.holdBlocks();
      const sides = await Promise.all([
        Side.connect('embedded', embedded, async () => network.cutBlock()),
        Side.connect('native', native),
      ]);
      return new TwinNetworks(...sides, blocksOf(further), directory, network);
    } catch (error) {
      await embeddedNetwork?.close();
      await down({ directory: native }).catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.embedded[Symbol.dispose]();
    this.native[Symbol.dispose]();
    await this.#embeddedNetwork.close();
    await down({ directory: join(this.#directory, 'native') });
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** A chaincode beside the market's. */
export interface Deployment {
  readonly definition: ChaincodeDefinition;
  readonly package: ChaincodePackage;
  /** Whose peers run it. */
  readonly approvers: readonly string[];
}

/** The market, which all run, and what stands beside it. */
function deploymentsOf(network: OpenNetwork, further: readonly Deployment[]): readonly Deployment[] {
  const { topology } = network.record;
  const approvers = topology.organisations.map(({ mspId }) => mspId);
  return [{ definition: marketDefinition(topology), package: marketPackage(topology), approvers }, ...further];
}

/** Returns when every peer knows of whose peers run these: until then its gateway finds nobody to endorse. */
async function knownEverywhere(network: OpenNetwork, deployments: readonly Deployment[]): Promise<void> {
  const { channel, organisations } = network.record.topology;
  await Promise.all(
    organisations.map(async (organisation) => {
      const client = new ChannelClient(administratorOf(network, organisation));
      try {
        await until(knownMs, `${organisation.mspId} to know who runs the chaincodes`, async () => {
          const peers = await client.peersOf(channel);
          return deployments.every(({ definition, approvers }) =>
            approvers.every((approver) =>
              peers.some(({ mspId, chaincodes }) => mspId === approver && chaincodes.includes(definition.name)),
            ),
          );
        });
      } finally {
        client.close();
      }
    }),
  );
}

/** How many blocks there are after the deployment: the configuration, and of each chaincode the approvals and the commitment. */
function blocksOf(further: readonly Deployment[]): number {
  const approvals = [twinTopology().organisations, ...further.map(({ approvers }) => approvers)];
  return 1 + approvals.reduce((blocks, { length }) => blocks + length + 1, 0);
}

/** Makes an embedded network's directory of a native one's: the same members, at ports of its own. */
async function copyMembers(native: string, embedded: string): Promise<void> {
  await cp(native, embedded, { recursive: true, filter: (source) => !own.includes(basename(source)) });
  const file = join(embedded, 'network.json');
  const record = JSON.parse(await readFile(file, 'utf8')) as OpenNetwork['record'];
  const hostnames = record.topology.organisations.flatMap(nodesOf);
  const names = [...hostnames.map(({ hostname }) => hostname), 'chaincode'];
  const ports = await freePorts(names.length);
  const changed = {
    ...record,
    engine: 'embedded',
    ports: Object.fromEntries(names.map((name, index) => [name, ports[index]])),
  };
  await writeFile(file, JSON.stringify(changed));
}

/** The system chooses them all at once, so that no two are the same. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map(async (server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Deploys with one transaction at a time, so that each is a block of its own: a transaction of the chaincode reads the version under
 * which its definition was committed.
 */
async function deployAll(network: OpenNetwork, further: readonly Deployment[]): Promise<void> {
  const { channel, organisations } = network.record.topology;
  const clients = organisations.map(
    (organisation) => new LifecycleClient(channel, administratorOf(network, organisation)),
  );
  try {
    for (const deployment of deploymentsOf(network, further)) {
      const approving = clients.filter(({ mspId }) => deployment.approvers.includes(mspId));
      for (const client of approving) {
        await client.install(deployment.package);
        await client.approve(deployment.definition, 1, deployment.package.packageId);
      }
      const [first, ...others] = approving;
      await first?.commit(deployment.definition, 1, others);
    }
  } finally {
    for (const client of clients) client.close();
  }
}
