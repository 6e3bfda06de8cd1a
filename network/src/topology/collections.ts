import { peer } from '@hyperledger/fabric-protos';
import { inboxOf } from '@kessai/interface';
import type { MspId } from '@kessai/interface';
import { channelEndorsementPolicy, outOfPolicy, peerPolicy } from './signature-policy';
import type { Topology } from './topology';
import { findOrganisation, hasPeer, organisationsWithRole, servedBy } from './topology';

/** A private data collection, as it follows from the topology. */
export interface Collection {
  readonly name: string;
  /** Organisations whose peers hold the plain values. */
  readonly members: readonly string[];
  /** Peers of other members that must have the private values before an endorsement is given. */
  readonly requiredPeerCount: number;
  /** Peers of other members to which the endorsing peer sends them at once; the rest fetch them at commit. */
  readonly maxPeerCount: number;
  /** The organisation whose peer alone endorses what is written; undefined: those who endorse for the chaincode. */
  readonly endorsedBy?: string;
}

// With one other holder no single failure loses a value that was endorsed. Where the only other holder is down a third may
// stand in, so two are sent to; sending to more costs throughput and gains nothing, since members fetch what they lack.
const REQUIRED_PEERS = 1;
const MAX_PEERS = 2;

/** The collections: one for each organisation of the `own` roles, an inbox for each of the `inbox` roles, then the shared ones. */
export function collectionsOf(topology: Topology): readonly Collection[] {
  const { own, inbox, shared } = topology.collections;
  const readers = organisationsWithRole(topology, own.readers);
  const owned = organisationsWithRole(topology, own.roles).map((mspId) =>
    collection(topology, mspId, [holderOf(topology, mspId), ...readers]),
  );
  const inboxReaders = organisationsWithRole(topology, inbox.readers);
  const inboxes = organisationsWithRole(topology, inbox.roles).map((mspId) =>
    inboxCollection(topology, mspId, inboxReaders),
  );
  const common = shared.map(({ name, roles, organisations }) =>
    collection(topology, name, [...organisationsWithRole(topology, roles), ...organisations]),
  );
  return [...owned, ...inboxes, ...common];
}

/** The name of an organisation's inbox, which the contracts know by the same. */
export function inboxName(mspId: string): string {
  return inboxOf(mspId as MspId);
}

/** Whose peer has what is an organisation's: its own, or that of the operator that hosts it. */
function holderOf(topology: Topology, owner: string): string {
  const organisation = findOrganisation(topology, owner);
  return organisation === undefined ? owner : servedBy(topology, organisation).mspId;
}

function collection(topology: Topology, name: string, named: readonly string[]): Collection {
  const holders = topology.organisations.filter(hasPeer).map(({ mspId }) => mspId);
  const members = holders.filter((mspId) => named.includes(mspId));
  // A collection with one member has nobody else to send to: Fabric would refuse every endorsement.
  const others = members.length - 1;
  return {
    name,
    members,
    requiredPeerCount: Math.min(REQUIRED_PEERS, others),
    maxPeerCount: Math.min(MAX_PEERS, others),
  };
}

/**
 * An inbox. What is sealed there is sent to every other member at once: each operator executes it in the next cycle, and one that had to
 * fetch it first would hold up the block.
 */
function inboxCollection(topology: Topology, owner: string, readers: readonly string[]): Collection {
  const holder = holderOf(topology, owner);
  const inbox = collection(topology, inboxName(owner), [holder, ...readers]);
  return { ...inbox, maxPeerCount: inbox.members.length - 1, endorsedBy: holder };
}

/** The collections as a chaincode definition carries them. */
export function collectionConfigPackage(topology: Topology): peer.CollectionConfigPackage {
  const message = new peer.CollectionConfigPackage();
  message.setConfigList(collectionsOf(topology).map(collectionConfig));
  return message;
}

function collectionConfig({ name, members, endorsedBy, ...counts }: Collection): peer.CollectionConfig {
  const memberPolicy = new peer.CollectionPolicyConfig();
  memberPolicy.setSignaturePolicy(outOfPolicy(1, members, 'member'));
  const fixed = new peer.StaticCollectionConfig();
  fixed.setName(name);
  fixed.setMemberOrgsPolicy(memberPolicy);
  fixed.setRequiredPeerCount(counts.requiredPeerCount);
  fixed.setMaximumPeerCount(counts.maxPeerCount);
  fixed.setBlockToLive(0);
  // Membership checks by the peer would refuse an FI's request at an operator's peer for a bilateral record of two FIs: who may
  // read and write is the chaincode's role matrix and the endorsement policy.
  fixed.setMemberOnlyRead(false);
  fixed.setMemberOnlyWrite(false);
  fixed.setEndorsementPolicy(endorsedBy === undefined ? channelEndorsementPolicy() : peerPolicy(endorsedBy));
  const config = new peer.CollectionConfig();
  config.setStaticCollectionConfig(fixed);
  return config;
}
