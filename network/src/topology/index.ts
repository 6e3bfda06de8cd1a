export { collectionConfigPackage, collectionsOf, inboxName } from './collections';
export type { Collection } from './collections';
export { hostOf, isLoopback, listenAddressOf, localAddressOf, LOOPBACK, namedHostOf } from './host';
export { newOrganisation, readNewOrganisation, withOrganisation } from './new-organisation';
export type { OrganisationChoice } from './new-organisation';
export { DEFAULT_TOPOLOGY_FILE, parseTopology, readTopology } from './parse-topology';
export {
  blockReadersOf,
  decidersOf,
  endorsementPolicy,
  endorsementPolicyText,
  endorsingOrganisations,
  outOfPolicy,
  peerPolicy,
} from './signature-policy';
export { NotUtf8Error, readTextFile } from './text-file';
export { findOrganisation, hasPeer, nodesOf, ORGANISATION_ROLES, organisationsWithRole, servedBy } from './topology';
export type {
  CollectionRules,
  EndorsementRule,
  Node,
  Organisation,
  OrganisationRole,
  OwnedCollections,
  PeerOrganisation,
  SharedCollection,
  Topology,
  User,
  UserKind,
} from './topology';
export { TopologyError } from './topology-error';
export type { TopologyErrorCode } from './topology-error';
