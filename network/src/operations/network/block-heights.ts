import { AdministrationError, ChannelClient } from '../../admin';
import { NetworkError } from '../../directory/network-error';
import { presentOrganisations } from '../../directory/network-record';
import type { OpenNetwork } from '../../directory/open-network';
import { administratorOf } from '../../directory/peer-access';
import { ordererClient } from '../../engines/fabric';
import type { Organisation } from '../../topology';
import type { Running } from './running';

const ANSWER_MS = 5_000;

/** How many blocks of the channel each node that is a process of its own has, by its name. Who does not answer is left out. */
export async function blockHeights(
  network: OpenNetwork,
  running: Running | undefined,
): Promise<ReadonlyMap<string, number>> {
  const asked = presentOrganisations(network.record).flatMap((organisation) => {
    const { peer, orderer } = organisation;
    const ofPeer = peer && { name: peer.hostname, ask: async () => heightOfPeer(network, organisation) };
    const ofOrderer = orderer && { name: orderer.hostname, ask: async () => heightOfOrderer(network, organisation) };
    return [ofPeer, ofOrderer].filter((node) => node !== undefined);
  });
  const here = asked.filter(({ name }) => running?.nodes?.has(name) === true);
  const found = await Promise.all(here.map(async ({ name, ask }) => ({ name, height: await unlessSilent(ask) })));
  return new Map(found.flatMap(({ name, height }) => (height === undefined ? [] : [[name, height]])));
}

async function heightOfPeer(network: OpenNetwork, organisation: Organisation): Promise<number> {
  const client = new ChannelClient({ ...administratorOf(network, organisation), timeoutMs: ANSWER_MS });
  try {
    return await client.height(network.record.topology.channel);
  } finally {
    client.close();
  }
}

async function heightOfOrderer(network: OpenNetwork, organisation: Organisation): Promise<number | undefined> {
  return (await ordererClient(network, organisation)?.channel(network.record.topology.channel))?.height;
}

// What hinders one node from answering is told beside: that it does not run, or that a certificate has expired.
async function unlessSilent(ask: () => Promise<number | undefined>): Promise<number | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AdministrationError || error instanceof NetworkError) return undefined;
    throw error;
  }
}
