import { readFileSync } from 'node:fs';
import type { common } from '@hyperledger/fabric-protos';
import { AdministrationError, ChannelClient, OrdererClient } from '../../admin';
import { OrganisationFiles } from '../../identities';
import { LOOPBACK } from '../../operations/free-ports';
import { portNames, portOf } from '../../operations/network-record';
import { administratorOf } from '../../operations/open-network';
import type { OpenNetwork } from '../../operations/open-network';
import type { Organisation } from '../../topology';
import { nodeReady } from './node-waiting';

/** Joins every orderer, or that of one organisation, to the channel, and returns when it orders. */
export async function joinOrderers(network: OpenNetwork, genesis: common.Block, only?: string): Promise<boolean> {
  const { channel, organisations } = network.record.topology;
  const orderers = organisations.filter(among(only)).flatMap((organisation) => {
    const client = ordererClient(network, organisation);
    return client === undefined ? [] : [{ client, name: organisation.orderer?.hostname ?? '' }];
  });
  const joined = await Promise.all(
    orderers.map(async ({ client }) => (await client.channel(channel)) === undefined && (await client.join(genesis))),
  );
  const heights = await Promise.all(orderers.map(async ({ client }) => (await client.channel(channel))?.height ?? 0));
  const highest = Math.max(...heights);
  await Promise.all(
    orderers.map(async ({ client, name }) =>
      nodeReady(network, name, `take part in the channel ${channel} with all of its blocks`, async () => {
        const found = await client.channel(channel);
        return found?.status === 'active' && found.height >= highest;
      }),
    ),
  );
  return joined.includes(true);
}

/** Administration of an organisation's orderer, with the orderer's own TLS identity; undefined where it runs none. */
export function ordererClient({ files, record }: OpenNetwork, organisation: Organisation): OrdererClient | undefined {
  const { orderer, mspId } = organisation;
  const own = new OrganisationFiles(files.directory, organisation).orderer();
  if (orderer === undefined || own === undefined) return undefined;
  return new OrdererClient({
    mspId,
    host: LOOPBACK,
    port: portOf(record, { hostname: portNames.administration(orderer) }),
    hostname: orderer.hostname,
    tlsRootCertificate: readFileSync(own.tlsRoot, 'utf8'),
    clientCertificate: readFileSync(own.tlsCertificate, 'utf8'),
    clientKey: readFileSync(own.tlsKey, 'utf8'),
  });
}

/** Joins every peer, or that of one organisation, to the channel. */
export async function joinPeers(network: OpenNetwork, genesis: common.Block, only?: string): Promise<boolean> {
  const { channel } = network.record.topology;
  const joined = await withPeers(network, async ({ client }) => client.join(channel, genesis), only);
  return joined.includes(true);
}

function among(only: string | undefined): (organisation: Organisation) => boolean {
  return ({ mspId }) => only === undefined || mspId === only;
}

/**
 * Returns when every peer is in touch with every other one and has the channel's blocks: only then can private data be handed
 * over, and does a query see what was committed before.
 */
export async function peersInTouch(network: OpenNetwork): Promise<void> {
  const { channel, organisations } = network.record.topology;
  const heights = await withPeers(network, async ({ client }) => heightOf(client, channel));
  const highest = Math.max(1, ...heights);
  await withPeers(network, async ({ client, name }) =>
    nodeReady(network, name, 'be in touch with every other peer and have all blocks', async () => {
      if ((await heightOf(client, channel)) < highest) return false;
      const known = (await peersOf(client, channel)).map(({ mspId }) => mspId);
      return organisations.every(({ mspId }) => known.includes(mspId));
    }),
  );
}

/** Returns when every peer knows that every other one can run the chaincode. */
export async function chaincodeAtPeers(network: OpenNetwork): Promise<void> {
  const { channel, chaincode, organisations } = network.record.topology;
  await withPeers(network, async ({ client, name }) =>
    nodeReady(network, name, `know that every peer can run the chaincode ${chaincode.name}`, async () => {
      const peers = await peersOf(client, channel);
      const able = peers.filter(({ chaincodes }) => chaincodes.includes(chaincode.name)).map(({ mspId }) => mspId);
      return organisations.every(({ mspId }) => able.includes(mspId));
    }),
  );
}

/** The channel's peers that a peer is in touch with. One that has just joined refuses to tell for a moment: none, then. */
export async function peersOf(client: ChannelClient, channel: string): ReturnType<ChannelClient['peersOf']> {
  return unlessRefused(client.peersOf(channel), []);
}

async function heightOf(client: ChannelClient, channel: string): Promise<number> {
  return unlessRefused(client.height(channel), 0);
}

async function unlessRefused<Result>(answer: Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AdministrationError) return otherwise;
    throw error;
  }
}

async function withPeers<Result>(
  network: OpenNetwork,
  ask: (peer: { readonly client: ChannelClient; readonly name: string }) => Promise<Result>,
  only?: string,
): Promise<Result[]> {
  return Promise.all(
    network.record.topology.organisations.filter(among(only)).map(async (organisation) => {
      const client = new ChannelClient(administratorOf(network, organisation));
      try {
        return await ask({ client, name: organisation.peer.hostname });
      } finally {
        client.close();
      }
    }),
  );
}
