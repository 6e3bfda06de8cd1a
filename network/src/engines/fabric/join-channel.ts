import { readFileSync } from 'node:fs';
import type { common } from '@hyperledger/fabric-protos';
import { AdministrationError, ChannelClient, OrdererClient } from '../../admin';
import { OrganisationFiles } from '../../identities';
import { NetworkError } from '../../directory/network-error';
import { portNames, portOf, presentOrganisations, presentPeers } from '../../directory/network-record';
import { administratorOf } from '../../directory/peer-access';
import type { OpenNetwork } from '../../directory/open-network';
import { LOOPBACK } from '../../topology';
import type { Organisation } from '../../topology';
import { nodeCaughtUp, nodeReady } from './node-waiting';

// An orderer that serves takes a block in tenths of a second, and asks the others for what it lacks within seconds.
const STALLED_MS = 20_000;

/** Starts an orderer again that runs and takes no blocks. */
export interface StalledOrderers {
  readonly restart: (name: string) => Promise<void>;
  /** How long one may go without a further block that others have; 20 s unless it is told. */
  readonly afterMs?: number;
}

/**
 * Joins every orderer of the directory, or that of one organisation, to the channel, and returns when it orders.
 *
 * @param stalled what is done about an orderer that stands still. Without it that is an error.
 * @throws NetworkError `NodeNotReady`; AdministrationError.
 */
export async function joinOrderers(
  network: OpenNetwork,
  genesis: common.Block,
  only?: string,
  stalled?: StalledOrderers,
): Promise<boolean> {
  const { channel } = network.record.topology;
  const orderers = presentOrganisations(network.record)
    .filter(among(only))
    .flatMap((organisation) => {
      const client = ordererClient(network, organisation);
      return client === undefined ? [] : [{ client, name: organisation.orderer?.hostname ?? '' }];
    });
  const joined = await Promise.all(
    orderers.map(async ({ client }) => (await client.channel(channel)) === undefined && (await client.join(genesis))),
  );
  const heights = await Promise.all(orderers.map(async ({ client }) => (await client.channel(channel))?.height ?? 0));
  const highest = Math.max(0, ...heights);
  await Promise.all(
    orderers.map(async ({ client, name }) => {
      const height = async (): Promise<number> => (await client.channel(channel))?.height ?? 0;
      try {
        await nodeCaughtUp(network, name, highest, height, stalled && (stalled.afterMs ?? STALLED_MS));
      } catch (error) {
        if (stalled === undefined || !isNotReady(error)) throw error;
        await stalled.restart(name);
        await nodeCaughtUp(network, name, highest, height);
      }
      await nodeReady(network, name, `take part in the channel ${channel}`, async () => {
        return (await client.channel(channel))?.status === 'active';
      });
    }),
  );
  return joined.includes(true);
}

function isNotReady(error: unknown): boolean {
  return error instanceof NetworkError && error.code === 'NodeNotReady';
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

/** Joins every peer of the directory, or that of one organisation, to the channel. */
export async function joinPeers(network: OpenNetwork, genesis: common.Block, only?: string): Promise<boolean> {
  const { channel } = network.record.topology;
  const joined = await withPeers(network, async ({ client }) => client.join(channel, genesis), only);
  return joined.includes(true);
}

function among(only: string | undefined): (organisation: Organisation) => boolean {
  return ({ mspId }) => only === undefined || mspId === only;
}

/**
 * Returns when every peer of the directory is in touch with every other one of it and has the channel's blocks: only then can private
 * data be handed over, and does a query see what was committed before.
 */
export async function peersInTouch(network: OpenNetwork): Promise<void> {
  const { channel } = network.record.topology;
  const organisations = presentPeers(network.record);
  const heights = await withPeers(network, async ({ client }) => heightOf(client, channel));
  const highest = Math.max(1, ...heights);
  await withPeers(network, async ({ client, name }) => {
    await nodeCaughtUp(network, name, highest, async () => heightOf(client, channel));
    await nodeReady(network, name, 'get in touch with every other peer', async () => {
      const known = (await peersOf(client, channel)).map(({ mspId }) => mspId);
      return organisations.every(({ mspId }) => known.includes(mspId));
    });
  });
}

/** Returns when every peer of the directory knows that every other one of it can run the chaincode. */
export async function chaincodeAtPeers(network: OpenNetwork): Promise<void> {
  const { channel, chaincode } = network.record.topology;
  const organisations = presentPeers(network.record);
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

/** A peer's blocks of the channel; 0 where it does not tell. */
export async function heightOf(client: ChannelClient, channel: string): Promise<number> {
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

/** Asks every peer of the directory as its administrator. */
export async function withPeers<Result>(
  network: OpenNetwork,
  ask: (peer: { readonly client: ChannelClient; readonly name: string }) => Promise<Result>,
  only?: string,
): Promise<Result[]> {
  return Promise.all(
    presentPeers(network.record)
      .filter(among(only))
      .map(async (organisation) => {
        const client = new ChannelClient(administratorOf(network, organisation));
        try {
          return await ask({ client, name: organisation.peer.hostname });
        } finally {
          client.close();
        }
      }),
  );
}
