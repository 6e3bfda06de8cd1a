import { readFileSync } from 'node:fs';
import { ChannelClient } from '../../admin';
import { OrganisationFiles, signingCertificateFile } from '../../identities';
import { organisationsElsewhere } from '../../directory/network-part';
import { endpointOf, portOf, presentOrganisations, presentPeers } from '../../directory/network-record';
import { guestAt } from '../../directory/peer-access';
import type { OpenNetwork } from '../../directory/open-network';
import { poll } from '../../poll';
import { hasPeer, hostOf, localAddressOf } from '../../topology';
import type { Node, Organisation, PeerOrganisation } from '../../topology';
import { heightOf, peersOf, withPeers } from './join-channel';
import { accepts } from './node-health';

const TOUCH_MS = 30_000;
const CHAINCODE_MS = 15_000;
const ANSWER_MS = 5_000;
const PAUSE_MS = 200;

/**
 * Waits until the directory's peers and those of other machines that answer know each other as they are now, and the directory's have
 * the blocks that the others have. Machines that are not there yet are not waited for, nor is an orderer that is behind: it may be one
 * block behind until the next one.
 *
 * @returns the MSP ids of organisations elsewhere with whose peers some peer of the directory is not in touch, or they with it.
 */
export async function othersInTouch(network: OpenNetwork): Promise<readonly string[]> {
  const elsewhere = organisationsElsewhere(network.record).filter(hasPeer);
  if (elsewhere.length === 0) return [];
  const answering = await answeringPeers(network, elsewhere);
  const highest = Math.max(0, ...(await asGuest(network, answering, heightOf)));
  const behind = async (): Promise<boolean> => (await heightsHere(network)).some((height) => height < highest);
  let out: readonly string[] = [];
  await poll(
    TOUCH_MS,
    async () => {
      const known = await knownEverywhere(network);
      const knowing = await knowingUs(network, answering);
      out = elsewhere.map(({ mspId }) => mspId).filter((mspId) => !known.has(mspId) || !knowing.has(mspId));
      return !answering.some(({ mspId }) => out.includes(mspId)) && !(await behind());
    },
    PAUSE_MS,
  );
  return out;
}

/**
 * Waits until the directory's peers know of the named organisations' that they can run the chaincode.
 *
 * @returns the MSP ids of those of whom they do not.
 */
export async function chaincodeElsewhere(network: OpenNetwork, mspIds: readonly string[]): Promise<readonly string[]> {
  const { name } = network.record.topology.chaincode;
  let able = new Set<string>();
  await poll(
    CHAINCODE_MS,
    async () => {
      able = await knownEverywhere(network, name);
      return mspIds.every((mspId) => able.has(mspId));
    },
    PAUSE_MS,
  );
  return mspIds.filter((mspId) => !able.has(mspId));
}

/** Organisations with whose peers every peer of the directory is in touch; with a chaincode, those that can run it. */
export async function knownEverywhere(network: OpenNetwork, chaincode?: string): Promise<Set<string>> {
  const { channel } = network.record.topology;
  const [first = [], ...others] = await withPeers(network, async ({ client }) =>
    (await peersOf(client, channel))
      .filter(({ chaincodes }) => chaincode === undefined || chaincodes.includes(chaincode))
      .map(({ mspId }) => mspId),
  );
  return new Set(first.filter((mspId) => others.every((known) => known.includes(mspId))));
}

/** A node that others than its keeper call, and whether it can be connected to from here. */
export interface ReachedNode {
  readonly mspId: string;
  readonly kind: 'orderer' | 'peer';
  /** Host and port. */
  readonly endpoint: string;
  readonly answers: boolean;
}

/** Tries to connect to every orderer and peer of the organisations; of all of them unless some are named. */
export async function nodesInReach(
  { record }: OpenNetwork,
  organisations: readonly Organisation[] = record.topology.organisations,
): Promise<readonly ReachedNode[]> {
  const here = presentOrganisations(record);
  const asked = organisations.flatMap((organisation) => {
    const { mspId, orderer, peer } = organisation;
    const host = here.includes(organisation) ? localAddressOf(organisation) : hostOf(organisation);
    const reached = async (kind: ReachedNode['kind'], node: Node): Promise<ReachedNode> => {
      const port = portOf(record, node);
      return { mspId, kind, endpoint: endpointOf(record, organisation, node), answers: await accepts(port, host) };
    };
    return [
      ...(orderer === undefined ? [] : [reached('orderer', orderer)]),
      ...(peer === undefined ? [] : [reached('peer', peer)]),
    ];
  });
  return Promise.all(asked);
}

async function answeringPeers(
  network: OpenNetwork,
  organisations: readonly PeerOrganisation[],
): Promise<readonly PeerOrganisation[]> {
  const nodes = await nodesInReach(network, organisations);
  const answering = nodes.filter(({ kind, answers }) => kind === 'peer' && answers).map(({ mspId }) => mspId);
  return organisations.filter(({ mspId }) => answering.includes(mspId));
}

/**
 * Which of the organisations' peers know those of the directory by the certificates that they have now, with the chaincode where they
 * can run it.
 */
async function knowingUs(
  network: OpenNetwork,
  organisations: readonly PeerOrganisation[],
): Promise<ReadonlySet<string>> {
  const { name } = network.record.topology.chaincode;
  const able = await knownEverywhere(network, name);
  const ours = presentPeers(network.record).map((organisation) => {
    const { msp } = new OrganisationFiles(network.files.directory, organisation).peer();
    const certificate = readFileSync(signingCertificateFile(msp), 'utf8').trim();
    return { certificate, runs: able.has(organisation.mspId) };
  });
  const views = await asGuest(network, organisations, peersOf);
  const knowing = organisations.filter((_, index) =>
    ours.every(({ certificate, runs }) => {
      const found = views[index]?.find((peer) => peer.certificate.trim() === certificate);
      return found !== undefined && (!runs || found.chaincodes.includes(name));
    }),
  );
  return new Set(knowing.map(({ mspId }) => mspId));
}

/** Asks the organisations' peers in the name of an organisation that is here. */
async function asGuest<Result>(
  network: OpenNetwork,
  organisations: readonly PeerOrganisation[],
  ask: (client: ChannelClient, channel: string) => Promise<Result>,
): Promise<Result[]> {
  const [guest] = presentOrganisations(network.record);
  if (guest === undefined) return [];
  return Promise.all(
    organisations.map(async (organisation) => {
      const client = new ChannelClient({ ...guestAt(network, organisation, guest), timeoutMs: ANSWER_MS });
      try {
        return await ask(client, network.record.topology.channel);
      } finally {
        client.close();
      }
    }),
  );
}

async function heightsHere(network: OpenNetwork): Promise<readonly number[]> {
  const { channel } = network.record.topology;
  return withPeers(network, async ({ client }) => heightOf(client, channel));
}
