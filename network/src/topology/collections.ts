import { peer } from '@hyperledger/fabric-protos';
import { endorsementPolicy, outOfPolicy } from './signature-policy';
import type { Topology } from './topology';
import { organisationsWithRole } from './topology';

/** A private data collection, as it follows from the topology. */
export interface Collection {
  readonly name: string;
  /** Organisations whose peers hold the plain values. */
  readonly members: readonly string[];
  /** Peers of other members that must have the private values before an endorsement is given. */
  readonly requiredPeerCount: number;
  /** Peers of other members to which the endorsing peer sends them at once; the rest fetch them at commit. */
  readonly maxPeerCount: number;
}

// With one other holder no single failure loses a value that was endorsed. Where the only other holder is down a third may
// stand in, so two are sent to; sending to more costs throughput and gains nothing, since members fetch what they lack.
const REQUIRED_PEERS = 1;
const MAX_PEERS = 2;

/** The collections: one for each organisation of the `own` roles, then the shared ones. */
export function collectionsOf(topology: Topology): readonly Collection[] {
  const { own, shared } = topology.collections;
  const readers = organisationsWithRole(topology, own.readers);
  const owned = organisationsWithRole(topology, own.roles).map((mspId) =>
    collection(topology, mspId, [mspId, ...readers]),
  );
  const common = shared.map(({ name, roles, organisations }) =>
    collection(topology, name, [...organisationsWithRole(topology, roles), ...organisations]),
  );
  return [...owned, ...common];
}

function collection(topology: Topology, name: string, named: readonly string[]): Collection {
  const members = topology.organisations.map(({ mspId }) => mspId).filter((mspId) => named.includes(mspId));
  // A collection with one member has nobody else to send to: Fabric would refuse every endorsement.
  const others = members.length - 1;
  return {
    name,
    members,
    requiredPeerCount: Math.min(REQUIRED_PEERS, others),
    maxPeerCount: Math.min(MAX_PEERS, others),
  };
}

/** The collections as a chaincode definition carries them. */
export function collectionConfigPackage(topology: Topology): peer.CollectionConfigPackage {
  const message = new peer.CollectionConfigPackage();
  message.setConfigList(collectionsOf(topology).map((one) => collectionConfig(topology, one)));
  return message;
}

function collectionConfig(topology: Topology, { name, members, ...counts }: Collection): peer.CollectionConfig {
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
  fixed.setEndorsementPolicy(endorsementPolicy(topology));
  const config = new peer.CollectionConfig();
  config.setStaticCollectionConfig(fixed);
  return config;
}
