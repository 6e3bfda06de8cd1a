import { isFree, requireFree } from '../../directory/free-ports';
import type { OpenNetwork } from '../../directory/open-network';
import { safePoint, uninterrupted } from '../../interruption';
import { poll } from '../../poll';
import { listenAddressOf, LOOPBACK } from '../../topology';
import { fabricNodes, nodesHealthy, prepareNodes } from './fabric-nodes';
import type { FabricNode, NodeKind } from './fabric-node';
import { joinOrderers, joinPeers, peersInTouch } from './join-channel';
import { marketGenesis } from './market-channel';
import { nodeReady } from './node-waiting';
import type { NodeRestarter } from './restart-in-turn';

const PORTS_MS = 5_000;

/** What an engine does to have nodes that run. */
export interface NodeStarter extends NodeRestarter {
  /** Starts the nodes, of which none runs and all are prepared. */
  readonly start: (nodes: readonly FabricNode[]) => Promise<void>;
  /** Ends those of them that it started, since another did not come up. */
  readonly undo: () => Promise<void>;
  /** The MSP id of an organisation whose nodes alone are started, joined and waited for, while the others serve. */
  readonly organisation?: string | undefined;
}

/**
 * Starts what does not run of the network's nodes, and returns when all of it serves. A network that was cut off while it
 * started, or lost some of its nodes, is made whole; what runs goes on undisturbed, but for an orderer that stands still: it is
 * started again.
 *
 * @returns the names of the nodes that were started.
 * @throws NetworkError `PortInUse`, `NodeNotReady`, `ConsentersTooFew`; AdministrationError. What was started is ended then.
 */
export async function startNodes(
  network: OpenNetwork,
  running: ReadonlySet<string>,
  starter: NodeStarter,
): Promise<readonly string[]> {
  const { organisation } = starter;
  const nodes = fabricNodes(network).filter(
    (node) => organisation === undefined || node.organisation.mspId === organisation,
  );
  const absent = nodes.filter(({ name }) => !running.has(name));
  const restarted: string[] = [];
  // An orderer can run and take no part any more: what it was doing when its view was given up is waited for without an end.
  const restart = async (name: string): Promise<void> => {
    const node = nodes.find((one) => one.name === name);
    if (node === undefined) throw new RangeError(`${name} is no node of the network`);
    await starter.restart(node);
    await nodeReady(network, name, 'become healthy', node.isHealthy);
    if (!absent.includes(node)) restarted.push(name);
  };
  try {
    await settlePorts(absent);
    const genesis = marketGenesis(network);
    await prepareNodes(absent);
    safePoint();
    const start = async (kinds: readonly NodeKind[]): Promise<void> =>
      starter.start(absent.filter(({ kind }) => kinds.includes(kind)));
    await start(['orderer', 'peer']);
    await Promise.all([
      nodesHealthy(network, nodes, 'orderer').then(async () =>
        joinOrderers(network, genesis, organisation, { restart }),
      ),
      nodesHealthy(network, nodes, 'peer').then(async () => joinPeers(network, genesis, organisation)),
    ]);
    // Chaincode services come last: they would slow the others' start, and are not called before.
    await start(['chaincode']);
    await Promise.all([peersInTouch(network), nodesHealthy(network, nodes, 'chaincode')]);
    return [...absent.map(({ name }) => name), ...restarted];
  } catch (error) {
    await uninterrupted(starter.undo);
    throw error;
  }
}

/**
 * Waits for the nodes' ports: those of a process that was killed a moment ago come free by themselves.
 *
 * @throws NetworkError `PortInUse`, `AddressUnavailable`.
 */
export async function settlePorts(nodes: readonly FabricNode[]): Promise<void> {
  const ports = new Map(nodes.flatMap((node) => [...node.ports]));
  // A node has one port for others; its keeper's and a chaincode service's are on the loopback interface.
  const forOthers = nodes.filter(({ kind }) => kind !== 'chaincode');
  const addresses = new Map(forOthers.map(({ name, organisation }) => [name, listenAddressOf(organisation)]));
  const addressOf = (name: string): string => addresses.get(name) ?? LOOPBACK;
  const allFree = async (): Promise<boolean> =>
    (await Promise.all([...ports].map(async ([name, port]) => isFree(port, addressOf(name))))).every(Boolean);
  await poll(PORTS_MS, allFree);
  await requireFree(ports, addressOf);
}
