import { readFileSync } from 'node:fs';
import { ChannelClient } from '../../admin';
import { OrganisationFiles, signingCertificateFile } from '../../identities';
import { NetworkError } from '../../directory/network-error';
import { presentPeers } from '../../directory/network-record';
import { administratorOf } from '../../directory/peer-access';
import type { OpenNetwork } from '../../directory/open-network';
import type { OnProgress } from '../../directory/progress';
import { safePoint } from '../../interruption';
import type { Organisation } from '../../topology';
import type { FabricNode } from './fabric-node';
import { fabricNodes } from './fabric-nodes';
import { joinOrderers, peersInTouch, peersOf } from './join-channel';
import { marketGenesis } from './market-channel';
import { nodeReady } from './node-waiting';
import { othersInTouch } from './other-machines';

/** How one node is ended and started again. */
export interface NodeRestarter {
  /** Returns when the node has been started, before it serves. */
  readonly restart: (node: FabricNode) => Promise<void>;
}

/**
 * Restarts orderers and peers, one at a time. The next one ends only when the one before serves again with all of the channel's
 * blocks: there are never two orderers away at once.
 *
 * @param running the nodes of the network that run.
 * @returns their names, in the order in which they were restarted.
 * @throws NetworkError `NodesNotRunning` before anything is ended where another node is away already; `NodeNotReady`, after which
 * the rest still runs as before.
 */
export async function restartInTurn(
  network: OpenNetwork,
  restarter: NodeRestarter,
  running: ReadonlySet<string>,
  names: ReadonlySet<string>,
  onProgress?: OnProgress,
): Promise<readonly string[]> {
  const nodes = fabricNodes(network).filter(({ kind }) => kind !== 'chaincode');
  const wanted = nodes.filter(({ name }) => names.has(name));
  if (wanted.length === 0) return [];
  requireAllRunning(running, nodes);
  const deployed = await isDeployed(network);
  for (const node of wanted) {
    safePoint();
    onProgress?.({ step: 'restarting-node', name: node.name });
    await restarter.restart(node);
    await servesAgain(network, node, deployed);
  }
  return wanted.map(({ name }) => name);
}

function requireAllRunning(running: ReadonlySet<string>, nodes: readonly FabricNode[]): void {
  const away = nodes.map(({ name }) => name).filter((name) => !running.has(name));
  if (away.length === 0) return;
  throw new NetworkError(
    'NodesNotRunning',
    `nodes are restarted one at a time, and ${away.join(', ')} ${away.length === 1 ? 'does' : 'do'} not run`,
    'Run up first, then this command again.',
    { nodes: away },
  );
}

async function servesAgain(network: OpenNetwork, node: FabricNode, deployed: boolean): Promise<void> {
  await nodeReady(network, node.name, 'become healthy', node.isHealthy);
  // Nothing is joined: this returns when every orderer takes part with all blocks.
  if (node.kind === 'orderer') await joinOrderers(network, marketGenesis(network));
  else await peerKnown(network, node, deployed);
}

/** Whether peers tell each other that they can run the chaincode. */
async function isDeployed(network: OpenNetwork): Promise<boolean> {
  const { channel, chaincode } = network.record.topology;
  const [first] = presentPeers(network.record);
  if (first === undefined) return false;
  const client = new ChannelClient(administratorOf(network, first));
  try {
    return (await peersOf(client, channel)).some(({ chaincodes }) => chaincodes.includes(chaincode.name));
  } finally {
    client.close();
  }
}

// A peer with a renewed certificate is another one to the others: what they know of the one before does not count.
async function peerKnown(network: OpenNetwork, node: FabricNode, deployed: boolean): Promise<void> {
  const { channel, chaincode } = network.record.topology;
  const own = new OrganisationFiles(network.files.directory, node.organisation);
  const certificate = readFileSync(signingCertificateFile(own.peer().msp), 'utf8');
  const knows = async (organisation: Organisation): Promise<boolean> => {
    const client = new ChannelClient(administratorOf(network, organisation));
    try {
      const found = (await peersOf(client, channel)).find((peer) => peer.certificate.trim() === certificate.trim());
      return found !== undefined && (!deployed || found.chaincodes.includes(chaincode.name));
    } finally {
      client.close();
    }
  };
  await peersInTouch(network);
  await nodeReady(network, node.name, 'be known to every other peer with its chaincode', async () =>
    (await Promise.all(presentPeers(network.record).map(knows))).every(Boolean),
  );
  await othersInTouch(network);
}
